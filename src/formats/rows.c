/* SPDX-License-Identifier: MIT */
#include "formats/rows.h"

enum pyperf_status rows_create(struct rows *rows, const struct pyperf_export *content,
                               const char *format, struct pyperf_error *error)
{
    *rows = (struct rows){.summary = content->summary};
    if (content->profile) {
        enum pyperf_status status =
            pyperf_summary_create_qualified(content->profile, &rows->own, error);
        if (status != PYPERF_OK)
            return status;
        rows->summary = rows->own;
    }
    if (!rows->summary)
        return pyperf_error_set(error, PYPERF_UNSUPPORTED,
                                "%s holds the times of functions, and there are none", format);
    return frame_table_from_summary(&rows->frames, rows->summary, error);
}

void rows_release(struct rows *rows)
{
    frame_table_release(&rows->frames);
    pyperf_summary_free(rows->own);
}
