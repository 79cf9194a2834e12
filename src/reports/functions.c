/* The functions of a profile in a table that fits the terminal, with their classes.
 *
 * SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include <pyperf/reports.h>

#include "analysis/row_details.h"
#include "base/text_buffer.h"
#include "reports/columns.h"
#include "reports/figures.h"
#include "reports/numbers.h"
#include "reports/pstats_tables.h"

struct report {
    const struct pyperf_summary *summary;
    const struct row_details *details;
    bool resumes; /* some function has any */
    struct columns columns;
    struct text_buffer cell;
};

static void add_cell(struct report *report)
{
    report->columns.failed = report->columns.failed || report->cell.failed;
    columns_add(&report->columns, text_buffer_text(&report->cell));
    text_buffer_clear(&report->cell);
}

static void add_time(struct report *report, double seconds)
{
    figure_seconds(&report->cell, seconds);
    add_cell(report);
    double total = report->summary->total_self;
    text_buffer_printf(&report->cell, "%.1f", total > 0 ? 100 * seconds / total : 0);
    add_cell(report);
}

static void add_row(struct report *report, uint32_t index)
{
    const struct pyperf_summary_row *row = &report->summary->rows[index];
    const struct row_detail *detail = &report->details->rows[index];
    const char *slash = strrchr(row->label.file, '/');
    char dotted[600];
    columns_begin_row(&report->columns);
    add_grouped(&report->cell, row->calls - detail->resumes);
    add_cell(report);
    if (report->resumes) {
        if (detail->resumes > 0)
            add_grouped(&report->cell, detail->resumes);
        add_cell(report);
    }
    add_time(report, row->self);
    add_time(report, row->cumulative);
    const char *name = row->label.name;
    if (detail->qualified_name)
        name = detail->qualified_name;
    else if (detail->kind == ROW_BUILTIN && builtin_dotted_name(name, dotted, sizeof dotted))
        name = dotted;
    columns_add(&report->columns, name);
    if (detail->kind == ROW_PYTHON)
        text_buffer_printf(&report->cell, "%s:%" PRId32, slash ? slash + 1 : row->label.file,
                           pyperf_signed_line(row->label.line));
    add_cell(report);
    columns_add(&report->columns, pyperf_group_name(detail->group));
}

static void begin(struct report *report, const struct pyperf_page *page)
{
    static const struct column all[] = {
        {"CALLS", COLUMN_NUMBERS},  {"RESUMES", COLUMN_NUMBERS},    {"SELF", COLUMN_NUMBERS},
        {"%", COLUMN_NUMBERS},      {"CUMULATIVE", COLUMN_NUMBERS}, {"%", COLUMN_NUMBERS},
        {"FUNCTION", COLUMN_TEXTS}, {"WHERE", COLUMN_OPTIONAL},     {"GROUP", COLUMN_OPTIONAL},
    };
    enum { COUNT = sizeof all / sizeof *all };
    struct column list[COUNT];
    size_t count = 0;
    for (size_t i = 0; i < COUNT; i++)
        if (i != 1 || report->resumes)
            list[count++] = all[i];
    columns_init(&report->columns, list, count, page);
}

static bool print(struct report *report, const struct table *table,
                  const struct pyperf_page *page, struct text_buffer *text)
{
    for (uint32_t i = 0; i < report->summary->row_count; i++)
        report->resumes = report->resumes || report->details->rows[i].resumes > 0;
    begin(report, page);
    for (uint32_t i = 0; i < table->count; i++)
        add_row(report, table->rows[i]);
    bool done = table->count == 0 || columns_print(&report->columns, text);
    columns_release(&report->columns);
    text_buffer_release(&report->cell);
    text_buffer_printf(text, "\n%" PRIu32 " of %" PRIu32 " functions; ", table->count,
                       report->summary->row_count);
    add_grouped(text, report->summary->total_calls);
    text_buffer_add(text, " calls in ");
    figure_seconds(text, report->summary->total_self);
    text_buffer_add(text, "\n");
    return done && !text->failed;
}

enum pyperf_status pyperf_report_functions(const struct pyperf_summary *summary,
                                           const struct pyperf_profile *profile,
                                           const struct pyperf_table_options *options,
                                           const struct pyperf_page *page,
                                           struct text_buffer *text, struct pyperf_error *error)
{
    struct row_details details;
    struct table table;
    enum pyperf_status status = row_details_init(&details, summary, profile, error);
    if (status == PYPERF_OK) {
        struct report report = {.summary = summary, .details = &details};
        status = table_init(&table, summary, options, true, error);
        if (status == PYPERF_OK && !print(&report, &table, page, text))
            status = pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory for the report");
        table_release(&table);
    }
    row_details_release(&details);
    return status;
}

void pyperf_report_hidden(const struct pyperf_hidden *hidden,
                          const struct pyperf_summary *summary, struct text_buffer *text)
{
    if (hidden->functions == 0)
        return;
    double total = summary->total_self;
    text_buffer_printf(text, "   Hidden by --select or --exclude: %" PRIu32 " function%s with ",
                       hidden->functions, hidden->functions == 1 ? "" : "s");
    add_grouped(text, hidden->calls);
    text_buffer_printf(text, " calls and %.3f seconds of their own, %.1f %% of all.\n",
                       hidden->self, total > 0 ? 100 * hidden->self / total : 0);
}
