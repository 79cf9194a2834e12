/* The lines of each function, of all threads together or of one: what reports print and files
 * hold.
 *
 * Functions with the same file, name and first line are one. Times are whole nanoseconds, the
 * unit in which line_profiler writes them.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_ANALYSIS_LINE_TABLES_H
#define PYPERF_ANALYSIS_LINE_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pyperf/error.h>
#include <pyperf/profile.h>

#define LINE_TABLES_UNIT 1e-9 /* seconds */

struct line_row {
    uint32_t number;
    uint32_t first_call; /* index into the calls; those of a table's rows follow each other */
    uint32_t call_count;
    uint64_t hits;    /* 0: never reached */
    uint64_t time;    /* callees included */
    uint64_t callees; /* of this in functions that the line called */
};

struct line_call {
    uint32_t callee; /* index into the profile's functions */
    uint64_t calls;
    uint64_t time;
};

struct line_table {
    const char *file;
    const char *name; /* qualified, where that is known */
    uint32_t first_line;
    const struct pyperf_source *source; /* NULL: its text is not there */
    struct line_row *rows;              /* by number */
    uint32_t row_count;
    uint64_t hits; /* of all rows */
    uint64_t time; /* of all rows, recursion counted once */
    uint64_t own;  /* of this, not in other functions */
};

enum line_order {
    LINE_ORDER_LABEL,    /* by file, first line and name */
    LINE_ORDER_TIME,     /* the shortest first, as line_profiler sorts */
    LINE_ORDER_RECORDED, /* as the functions come in the profile */
};

/* Strings and sources are the profile's. */
struct line_tables {
    struct line_table *tables;
    uint32_t count;
    struct line_row *rows;
    struct line_call *calls; /* of each row the longest first */
};

/* `thread`: an index into the profile's, or PYPERF_NO_INDEX for all. Release the tables in any
 * case. */
enum pyperf_status line_tables_create(const struct pyperf_profile *profile, uint32_t thread,
                                      enum line_order order, struct line_tables *tables,
                                      struct pyperf_error *error);
void line_tables_release(struct line_tables *tables);

#endif
