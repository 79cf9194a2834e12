/* Tables of text, fitted to the terminal, by libsmartcols.
 *
 *     struct columns columns;
 *     columns_init(&columns, list, count, style);
 *     columns_begin_row(&columns);
 *     columns_add(&columns, "text of the first cell");
 *     ...
 *     columns_print(&columns, text);
 *     columns_release(&columns);
 *
 * Control characters in cells are made visible.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_REPORTS_COLUMNS_H
#define PYPERF_REPORTS_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include <pyperf/reports.h>

#include "base/text_buffer.h"

enum column_kind {
    COLUMN_NUMBERS, /* aligned at their ends */
    COLUMN_TEXTS, /* their beginnings are cut off where the table is wider than the terminal */
    COLUMN_OPTIONAL, /* the same; left out, the last first, where texts would lose too much */
};

struct column {
    const char *heading;
    enum column_kind kind;
};

enum { COLUMNS_MOST = 16 };

struct columns {
    struct libscols_table *table;
    struct column list[COLUMNS_MOST];
    size_t count;
    size_t width; /* of the terminal, in code points; 0: any */
    struct libscols_line *row;
    size_t filled; /* cells of the row */
    bool colours;
    bool failed; /* out of memory; nothing more is added */
};

/* At most COLUMNS_MOST. */
void columns_init(struct columns *columns, const struct column *list, size_t count,
                  const struct pyperf_page *page);
void columns_release(struct columns *columns);

void columns_begin_row(struct columns *columns);
void columns_add(struct columns *columns, const char *text);

/* The cell that was added last gets a colour: "red", "green". Only where the page has any. */
void columns_colour(struct columns *columns, const char *colour);

/* Appends the table. False: no memory, also for what was added before. */
bool columns_print(struct columns *columns, struct text_buffer *text);

#endif
