/* line_profiler's report: a table of lines for each function.
 *
 * Numbers are computed and rounded in the steps in which line_profiler does it in Python, so
 * that the same times give the same text.
 *
 * SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pyperf/reports.h>

#include "analysis/line_tables.h"
#include "analysis/python_source.h"
#include "base/text_buffer.h"
#include "reports/line_notes.h"

enum {
    CELL_SIZE = 64,
    LONGEST_GAP =
        10000, /* lines without text or figures that are shown: files can be made up */
};

/* What stands in the columns of a line. */
struct cells {
    char hits[CELL_SIZE];
    char time[CELL_SIZE];
    char per_hit[CELL_SIZE];
    char percent[CELL_SIZE];
};

/* The least widths; numbers that do not fit are written in another way, then widen them. */
struct widths {
    int hits, time, per_hit;
};

static const struct widths least = {.hits = 9, .time = 12, .per_hit = 8};

struct printing {
    const struct pyperf_lines_options *options;
    struct text_buffer *text;
    double scalar; /* units of the table in a nanosecond */
    const struct line_table *table;
    struct python_source source; /* no lines where the text is not there */
    struct line_row *joined;     /* the rows of statements, or NULL */
    const struct line_row *rows; /* that are printed */
    uint32_t row_count;
    struct widths widths;
    struct text_buffer scratch;
};

/* ---- Numbers ---- */

static void format_number(char cell[CELL_SIZE], double value, int width)
{
    snprintf(cell, CELL_SIZE, "%5.1f", value);
    if (strlen(cell) > (size_t)width)
        snprintf(cell, CELL_SIZE, "%5.3g", value);
}

static struct cells format_cells(const struct printing *printing, const struct line_row *row)
{
    struct cells cells = {.percent = ""};
    double time = (double)row->time, total = (double)printing->table->time;
    if (row->hits == 0)
        return cells;
    if (total > 0)
        snprintf(cells.percent, CELL_SIZE, "%5.1f", 100 * time / total);
    format_number(cells.time, time * printing->scalar, least.time);
    format_number(cells.per_hit, time * printing->scalar / (double)row->hits, least.per_hit);
    snprintf(cells.hits, CELL_SIZE, "%" PRIu64, row->hits);
    if (strlen(cells.hits) > (size_t)least.hits)
        snprintf(cells.hits, CELL_SIZE, "%g", (double)row->hits);
    return cells;
}

static void widen(int *width, const char *cell)
{
    int length = (int)strlen(cell);
    if (length > *width)
        *width = length;
}

static void find_widths(struct printing *printing)
{
    printing->widths = least;
    for (uint32_t i = 0; i < printing->row_count; i++) {
        struct cells cells = format_cells(printing, &printing->rows[i]);
        widen(&printing->widths.hits, cells.hits);
        widen(&printing->widths.time, cells.time);
        widen(&printing->widths.per_hit, cells.per_hit);
    }
}

/* ---- Lines ---- */

static void add_shown(struct printing *printing, const char *shown)
{
    if (printing->options->escape_controls)
        pyperf_report_escape(printing->text, shown);
    else
        text_buffer_add(printing->text, shown);
}

/* Source text; tabs stay. */
static void add_source(struct printing *printing, const char *line, size_t length)
{
    while (printing->options->escape_controls && length > 0) {
        const char *tab = memchr(line, '\t', length);
        size_t piece = tab ? (size_t)(tab - line) : length;
        text_buffer_clear(&printing->scratch);
        text_buffer_add_bytes(&printing->scratch, line, piece);
        pyperf_report_escape(printing->text, text_buffer_text(&printing->scratch));
        if (!tab)
            return;
        text_buffer_add(printing->text, "\t");
        line += piece + 1;
        length -= piece + 1;
    }
    text_buffer_add_bytes(printing->text, line, length);
}

/* The escape sequence that a line begins with. */
static const char *heat(const struct printing *printing, const struct line_row *row)
{
    if (row && row->hits == 0)
        return "\033[2m"; /* faint */
    if (!row || printing->table->time == 0)
        return "";
    double share = (double)row->time / (double)printing->table->time;
    if (share >= 0.2)
        return "\033[1;31m"; /* bold red */
    if (share >= 0.05)
        return "\033[33m"; /* yellow */
    return "";
}

