/* SPDX-License-Identifier: MIT */
#include "reports/columns.h"

#include <libsmartcols/libsmartcols.h>
#include <locale.h>
#include <stdlib.h>

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
    *columns = (struct columns){.table = scols_new_table(), .colours = page->colours};
    if (!columns->table) {
        columns->failed = true;
        return;
    }
    fit(columns->table, page);
    for (size_t i = 0; i < count; i++) {
        int flags = (list[i].right ? SCOLS_FL_RIGHT : 0) | (list[i].cut ? SCOLS_FL_TRUNC : 0);
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

bool columns_print(struct columns *columns, struct text_buffer *text)
{
    char *printed = NULL;
    /* Widths are counted in characters, whatever the user's locale is. */
    locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    locale_t former = utf8 ? uselocale(utf8) : (locale_t)0;
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
