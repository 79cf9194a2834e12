/* The order of the rows in pstats' tables.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_REPORTS_PSTATS_SORT_H
#define PYPERF_REPORTS_PSTATS_SORT_H

#include <pyperf/reports.h>

#include "reports/row_names.h"

/* What pstats calls a key in "Ordered by:". */
const char *sort_key_description(enum pyperf_sort_key key);

/* Sorts `rows` (indices of rows of the summary) by at least one key; equal rows keep their
 * order. False: no memory. */
bool sort_rows(const struct pyperf_summary *summary, const struct row_names *names,
               const struct pyperf_sort *sort, uint32_t *rows, uint32_t count);

/* How Python orders the tuples (file, line, name). */
int labels_compare(const struct pyperf_label *left, const struct pyperf_label *right);

#endif