static void add_line(struct printing *printing, uint32_t number, const struct line_row *row)
{
    static const struct cells empty = {.hits = ""};
    const struct cells cells = row ? format_cells(printing, row) : empty;
    const char *colour = printing->options->colour ? heat(printing, row) : "";
    size_t length;
    const char *line = python_source_line(&printing->source, number, &length);
    text_buffer_printf(printing->text, "%s%6" PRIu32 " %*s %*s %*s %8s  ", colour, number,
                       printing->widths.hits, cells.hits, printing->widths.time, cells.time,
                       printing->widths.per_hit, cells.per_hit, cells.percent);
    add_source(printing, line, length);
    text_buffer_add(printing->text, *colour ? "\033[0m\n" : "\n");
}

static void add_header(struct printing *printing)
{
    const struct widths *widths = &printing->widths;
    size_t before = printing->text->length;
    text_buffer_printf(printing->text, "%6s %*s %*s %*s %8s  %s", "Line #", widths->hits,
                       "Hits", widths->time, "Time", widths->per_hit, "Per Hit", "% Time",
                       "Line Contents");
    size_t length = printing->text->length - before;
    text_buffer_add(printing->text, "\n");
    text_buffer_add_repeated(printing->text, '=', length);
    text_buffer_add(printing->text, "\n");
}

/* ---- Functions ---- */

static bool is_block(const char *name)
{
    return name[0] != '<' || strcmp(name, "<lambda>") == 0;
}

/* The innermost of a qualified name: "<lambda>" of "f.<locals>.<lambda>". */
static const char *last_name(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot ? dot + 1 : name;
}

static uint32_t last_row(const struct printing *printing)
{
    return printing->row_count ? printing->rows[printing->row_count - 1].number : 0;
}

/* The last line that is shown. A module is shown whole, what is part of a function as far as it
 * was recorded. */
static uint32_t last_line(const struct printing *printing)
{
    const struct line_table *table = printing->table;
    const char *name = last_name(table->name);
    uint32_t last = last_row(printing);
    uint32_t end = table->first_line;
    if (strcmp(name, "<module>") == 0)
        end = printing->source.line_count;
    else if (is_block(name))
        end = python_source_block_end(&printing->source, table->first_line);
    return last > end ? last : end;
}

/* Without the text there are as many empty lines as line_profiler shows. */
static uint32_t last_line_without_source(const struct printing *printing)
{
    uint32_t first = printing->table->first_line;
    uint32_t least_number = first;
    if (printing->row_count == 0)
        return first;
    if (printing->rows[0].number < least_number)
        least_number = printing->rows[0].number;
    return first + (last_row(printing) - least_number);
}

static void add_place(struct printing *printing)
{
    const struct line_table *table = printing->table;
    if (table->source) {
        text_buffer_add(printing->text, "File: ");
        add_shown(printing, table->file);
        text_buffer_add(printing->text, "\nFunction: ");
        add_shown(printing, table->name);
        text_buffer_printf(printing->text, " at line %" PRIu32 "\n", table->first_line);
        return;
    }
    text_buffer_add(printing->text, "\nCould not find file ");
    add_shown(printing, table->file);
    text_buffer_add(printing->text,
                    "\nAre you sure you are running this program from the same directory\n"
                    "that you ran the profiler from?\n"
                    "Continuing without the function's contents.\n");
}

static void add_rows(struct printing *printing)
{
    uint32_t end =
        printing->table->source ? last_line(printing) : last_line_without_source(printing);
    const struct line_row *row = printing->rows;
    const struct line_row *rows_end = printing->rows + printing->row_count;
    uint64_t number = printing->table->first_line;
    while (number <= end) {
        while (row < rows_end && row->number < number)
            row++;
        bool known = row < rows_end && row->number == number;
        uint64_t next = row < rows_end ? row->number : (uint64_t)end + 1;
        if (next - number > LONGEST_GAP && number > printing->source.line_count) {
            number = next;
            continue;
        }
        add_line(printing, (uint32_t)number++, known ? row : NULL);
    }
}

