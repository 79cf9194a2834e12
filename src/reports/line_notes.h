/* What stands below the lines of a function: facts that line_profiler has no column for.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_REPORTS_LINE_NOTES_H
#define PYPERF_REPORTS_LINE_NOTES_H

#include <stdbool.h>
#include <stdint.h>

#include <pyperf/profile.h>

#include "analysis/line_tables.h"
#include "base/text_buffer.h"

struct line_notes {
    const struct pyperf_profile *profile;
    const struct line_call *calls; /* that the rows' indices mean */
    double scalar;                 /* units of the table in a nanosecond */
    bool list_calls;               /* what each line called */
    bool escape_controls;
};

/* Appends what there is to say, with an empty line behind it, or nothing. */
void line_notes_add(const struct line_notes *notes, const struct line_table *table,
                    const struct line_row *rows, uint32_t row_count, struct text_buffer *text);

#endif
