/* The texts by which tables name rows: "file:line(name)", or "{name}" for built-ins.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_REPORTS_ROW_NAMES_H
#define PYPERF_REPORTS_ROW_NAMES_H

#include <stdbool.h>

#include <pyperf/summary.h>

#include "base/text_buffer.h"

/* Appends the name of one. */
void row_name_add(struct text_buffer *text, const struct pyperf_label *label);

struct row_names {
    const char **names; /* by row, as pstats has them: for searching and sorting */
    const char **shown; /* by row, as they are printed; the same where nothing is escaped */
    struct text_buffer names_text;
    struct text_buffer shown_text;
};

/* False: no memory. Release in either case. */
bool row_names_init(struct row_names *names, const struct pyperf_summary *summary, bool escape);
void row_names_release(struct row_names *names);

#endif