/* ---- Statements ---- */

static uint32_t statement_of(const struct python_source *source, uint32_t number)
{
    bool known = number > 0 && number <= source->line_count && source->statements[number - 1];
    return known ? source->statements[number - 1] : number;
}

static void join(struct line_row *to, const struct line_row *row)
{
    to->hits += row->hits;
    to->time += row->time;
    to->callees += row->callees;
    to->call_count += row->call_count; /* they follow the others */
}

/* Makes rows of statements, at the lines in which these begin, of the rows of lines. */
static bool join_statements(struct printing *printing)
{
    const struct line_table *table = printing->table;
    uint32_t count = 0;
    printing->joined = malloc(((size_t)table->row_count + 1) * sizeof *printing->joined);
    if (!printing->joined)
        return false;
    for (uint32_t i = 0; i < table->row_count; i++) {
        struct line_row row = table->rows[i];
        row.number = statement_of(&printing->source, row.number);
        if (count > 0 && printing->joined[count - 1].number == row.number)
            join(&printing->joined[count - 1], &row);
        else
            printing->joined[count++] = row;
    }
    printing->rows = printing->joined;
    printing->row_count = count;
    return true;
}

/* ---- The report ---- */

static bool add_table(struct printing *printing, const struct line_table *table,
                      const struct line_notes *notes)
{
    const char *source = "";
    if (table->source)
        source = pyperf_profile_string(notes->profile, table->source->text);
    printing->table = table;
    printing->rows = table->rows;
    printing->row_count = table->row_count;
    printing->joined = NULL;
    bool done = python_source_scan(&printing->source, source) &&
                (!printing->options->statements || join_statements(printing));
    if (done) {
        text_buffer_printf(printing->text, "Total time: %g s\n",
                           (double)table->time * LINE_TABLES_UNIT);
        add_place(printing);
        find_widths(printing);
        text_buffer_add(printing->text, "\n");
        add_header(printing);
        add_rows(printing);
        text_buffer_add(printing->text, "\n");
        line_notes_add(notes, table, printing->rows, printing->row_count, printing->text);
    }
    free(printing->joined);
    python_source_release(&printing->source);
    return done;
}

static bool is_shown(const struct pyperf_lines_options *options, const struct line_table *table)
{
    return !(options->skip_zero && table->hits == 0);
}

static enum line_order order_of(enum pyperf_lines_order order)
{
    return order == PYPERF_LINES_BY_TIME    ? LINE_ORDER_TIME
           : order == PYPERF_LINES_AS_FOUND ? LINE_ORDER_RECORDED
                                            : LINE_ORDER_LABEL;
}

enum pyperf_status pyperf_report_lines(const struct pyperf_profile *profile,
                                       const struct pyperf_lines_options *options,
                                       struct text_buffer *text, struct pyperf_error *error)
{
    struct line_tables tables;
    double unit = options->unit > 0 ? options->unit : 1e-6;
    enum pyperf_status status =
        line_tables_create(profile, options->thread, order_of(options->order), &tables, error);
    bool done = status == PYPERF_OK;
    struct printing printing = {
        .options = options, .text = text, .scalar = LINE_TABLES_UNIT / unit};
    const struct line_notes notes = {.profile = profile,
                                     .calls = tables.calls,
                                     .scalar = printing.scalar,
                                     .list_calls = options->calls,
                                     .escape_controls = options->escape_controls};
    if (done)
        text_buffer_printf(text, "Timer unit: %g s\n\n", unit);
    for (uint32_t i = 0; i < tables.count && done; i++)
        if (is_shown(options, &tables.tables[i]))
            done = add_table(&printing, &tables.tables[i], &notes);
    text_buffer_release(&printing.scratch);
    line_tables_release(&tables);
    if (status == PYPERF_OK && (!done || text->failed))
        status = pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory for the report");
    return status;
}
