/* SPDX-License-Identifier: MIT */
#include "reports/pstats_tables.h"

#include <inttypes.h>
#include <stdlib.h>

#include "analysis/selection.h"
#include "base/utf8.h"
#include "reports/pstats_sort.h"

static enum pyperf_status no_memory(struct pyperf_error *error)
{
    return pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory for the report");
}

static void reverse(uint32_t *rows, uint32_t count)
{
    for (uint32_t i = 0; i < count / 2; i++) {
        uint32_t kept = rows[i];
        rows[i] = rows[count - 1 - i];
        rows[count - 1 - i] = kept;
    }
}

/* False: no memory. */
static bool order_rows(struct table *table, const struct pyperf_table_options *options)
{
    table->count = 0;
    for (uint32_t i = 0; i < table->summary->row_count; i++)
        if (!table->summary->rows[i].only_caller)
            table->rows[table->count++] = i;
    if (options->sort.count == 0) {
        text_buffer_add(&table->message, "   Random listing order was used\n");
        return true;
    }
    text_buffer_add(&table->message, "   Ordered by: ");
    for (unsigned int i = 0; i < options->sort.count; i++)
        text_buffer_printf(&table->message, "%s%s", i ? ", " : "",
                           sort_key_description(options->sort.keys[i]));
    text_buffer_add(&table->message, "\n");
    if (!sort_rows(table->summary, &table->names, &options->sort, table->rows, table->count))
        return false;
    if (options->reverse)
        reverse(table->rows, table->count);
    return true;
}

static enum pyperf_status select_rows(struct table *table,
                                      const struct pyperf_selection *selection,
                                      struct pyperf_error *error)
{
    for (size_t i = 0; selection && i < selection->count; i++) {
        const struct restriction *restriction = &selection->restrictions[i];
        uint32_t before = table->count;
        enum pyperf_status status = restriction_apply(restriction, table->names.names,
                                                      table->rows, &table->count, error);
        if (status != PYPERF_OK)
            return status;
        if (table->count == before)
            continue;
        text_buffer_printf(&table->message,
                           "   List reduced from %" PRIu32 " to %" PRIu32
                           " due to restriction <",
                           before, table->count);
        text_buffer_add(&table->message, restriction->shown);
        text_buffer_add(&table->message, ">\n");
    }
    return PYPERF_OK;
}

size_t table_name_width(const struct table *table)
{
    size_t width = 0;
    for (uint32_t i = 0; i < table->count; i++) {
        size_t length = utf8_length(table->names.shown[table->rows[i]]);
        if (length > width)
            width = length;
    }
    return width;
}

/* Names are composed for all rows if rows are found or ordered by them, or if control
 * characters must not be printed. */
static bool needs_names(const struct pyperf_table_options *options)
{
    if (options->escape_controls || (options->selection && options->selection->count > 0))
        return true;
    for (unsigned int i = 0; i < options->sort.count; i++)
        if (options->sort.keys[i] == PYPERF_SORT_STANDARD_NAME)
            return true;
    return false;
}

enum pyperf_status table_init(struct table *table, const struct pyperf_summary *summary,
                              const struct pyperf_table_options *options, bool named,
                              struct pyperf_error *error)
{
    *table = (struct table){.summary = summary};
    if ((named || needs_names(options)) &&
        !row_names_init(&table->names, summary, options->escape_controls))
        return no_memory(error);
    table->rows = malloc(((size_t)summary->row_count + 1) * sizeof *table->rows);
    if (!table->rows || !order_rows(table, options))
        return no_memory(error);
    enum pyperf_status status = select_rows(table, options->selection, error);
    if (status != PYPERF_OK)
        return status;
    return table->message.failed ? no_memory(error) : PYPERF_OK;
}

void table_release(struct table *table)
{
    row_names_release(&table->names);
    free(table->rows);
    text_buffer_release(&table->message);
}

enum pyperf_status pyperf_report_rows(const struct pyperf_summary *summary,
                                      const struct pyperf_table_options *options,
                                      uint32_t **rows, uint32_t *count,
                                      struct pyperf_error *error)
{
    struct table table;
    enum pyperf_status status = table_init(&table, summary, options, false, error);
    if (status == PYPERF_OK) {
        *rows = table.rows;
        *count = table.count;
        table.rows = NULL;
    }
    table_release(&table);
    return status;
}

void add_left_aligned(struct text_buffer *buffer, const char *text, size_t width)
{
    size_t length = utf8_length(text);
    text_buffer_add(buffer, text);
    if (length < width)
        text_buffer_add_repeated(buffer, ' ', width - length);
}

static void add_totals(struct text_buffer *text, const struct pyperf_summary *summary)
{
    text_buffer_printf(text, "         %" PRIu64 " function calls ", summary->total_calls);
    if (summary->total_calls != summary->total_primitive_calls)
        text_buffer_printf(text, "(%" PRIu64 " primitive calls) ",
                           summary->total_primitive_calls);
    text_buffer_printf(text, "in %.3f seconds\n\n", summary->total_self);
}

/* A time and the time per call, which is blank where there was no call. */
static void add_times(struct text_buffer *text, double seconds, uint64_t calls)
{
    text_buffer_add(text, " ");
    add_seconds(text, seconds);
    text_buffer_add(text, " ");
    if (calls == 0)
        text_buffer_add_repeated(text, ' ', 8);
    else
        add_seconds(text, seconds / (double)calls);
}

/* Rows that have been sorted lie anywhere in memory. To ask for one a few lines before it is
 * printed saves a tenth of the time that a large table takes, reading of the file included. */
static void fetch_ahead(const struct table *table, uint32_t line)
{
    enum { NEAR = 4, FAR = 8 }; /* lines: the row says where the texts of its name are */
    if (table->count - line <= FAR)
        return;
    const struct pyperf_summary_row *near = &table->summary->rows[table->rows[line + NEAR]];
    const struct pyperf_summary_row *far = &table->summary->rows[table->rows[line + FAR]];
    __builtin_prefetch(&far->label);
    __builtin_prefetch(&far->cumulative);
    __builtin_prefetch(near->label.file);
    __builtin_prefetch(near->label.name);
}

enum pyperf_status pyperf_report_stats(const struct pyperf_summary *summary,
                                       const struct pyperf_table_options *options,
                                       struct text_buffer *text, struct pyperf_error *error)
{
    if (options->heading)
        pyperf_report_heading(text, options->heading, options->escape_controls);
    add_totals(text, summary);
    struct table table;
    enum pyperf_status status = table_init(&table, summary, options, false, error);
    if (status == PYPERF_OK && table.count > 0) {
        text_buffer_add(text, text_buffer_text(&table.message));
        text_buffer_add(text, summary->sampled
                                  ? "\n nsamples  tottime persample cumtime persample "
                                  : "\n   ncalls  tottime  percall  cumtime  percall ");
        text_buffer_add(text, "filename:lineno(function)\n");
        for (uint32_t i = 0; i < table.count; i++) {
            const struct pyperf_summary_row *row = &summary->rows[table.rows[i]];
            fetch_ahead(&table, i);
            add_calls(text, row->calls, row->primitive_calls, 9);
            add_times(text, row->self, row->calls);
            add_times(text, row->cumulative, row->primitive_calls);
            text_buffer_add(text, " ");
            if (table.names.shown)
                text_buffer_add(text, table.names.shown[table.rows[i]]);
            else
                row_name_add(text, &row->label);
            text_buffer_add(text, "\n");
        }
        text_buffer_add(text, "\n\n");
    }
    table_release(&table);
    return status == PYPERF_OK && text->failed ? no_memory(error) : status;
}
