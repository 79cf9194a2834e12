/* SPDX-License-Identifier: MIT */
#include "formats/csv_rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "analysis/row_details.h"
#include "base/csv.h"
#include "base/visible_text.h"

static const char heading[] = "file,line,name,qualified_name,group,calls,primitive_calls,"
                              "resumes,self,cumulative\r\n";

static void add_name(struct text_buffer *text, const char *name)
{
    /* The text may end up on a terminal; and what is not UTF-8 has no place in it. */
    struct text_buffer shown = {0};
    text_buffer_add_visible(&shown, name);
    text->failed = text->failed || shown.failed;
    csv_add_name(text, text_buffer_text(&shown));
    text_buffer_release(&shown);
}

static void add_count(struct text_buffer *text, uint64_t count)
{
    char number[32];
    snprintf(number, sizeof number, "%" PRIu64, count);
    csv_add(text, number);
}

static void add_line(struct text_buffer *text, const struct pyperf_label *label)
{
    char number[16];
    snprintf(number, sizeof number, "%" PRId32, pyperf_signed_line(label->line));
    csv_add(text, number);
}

static void add_exact_seconds(struct text_buffer *text, double seconds)
{
    char number[40];
    snprintf(number, sizeof number, "%.9f", seconds);
    csv_add(text, number);
}

static void add_row(struct text_buffer *text, const struct pyperf_summary_row *row,
                    const struct row_detail *detail, bool resumes_known)
{
    add_name(text, row->label.file);
    add_line(text, &row->label);
    add_name(text, row->label.name);
    add_name(text, detail->qualified_name ? detail->qualified_name : "");
    add_name(text, pyperf_group_name(detail->group));
    add_count(text, row->calls);
    add_count(text, row->primitive_calls);
    if (resumes_known)
        add_count(text, detail->resumes);
    else
        csv_add(text, "");
    add_exact_seconds(text, row->self);
    add_exact_seconds(text, row->cumulative);
    csv_end(text);
}

enum pyperf_status csv_rows_write(const struct csv_rows *content, csv_sink *sink, void *context,
                                  struct pyperf_error *error)
{
    const struct pyperf_summary *summary = content->summary;
    uint32_t count = content->rows ? content->row_count : summary->row_count;
    struct row_details details;
    struct text_buffer line = {0};
    enum pyperf_status status = row_details_init(&details, summary, content->profile, error);
    if (status == PYPERF_OK)
        sink(context, heading, strlen(heading));
    for (uint32_t i = 0; status == PYPERF_OK && i < count && !line.failed; i++) {
        uint32_t row = content->rows ? content->rows[i] : i;
        if (!content->rows && summary->rows[row].only_caller)
            continue;
        text_buffer_clear(&line);
        add_row(&line, &summary->rows[row], &details.rows[row], content->profile != NULL);
        sink(context, text_buffer_text(&line), line.length);
    }
    if (line.failed)
        status = pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory for a row of the table");
    text_buffer_release(&line);
    row_details_release(&details);
    return status;
}
