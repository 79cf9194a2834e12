/* How a row filter decides.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_ANALYSIS_ROW_FILTER_H
#define PYPERF_ANALYSIS_ROW_FILTER_H

#include <stdbool.h>

#include <pyperf/row_filter.h>

#include "analysis/function_pattern.h"

/* `filter` may be NULL: everything passes. */
bool row_filter_passes(const struct pyperf_row_filter *filter,
                       const struct function_identity *function);

#endif
