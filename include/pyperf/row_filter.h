/* Which functions a report is about: chosen by file, by name, or by whose code they are.
 *
 * A filter is a list of patterns:
 *
 *     mine, site-packages, stdlib, builtins    a group
 *     PATH                                     a file: has a "/" or ends with ".py"
 *     NAME                                     functions with that name or qualified name
 *     MODULE:NAME, PATH:NAME                   the same in one module or file
 *
 * Paths match from any directory on ("shop/orders.py" matches "/home/me/shop/orders.py"),
 * modules likewise ("orders", "shop.orders"). All parts may be globs: * ? [...].
 *
 * _create returns an object that the caller frees.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_ROW_FILTER_H
#define PYPERF_ROW_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include <pyperf/error.h>
#include <pyperf/profile.h>
#include <pyperf/summary.h>

enum pyperf_group {
    PYPERF_GROUP_MINE, /* none of the others */
    PYPERF_GROUP_SITE_PACKAGES,
    PYPERF_GROUP_STDLIB,
    PYPERF_GROUP_BUILTINS, /* no Python code */
};

/* "mine", "site-packages", "stdlib", "builtins" */
const char *pyperf_group_name(enum pyperf_group group);

struct pyperf_row_filter;

struct pyperf_row_filter *pyperf_row_filter_create(void); /* NULL: no memory */
void pyperf_row_filter_free(struct pyperf_row_filter *filter);

/* Functions pass that any of the selecting patterns matches (all, where there is none), and
 * that no excluding one does. PYPERF_USAGE: an empty pattern. */
enum pyperf_status pyperf_row_filter_select(struct pyperf_row_filter *filter,
                                            const char *pattern, struct pyperf_error *error);
enum pyperf_status pyperf_row_filter_exclude(struct pyperf_row_filter *filter,
                                             const char *pattern, struct pyperf_error *error);

/* What a filter left out. */
struct pyperf_hidden {
    uint32_t functions;
    uint64_t calls;
    double self; /* seconds */
};

/* Takes the rows that do not pass out of a summary, which has its directories still; what it
 * says of the whole stays. Callers that are left out are no callers any more. `profile` is what
 * the summary was made of, or NULL: then qualified names are not known. */
enum pyperf_status pyperf_summary_filter(struct pyperf_summary *summary,
                                         const struct pyperf_profile *profile,
                                         const struct pyperf_row_filter *filter,
                                         struct pyperf_hidden *hidden,
                                         struct pyperf_error *error);

#endif
