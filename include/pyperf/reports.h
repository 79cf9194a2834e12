/* Text for people: the tables of pstats, and the lines that pyperf adds below them.
 *
 * Given the same numbers the tables equal those of Python's pstats character for character.
 * Reports are appended to a text buffer (base/text_buffer.h), never printed. The functions fail
 * with PYPERF_NO_MEMORY, and where a regular expression gives up, with PYPERF_UNSUPPORTED; the
 * buffer then holds what was written so far.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_REPORTS_H
#define PYPERF_REPORTS_H

#include <stdbool.h>
#include <stdint.h>

#include <pyperf/comparison.h>
#include <pyperf/error.h>
#include <pyperf/outcome.h>
#include <pyperf/profile.h>
#include <pyperf/row_filter.h>
#include <pyperf/selection.h>
#include <pyperf/summary.h>

struct text_buffer;

enum { PYPERF_SORT_KEYS_MAX = 16 };

enum pyperf_sort_key {
    PYPERF_SORT_CALLS,
    PYPERF_SORT_PRIMITIVE_CALLS,
    PYPERF_SORT_SELF,
    PYPERF_SORT_CUMULATIVE,
    PYPERF_SORT_FILE,
    PYPERF_SORT_LINE,
    PYPERF_SORT_NAME,
    PYPERF_SORT_NAME_FILE_LINE,
    PYPERF_SORT_STANDARD_NAME,
};

/* The first key decides, later ones only between equals; no key: the summary's own order. */
struct pyperf_sort {
    enum pyperf_sort_key keys[PYPERF_SORT_KEYS_MAX];
    unsigned int count;
};

/* Appends the keys in "KEY[,KEY]" to *sort: pstats' names and their unambiguous abbreviations.
 * PYPERF_USAGE names the nearest key, or what an abbreviation could mean. */
enum pyperf_status pyperf_sort_parse(struct pyperf_sort *sort, const char *text,
                                     struct pyperf_error *error);

/* Zeros are a good default. */
struct pyperf_table_options {
    struct pyperf_sort sort;
    bool reverse;                             /* no effect without a sort key, as in pstats */
    const struct pyperf_selection *selection; /* NULL: all rows */
    const char *heading;  /* pstats' "DATE    FILE" lines above everything, or NULL */
    bool escape_controls; /* show control characters as \xNN: for terminals */
};

/* What pstats' print_stats, print_callers and print_callees print. (Only the first prints the
 * heading.) For what `python -m cProfile` prints, strip the summary's directories first. */
enum pyperf_status pyperf_report_stats(const struct pyperf_summary *summary,
                                       const struct pyperf_table_options *options,
                                       struct text_buffer *text, struct pyperf_error *error);
enum pyperf_status pyperf_report_callers(const struct pyperf_summary *summary,
                                         const struct pyperf_table_options *options,
                                         struct text_buffer *text, struct pyperf_error *error);
enum pyperf_status pyperf_report_callees(const struct pyperf_summary *summary,
                                         const struct pyperf_table_options *options,
                                         struct text_buffer *text, struct pyperf_error *error);

/* How long single calls took: of each row the median, the 95th percentile and the longest. Rows
 * are chosen and sorted as in the tables above; those whose durations are not known, or of
 * which no call completed, are left out. */
enum pyperf_status pyperf_report_spread(const struct pyperf_summary *summary,
                                        const struct pyperf_table_options *options,
                                        struct text_buffer *text, struct pyperf_error *error);

/* The lines above a thread's own tables: its name, the kernel's number for it, and how much
 * time on the wall, CPU time and context switches it took while it was recorded. */
enum pyperf_status pyperf_report_thread(const struct pyperf_profile *profile, uint32_t index,
                                        bool escape_controls, struct text_buffer *text,
                                        struct pyperf_error *error);

/* The line above the tables of a process of its own. */
void pyperf_report_process(const struct pyperf_profile *profile, uint32_t index,
                           struct text_buffer *text);

/* A line below tables that says what a filter left out of the summary, if it did anything. */
void pyperf_report_hidden(const struct pyperf_hidden *hidden,
                          const struct pyperf_summary *summary, struct text_buffer *text);

enum pyperf_lines_order {
    PYPERF_LINES_BY_LABEL, /* by file and line */
    PYPERF_LINES_BY_TIME,  /* the function that took longest last, as line_profiler sorts */
    PYPERF_LINES_AS_FOUND, /* as the functions come in the profile */
};

