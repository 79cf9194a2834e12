/* SPDX-License-Identifier: MIT */
#include "reports/columns.h"

#include <libsmartcols/libsmartcols.h>
#include <locale.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

static void fit(struct libscols_table *table, const struct pyperf_page *page)
{
    /* Not what libsmartcols finds out by itself: the report may go elsewhere. */
    scols_table_set_termforce(table,
                              page->width ? SCOLS_TERMFORCE_ALWAYS : SCOLS_TERMFORCE_NEVER);
    if (page->width)
        scols_table_set_termwidth(table, page->width);
    scols_table_enable_colors(table, page->colours);
    /* Cells are escaped before they get here, and more readably. */
    scols_table_enable_noencoding(table, 1);
}

void columns_init(struct columns *columns, const struct column *list, size_t count,
                  const struct pyperf_page *page)
{
    *columns = (struct columns){
        .table = scols_new_table(),
        .count = count,
        .width = page->width,
        .colours = page->colours,
    };
    memcpy(columns->list, list, count * sizeof *list);
    if (!columns->table) {
        columns->failed = true;
        return;
    }
    fit(columns->table, page);
    for (size_t i = 0; i < count; i++) {
        int flags = list[i].kind == COLUMN_NUMBERS ? SCOLS_FL_RIGHT : SCOLS_FL_TRUNC;
        if (!scols_table_new_column(columns->table, list[i].heading, 0, flags))
            columns->failed = true;
    }
}

void columns_release(struct columns *columns)
{
    scols_unref_table(columns->table);
    columns->table = NULL;
}

void columns_begin_row(struct columns *columns)
{
    if (columns->failed)
        return;
    columns->row = scols_table_new_line(columns->table, NULL);
    columns->filled = 0;
    columns->failed = !columns->row;
}

void columns_add(struct columns *columns, const char *text)
{
    struct text_buffer shown = {0};
    if (columns->failed)
        return;
    pyperf_report_escape(&shown, text);
    columns->failed = shown.failed || scols_line_set_data(columns->row, columns->filled++,
                                                          text_buffer_text(&shown)) != 0;
    text_buffer_release(&shown);
}

void columns_colour(struct columns *columns, const char *colour)
{
    if (columns->failed || !columns->colours)
        return;
    struct libscols_cell *cell = scols_line_get_cell(columns->row, columns->filled - 1);
    columns->failed = scols_cell_set_color(cell, colour) != 0;
}

/* ---- Fitting ---- */

/* libsmartcols would cut off the ends of texts, which tell functions and paths apart. */
struct fitting {
    struct columns *columns;
    size_t widths[COLUMNS_MOST]; /* of the longest text of each; 0: it is left out */
};

static struct libscols_cell *cell_at(const struct columns *columns, size_t row, size_t column)
{
    return scols_line_get_cell(scols_table_get_line(columns->table, row), column);
}

static void measure(struct fitting *fitting)
{
    const struct columns *columns = fitting->columns;
    size_t rows = scols_table_get_nlines(columns->table);
    for (size_t column = 0; column < columns->count; column++) {
        size_t most = utf8_length(columns->list[column].heading);
        for (size_t row = 0; row < rows; row++) {
            const char *text = scols_cell_get_data(cell_at(columns, row, column));
            size_t length = text ? utf8_length(text) : 0;
            most = length > most ? length : most;
        }
        fitting->widths[column] = most;
    }
}

/* What the columns take, and the spaces between them, if no text is longer than `limit`. */
static size_t total_width(const struct fitting *fitting, size_t limit)
{
    size_t total = 0;
    for (size_t i = 0; i < fitting->columns->count; i++) {
        bool cut =
            fitting->columns->list[i].kind != COLUMN_NUMBERS && fitting->widths[i] > limit;
        if (fitting->widths[i] > 0)
            total += 1 + (cut ? limit : fitting->widths[i]);
    }
    return total > 0 ? total - 1 : 0;
}

static bool leave_one_out(struct fitting *fitting)
{
    for (size_t i = fitting->columns->count; i-- > 0;)
        if (fitting->widths[i] > 0 && fitting->columns->list[i].kind == COLUMN_OPTIONAL) {
            fitting->widths[i] = 0;
            scols_column_set_flags(scols_table_get_column(fitting->columns->table, i),
                                   SCOLS_FL_HIDDEN);
            return true;
        }
    return false;
}

static bool cut(struct libscols_cell *cell, size_t limit)
{
    static const char dots[] = "...";
    const char *text = scols_cell_get_data(cell);
    size_t length = text ? utf8_length(text) : 0;
    if (length <= limit)
        return true;
    for (size_t left = length - limit + sizeof dots - 1; left > 0; left--) {
        uint32_t code_point;
        size_t size = utf8_decode(text, &code_point);
        text += size ? size : 1;
    }
    struct text_buffer shown = {0};
    text_buffer_printf(&shown, "%s%s", dots, text);
    bool done = !shown.failed && scols_cell_set_data(cell, text_buffer_text(&shown)) == 0;
    text_buffer_release(&shown);
    return done;
}

static bool fit_texts(struct columns *columns)
{
    enum { ENOUGH = 24, LEAST = 8 }; /* code points of a text: what tells much, and anything */
    struct fitting fitting = {.columns = columns};
    size_t limit = columns->width, rows = scols_table_get_nlines(columns->table);
    if (columns->width == 0)
        return true;
    measure(&fitting);
    while (total_width(&fitting, ENOUGH) > columns->width && leave_one_out(&fitting))
        ;
    while (limit > LEAST && total_width(&fitting, limit) > columns->width)
        limit--;
    for (size_t i = 0; i < columns->count; i++)
        for (size_t row = 0; columns->list[i].kind != COLUMN_NUMBERS && row < rows; row++)
            if (!cut(cell_at(columns, row, i), limit))
                return false;
    return true;
}

bool columns_print(struct columns *columns, struct text_buffer *text)
{
    char *printed = NULL;
    /* Widths are counted in characters, whatever the user's locale is. */
    locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    locale_t former = utf8 ? uselocale(utf8) : (locale_t)0;
    if (!columns->failed && !fit_texts(columns))
        columns->failed = true;
    if (!columns->failed && scols_print_table_to_string(columns->table, &printed) != 0)
        columns->failed = true;
    if (former)
        uselocale(former);
    if (utf8)
        freelocale(utf8);
    if (printed && !columns->failed) {
        text_buffer_add(text, printed);
        size_t length = text->length;
        if (length > 0 && text->text[length - 1] != '\n')
            text_buffer_add(text, "\n");
    }
    free(printed);
    return !columns->failed && !text->failed;
}
