/* How a selection chooses among rows.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_ANALYSIS_SELECTION_H
#define PYPERF_ANALYSIS_SELECTION_H

#include <stdbool.h>
#include <stdint.h>

#include <pyperf/selection.h>

enum restriction_kind {
    RESTRICTION_COUNT,    /* that many from the top */
    RESTRICTION_FRACTION, /* that part from the top */
    RESTRICTION_PATTERN,  /* those whose name matches */
};

struct restriction {
    enum restriction_kind kind;
    uint32_t count; /* UINT32_MAX: no restriction, as pstats takes negative numbers */
    double fraction;
    struct pattern *pattern;
    char *shown; /* as Python's repr() shows the value */
};

struct pyperf_selection {
    struct restriction *restrictions;
    size_t count;
    size_t capacity;
};

/* Keeps those of the `*count` rows that the restriction lets through, in their order; `names`
 * are the texts that patterns are searched for in, by row. */
enum pyperf_status restriction_apply(const struct restriction *restriction,
                                     const char *const *names, uint32_t *rows, uint32_t *count,
                                     struct pyperf_error *error);

#endif
