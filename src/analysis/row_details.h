/* What is known of a summary's rows beyond their labels: from the profile that it was made of,
 * where there is one, and from the labels themselves.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_ANALYSIS_ROW_DETAILS_H
#define PYPERF_ANALYSIS_ROW_DETAILS_H

#include <stdbool.h>
#include <stdint.h>

#include <pyperf/profile.h>
#include <pyperf/row_filter.h>
#include <pyperf/summary.h>

enum row_kind {
    ROW_PYTHON,
    ROW_BUILTIN,
    ROW_PROGRAM, /* the root that calls whatever has no caller */
    ROW_FOLDED,  /* the caller of folded contexts */
};

struct row_detail {
    const char *qualified_name; /* of the profile's; NULL: not known */
    uint64_t resumes;           /* among the row's calls; 0 where there is no profile */
    enum row_kind kind;
    enum pyperf_group group;
};

struct row_details {
    struct row_detail *rows;   /* by row */
    uint32_t *row_of_function; /* by the profile's function, PYPERF_NO_INDEX: it has no row;
                                  NULL: there is no profile */
};

/* `profile` is what the summary was made of, and outlives the details; NULL: a file with a
 * summary only. The summary still has its directories. Release in either case. */
enum pyperf_status row_details_init(struct row_details *details,
                                    const struct pyperf_summary *summary,
                                    const struct pyperf_profile *profile,
                                    struct pyperf_error *error);
void row_details_release(struct row_details *details);

/* What a function without Python code is called where that can be called: "builtins.len" for
 * "<built-in method builtins.len>", "list.append" for "<method 'append' of 'list' objects>".
 * False: the name has another form. */
bool builtin_dotted_name(const char *name, char *dotted, size_t size);

/* Is the label that of a function without Python code? */
bool label_is_builtin(const struct pyperf_label *label);

#endif
