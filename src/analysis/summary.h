/* What summaries are made of, for whatever makes one: summing a call tree up, stripping
 * directories, reading a file.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_ANALYSIS_SUMMARY_H
#define PYPERF_ANALYSIS_SUMMARY_H

#include <stdbool.h>

#include <pyperf/summary.h>

#include "base/string_pool.h"

struct summary_growth; /* of a summary to which others are added: analysis/summary_growth.h */

struct pyperf_summary_storage {
    struct string_pool strings;         /* what the labels point into, */
    char *text;                         /* or, where a file was read, all of its names */
    struct pyperf_summary_edge *edges;  /* one array, of which each row has a part */
    struct pyperf_durations *durations; /* by row; NULL: not known */
    struct summary_growth *growth;      /* NULL: nothing was added yet */
};

/* A summary with so many rows and room for so many edges, all zero; NULL: no memory. */
struct pyperf_summary *summary_allocate(uint32_t row_count, size_t edge_count);

/* Frees what adding needs, the callers of rows that outgrew their part of `edges` included. */
void summary_growth_free(struct pyperf_summary *summary);

/* Gives every row durations, all zero. False: no memory. */
bool summary_allocate_durations(struct pyperf_summary *summary);

/* Adds up the durations of functions that share a row. */
void durations_add(struct pyperf_durations *to, const struct pyperf_durations *from);

/* Sets the totals from the rows, added up in their order, as pstats does when it loads a file.
 */
void summary_add_totals(struct pyperf_summary *summary);

#endif
