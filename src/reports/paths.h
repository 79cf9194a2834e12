/* Call paths in the order in which reports walk them: every function's callees from the
 * heaviest down.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_REPORTS_PATHS_H
#define PYPERF_REPORTS_PATHS_H

#include <pyperf/reports.h>

#include "analysis/path_tree.h"
#include "analysis/row_details.h"
#include "base/text_buffer.h"

struct paths {
    const struct pyperf_profile *profile;
    const struct pyperf_summary *summary; /* its rows are the functions */
    struct row_details details;
    struct path_tree tree; /* one column */
    uint32_t *children;    /* nodes, those of one parent together, */
    uint32_t *first_child; /* by node: where its children begin there; one more at the end */
};

/* `summary` has all rows of the profile and its directories. Release in either case. */
enum pyperf_status paths_init(struct paths *paths, const struct pyperf_profile *profile,
                              const struct pyperf_summary *summary,
                              const struct pyperf_path_options *options,
                              struct pyperf_error *error);
void paths_release(struct paths *paths);

static inline const struct path_figures *paths_figures(const struct paths *paths, uint32_t node)
{
    return path_tree_figures(&paths->tree, node, 0);
}

/* Appends what the last function of a path is called, without control characters:
 * "Order.total", "len", "<program orders.py>". */
void paths_add_name(const struct paths *paths, uint32_t node, struct text_buffer *text);

/* The same with its place: "Order.total  orders.py:12". */
void paths_add_name_and_place(const struct paths *paths, uint32_t node,
                              struct text_buffer *text);

#endif
