/* Adding up figures of profiles: those of functions, in ticks of clocks that need not be the
 * same, and what was lost.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_MODEL_ADDING_H
#define PYPERF_MODEL_ADDING_H

#include <stdint.h>

#include <pyperf/profile.h>

/* Ticks of another profile as ticks of this one. `scale`: ticks of this one in one of those. */
uint64_t ticks_convert(uint64_t ticks, double scale);

/* Adds durations, the longest, and what is known of folded calls. */
void function_add_figures(struct pyperf_function *to, const struct pyperf_function *from,
                          double scale);

/* Adds the counts of losses and overheads. Where the first displacement was is a string, and
 * the caller's business. */
void run_add_losses(struct pyperf_run *to, const struct pyperf_run *from, double scale);

#endif
