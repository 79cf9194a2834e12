/* How a row filter decides.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_ANALYSIS_ROW_FILTER_H
#define PYPERF_ANALYSIS_ROW_FILTER_H

#include <stdbool.h>

#include <pyperf/row_filter.h>

#include "analysis/function_pattern.h"
#include "analysis/row_details.h"

/* `filter` may be NULL: everything passes. */
bool row_filter_passes(const struct pyperf_row_filter *filter,
                       const struct function_identity *function);

/* Does the row of a summary pass? */
bool row_filter_passes_row(const struct pyperf_row_filter *filter,
                           const struct pyperf_label *label, const struct row_detail *detail);

#endif
