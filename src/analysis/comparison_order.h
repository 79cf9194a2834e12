/* Which functions and paths of a comparison are shown, in which order.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_ANALYSIS_COMPARISON_ORDER_H
#define PYPERF_ANALYSIS_COMPARISON_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#include <pyperf/comparison.h>

struct comparison_rows {
    uint32_t *indexes; /* of functions or paths; the caller frees it */
    uint32_t count;    /* of those that are shown; behind them are those beyond the limit, */
    uint32_t total;    /* which makes so many together */
};

/* `changed`: only those of which anything differs by more than a millionth. False: no memory.
 */
bool comparison_order_functions(const struct pyperf_comparison *comparison,
                                const struct pyperf_comparison_view *view, bool changed,
                                struct comparison_rows *rows);

/* Paths whose last function the view lets through; the root is none. */
bool comparison_order_paths(const struct pyperf_comparison *comparison,
                            const struct pyperf_comparison_view *view, bool changed,
                            struct comparison_rows *rows);

#endif
