/* Comparisons as JSON: docs/formats/json.md describes it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_REPORTS_JSON_COMPARISON_H
#define PYPERF_REPORTS_JSON_COMPARISON_H

#include <stddef.h>

#include <pyperf/comparison.h>

#include "base/json_writer.h"

struct json_comparison {
    const char *creator; /* "pyperf 0.1.0" */
    const struct pyperf_comparison *comparison;
    const struct pyperf_comparison_view *view;
    const char *const *files; /* those before, and behind them those after */
    const struct pyperf_condition *const *conditions;
    const struct pyperf_condition_result *results; /* by condition */
    size_t condition_count;
};

/* False: no memory, and the text is not complete. */
bool json_comparison_write(struct json_writer *json, const struct json_comparison *content);

#endif
