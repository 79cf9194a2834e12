/* Comma-separated values (RFC 4180, but for its line ends): a heading, then a row for each
 * function.
 *
 * SPDX-License-Identifier: MIT */
#include "formats/csv.h"

#include <inttypes.h>
#include <string.h>

#include "formats/rows.h"

/* Spreadsheets take some texts for formulas, unless an apostrophe stands before them. */
static void put_text(struct output_file *file, const char *text)
{
    output_file_add(file, *text && strchr("=+-@", *text) ? "\"'" : "\"");
    for (const char *quote; (quote = strchr(text, '"')); text = quote + 1) {
        output_file_write(file, text, (size_t)(quote - text));
        output_file_add(file, "\"\"");
    }
    output_file_add(file, text);
    output_file_add(file, "\"");
}

static enum pyperf_status write_csv(const struct pyperf_export *content,
                                    struct output_file *file, struct pyperf_error *error)
{
    struct rows rows;
    enum pyperf_status status = rows_create(&rows, content, "a table", error);
    if (status == PYPERF_OK)
        output_file_add(
            file, "name,file,line,calls,primitive_calls,self_seconds,cumulative_seconds\n");
    for (uint32_t i = 0; status == PYPERF_OK && i < rows.summary->row_count; i++) {
        const struct pyperf_summary_row *row = &rows.summary->rows[i];
        put_text(file, rows.frames.frames[i].name);
        output_file_add(file, ",");
        put_text(file, rows.frames.frames[i].file);
        output_file_printf(file, ",%" PRIu32 ",%" PRIu64 ",%" PRIu64 ",%.9f,%.9f\n",
                           rows.frames.frames[i].line, row->calls, row->primitive_calls,
                           row->self, row->cumulative);
    }
    rows_release(&rows);
    return status;
}

static const char *const suffixes[] = {".csv", NULL};

const struct pyperf_format format_csv = {
    .name = "csv",
    .suffixes = suffixes,
    .write = write_csv,
};