/* Zeros mean all threads together but for `thread`, which must be set. */
struct pyperf_lines_options {
    uint32_t thread; /* index into the profile's, or PYPERF_NO_INDEX: all */
    double unit;     /* seconds that the columns of times count in; 0: a microsecond */
    enum pyperf_lines_order order;
    bool skip_zero;       /* leave out functions that were never called */
    bool statements;      /* add the lines of a statement up */
    bool calls;           /* also list what each line called */
    bool colour;          /* lines by how much time they took, with escape sequences */
    bool escape_controls; /* show control characters as \xNN: for terminals */
};

/* What line_profiler prints: for each function its lines with their times. Given the same
 * numbers it equals line_profiler 5's character for character; what that has no place for
 * stands below each function's lines. */
enum pyperf_status pyperf_report_lines(const struct pyperf_profile *profile,
                                       const struct pyperf_lines_options *options,
                                       struct text_buffer *text, struct pyperf_error *error);

/* The lines below the table: times, memory, threads, and whatever makes the numbers above them
 * less than complete (each only where it happened). `outcome` is NULL where it is not known. */
enum pyperf_status pyperf_report_run_facts(const struct pyperf_profile *profile,
                                           const struct pyperf_outcome *outcome,
                                           struct text_buffer *text,
                                           struct pyperf_error *error);

/* What a report is shown on. Zeros: a file. */
struct pyperf_page {
    unsigned int width; /* of a terminal, in columns; 0: as wide as it comes */
    bool colours;
};

/* The functions with their qualified names and groups, in a table that fits the page. Rows are
 * chosen and sorted as in the tables above. The summary has its directories; `profile` is what
 * it was made of, or NULL: then qualified names and resumes are not known. */
enum pyperf_status pyperf_report_functions(const struct pyperf_summary *summary,
                                           const struct pyperf_profile *profile,
                                           const struct pyperf_table_options *options,
                                           const struct pyperf_page *page,
                                           struct text_buffer *text,
                                           struct pyperf_error *error);

/* The rows of the summary that the tables list, in their order; the caller frees them. */
enum pyperf_status pyperf_report_rows(const struct pyperf_summary *summary,
                                      const struct pyperf_table_options *options,
                                      uint32_t **rows, uint32_t *count,
                                      struct pyperf_error *error);

/* Which call paths are shown. */
struct pyperf_path_options {
    uint32_t first_thread; /* of these threads, */
    uint32_t thread_count; /* and so many */
    double minimum;        /* those whose inclusive time is at least this part of the total */
    uint32_t depth;        /* no more levels than that; 0: any number */
    const struct pyperf_row_filter *filter; /* of functions; NULL: all */
};

/* The call tree, and the paths that hold most of the time. `summary` is the profile's, with
 * directories and all functions. What is left out is shown as what it sums up to. */
enum pyperf_status pyperf_report_tree(const struct pyperf_profile *profile,
                                      const struct pyperf_summary *summary,
                                      const struct pyperf_path_options *options,
                                      struct text_buffer *text, struct pyperf_error *error);
enum pyperf_status pyperf_report_hot(const struct pyperf_profile *profile,
                                     const struct pyperf_summary *summary,
                                     const struct pyperf_path_options *options,
                                     struct text_buffer *text, struct pyperf_error *error);

/* What changed: the totals, the functions and the paths that the view lets through and that
 * differ, a remainder for those beyond its limit, and a verdict. `names` are what to call the
 * two sides. */
enum pyperf_status pyperf_report_comparison(const struct pyperf_comparison *comparison,
                                            const struct pyperf_comparison_view *view,
                                            const char *const names[2],
                                            const struct pyperf_page *page,
                                            struct text_buffer *text,
                                            struct pyperf_error *error);

/* A line that says whether a condition holds, and for which functions. */
void pyperf_report_condition(const struct pyperf_condition *condition,
                             const struct pyperf_condition_result *result,
                             const struct pyperf_comparison *comparison,
                             struct text_buffer *text);

/* Appends the lines of a heading, which line feeds separate, and the empty line below it. */
void pyperf_report_heading(struct text_buffer *buffer, const char *heading,
                           bool escape_controls);

/* Appends `text` with control characters (C0, DEL, C1) and what is not UTF-8 shown as \xNN,
 * lone surrogates as \uNNNN: fit for a terminal. */
void pyperf_report_escape(struct text_buffer *buffer, const char *text);

#endif
