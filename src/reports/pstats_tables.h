/* What the tables of pstats have in common: which rows, in which order, how wide, under which
 * message.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_REPORTS_PSTATS_TABLES_H
#define PYPERF_REPORTS_PSTATS_TABLES_H

#include <pyperf/reports.h>

#include "base/text_buffer.h"
#include "reports/numbers.h"
#include "reports/row_names.h"

struct table {
    const struct pyperf_summary *summary;
    struct row_names names; /* nothing: nobody needs them all */
    uint32_t *rows;         /* the rows to list, in order */
    uint32_t count;
    size_t width;               /* of the column of names, in code points, where it is first */
    struct text_buffer message; /* "Ordered by: …" and what restrictions left out */
};

/* `named`: the names of all rows are needed, whatever the options ask for. Release in either
 * case. */
enum pyperf_status table_init(struct table *table, const struct pyperf_summary *summary,
                              const struct pyperf_table_options *options, bool named,
                              struct pyperf_error *error);
void table_release(struct table *table);

/* Code points of the longest of the names that are listed, which are all names when nothing was
 * left out. */
size_t table_name_width(const struct table *table);

/* Adds `text`, and spaces up to `width` code points. */
void add_left_aligned(struct text_buffer *buffer, const char *text, size_t width);

#endif
