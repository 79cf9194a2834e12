/* What a comparison is made from, for the conditions on it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_ANALYSIS_COMPARISON_H
#define PYPERF_ANALYSIS_COMPARISON_H

#include <stdbool.h>

#include <pyperf/comparison.h>

#include "analysis/bootstrap.h"

struct pyperf_comparison_storage {
    size_t before; /* profiles */
    size_t after;
    double *values[PYPERF_METRIC_COUNT]; /* by function and profile */
    double *totals[PYPERF_METRIC_COUNT]; /* by profile */
    bool has_intervals;
    struct bootstrap bootstrap; /* where there are intervals */
    double *sorted;             /* room for the values of all profiles */
};

/* How sure a ratio has to be. */
#define COMPARISON_CONFIDENCE 0.95

/* Of the values of all profiles, those before first; 0: without an interval. */
struct pyperf_figures comparison_figures(struct pyperf_comparison *comparison,
                                         const double *values, double confidence);

/* The values of a function. */
static inline const double *comparison_values(const struct pyperf_comparison *comparison,
                                              uint32_t function, enum pyperf_metric metric)
{
    const struct pyperf_comparison_storage *storage = comparison->storage;
    return storage->values[metric] + (size_t)function * (storage->before + storage->after);
}

/* Does the interval leave no doubt that there is a difference in that direction? */
static inline bool figures_grew(const struct pyperf_figures *figures)
{
    return figures->interval_known && figures->low > 1;
}

static inline bool figures_shrank(const struct pyperf_figures *figures)
{
    return figures->interval_known && figures->high < 1;
}

#endif
