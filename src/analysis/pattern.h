/* Regular expressions.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_ANALYSIS_PATTERN_H
#define PYPERF_ANALYSIS_PATTERN_H

#include <stdbool.h>

#include <pyperf/error.h>

struct pattern;

/* PYPERF_USAGE: says what is wrong with the expression and where. The caller frees. */
enum pyperf_status pattern_compile(const char *text, struct pattern **pattern,
                                   struct pyperf_error *error);
void pattern_free(struct pattern *pattern);

/* Whether the expression matches anywhere in `subject`. PYPERF_UNSUPPORTED: it has so many
 * ways to match that the search was given up. */
enum pyperf_status pattern_search(const struct pattern *pattern, const char *subject,
                                  bool *found, struct pyperf_error *error);

#endif
