/* Conditions on comparisons, as they were parsed.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_ANALYSIS_CONDITION_H
#define PYPERF_ANALYSIS_CONDITION_H

#include <stdbool.h>

#include <pyperf/comparison.h>

#include "analysis/function_pattern.h"

struct threshold {
    bool relative; /* of a fraction of what was before, else of seconds or calls */
    bool above;    /* holds for differences above it, else for those below */
    double limit;
};

enum { THRESHOLDS_MAX = 8 };

struct pyperf_condition {
    char *text;
    enum pyperf_metric metric;
    bool whole_profile;
    char *pattern_text;              /* unless it is about the whole profile, */
    struct function_pattern pattern; /* which this says */
    struct threshold thresholds[THRESHOLDS_MAX];
    size_t threshold_count;
};

#endif
