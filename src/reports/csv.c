/* The functions of a profile as comma-separated values: docs/commands/stats.md has the columns.
 *
 * SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>

#include <pyperf/reports.h>

#include "analysis/row_details.h"
#include "base/csv.h"
#include "base/text_buffer.h"
#include "reports/pstats_tables.h"

static void add_name(struct text_buffer *text, const char *name)
{
    /* The text may end up on a terminal; and what is not UTF-8 has no place in it. */
    struct text_buffer shown = {0};
    pyperf_report_escape(&shown, name);
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
    add_count(text, row->label.line);
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

enum pyperf_status pyperf_report_csv(const struct pyperf_summary *summary,
                                     const struct pyperf_profile *profile,
                                     const struct pyperf_table_options *options,
                                     struct text_buffer *text, struct pyperf_error *error)
{
    struct row_details details;
    struct table table;
    enum pyperf_status status = row_details_init(&details, summary, profile, error);
    if (status == PYPERF_OK) {
        status = table_init(&table, summary, options, error);
        text_buffer_add(text, "file,line,name,qualified_name,group,calls,primitive_calls,"
                              "resumes,self,cumulative\r\n");
        for (uint32_t i = 0; status == PYPERF_OK && i < table.count; i++)
            add_row(text, &summary->rows[table.rows[i]], &details.rows[table.rows[i]],
                    profile != NULL);
        table_release(&table);
    }
    row_details_release(&details);
    if (status == PYPERF_OK && text->failed)
        status = pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory for the report");
    return status;
}
