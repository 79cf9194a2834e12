/* The options about the report, which commands share, and the report itself.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_REPORT_OPTIONS_H
#define PYPERF_CLI_REPORT_OPTIONS_H

#include <argp.h>
#include <stdbool.h>

#include <pyperf/reports.h>
#include <pyperf/row_filter.h>
#include <pyperf/selection.h>
#include <pyperf/summary.h>

#include "base/text_buffer.h"

/* One of the tables beside that of the functions. */
struct table_request {
    bool wanted;
    struct pyperf_selection *selection; /* NULL: what restricts the functions */
};

struct report_options {
    struct pyperf_sort sort; /* none given: cumulative, */
    bool unsorted;           /* unless this was asked for */
    bool reverse;
    struct pyperf_selection *selection; /* NULL: all rows */
    struct table_request callers;
    struct table_request callees;
    struct table_request spread;
    bool per_thread;        /* tables for each thread instead of those for all */
    bool per_process;       /* tables for each process instead of those for all */
    bool strip_directories; /* in the tables per thread; others are made of what is passed */
    struct pyperf_row_filter *filter;   /* of the functions per thread or process, and of paths;
                                           NULL: all. Other tables are made of what is passed, */
    const struct pyperf_hidden *hidden; /* which lacks this, or NULL */
};

/* Options -s -r -n --callers --callees --spread --per-thread --per-process; its input is a
 * struct report_options of zeros. */
extern const struct argp report_argp;

void report_options_release(struct report_options *options);

/* How the table of functions is sorted and restricted, with control characters left alone. */
struct pyperf_table_options report_table_options(const struct report_options *options);

/* Appends the tables that were asked for, of `summary`, which has all of the profile in it; per
 * thread they are made of the profile (NULL: there is none), but for how long calls took: that
 * is known of all threads together only. `heading` is the line above them, or NULL; for a
 * terminal, control characters in names are made visible. */
enum pyperf_status report_tables(const struct report_options *options,
                                 const struct pyperf_profile *profile,
                                 const struct pyperf_summary *summary, const char *heading,
                                 bool for_terminal, struct text_buffer *text,
                                 struct pyperf_error *error);

#endif
