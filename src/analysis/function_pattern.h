/* Patterns that name functions: what <pyperf/row_filter.h> describes.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_ANALYSIS_FUNCTION_PATTERN_H
#define PYPERF_ANALYSIS_FUNCTION_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include <pyperf/error.h>
#include <pyperf/row_filter.h>

struct function_pattern {
    bool is_group;
    enum pyperf_group group;
    char *place; /* glob for a path or a module, or NULL: anywhere */
    char *name;  /* glob for a name */
};

/* What patterns are compared with. */
struct function_identity {
    const char *file;           /* "~": no Python code */
    const char *name;           /* as in labels */
    const char *qualified_name; /* NULL: not known */
    enum pyperf_group group;
};

/* Of the first `size` bytes of `text`. PYPERF_USAGE: it is empty. Release it. */
enum pyperf_status function_pattern_parse(struct function_pattern *pattern, const char *text,
                                          size_t size, struct pyperf_error *error);
void function_pattern_release(struct function_pattern *pattern);

bool function_pattern_matches(const struct function_pattern *pattern,
                              const struct function_identity *function);

#endif
