/* Sums of what comes out of untrusted files: those that no real run reaches stop at the largest
 * number.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_BASE_SATURATING_H
#define PYPERF_BASE_SATURATING_H

#include <stdint.h>

static inline uint64_t saturating_sum(uint64_t a, uint64_t b)
{
    uint64_t sum;
    return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

static inline void saturating_add(uint64_t *total, uint64_t amount)
{
    *total = saturating_sum(*total, amount);
}

/* A number of ticks from a calculation with fractions; what is no number counts as too large.
 */
static inline uint64_t saturating_from(double value)
{
    return value < 1.8e19 ? (value > 0 ? (uint64_t)value : 0) : UINT64_MAX;
}

#endif
