/* How sure a ratio of two medians is: bootstrap intervals.
 *
 * Two groups of measurements are drawn from again and again, with replacement; the ratios of
 * the medians of what was drawn show by how much the ratio of the real medians may be off. The
 * draws are the same in every run of the program. Intervals from so few measurements come out
 * too narrow; they are taken at quantiles further out, as Hesterberg proposes ("What Teachers
 * Should Know about the Bootstrap", 2015: expanded percentile intervals).
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_ANALYSIS_BOOTSTRAP_H
#define PYPERF_ANALYSIS_BOOTSTRAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Fewer measurements than that in a group say next to nothing. */
enum { BOOTSTRAP_GROUP_MIN = 5 };

/* The draws for groups of certain sizes. */
struct bootstrap {
    size_t sizes[2];
    uint32_t (*middles[2])[2]; /* of each draw: the ranks of the two in the middle */
    double *ratios;            /* of one pair of groups */
};

/* Sizes of at least BOOTSTRAP_GROUP_MIN. False: no memory. Release in either case. */
bool bootstrap_init(struct bootstrap *bootstrap, size_t before, size_t after);
void bootstrap_release(struct bootstrap *bootstrap);

/* The interval that holds the ratio of the medians, after by before, with a probability of
 * `confidence` (0 to 1). Both groups are sorted, with no number below 0. A ratio to 0 is
 * INFINITY, that of 0 to 0 is 1. */
void bootstrap_interval(struct bootstrap *bootstrap, const double *before, const double *after,
                        double confidence, double *low, double *high);

/* Of sorted numbers, of which there is at least one. */
double sorted_median(const double *values, size_t count);

#endif
