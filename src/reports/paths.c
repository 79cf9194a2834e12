/* SPDX-License-Identifier: MIT */
#include "reports/paths.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/row_filter.h"

/* ---- Building ---- */

/* The rows of functions, without those that the filter leaves out. */
static uint32_t *visible_rows(const struct paths *paths, const struct pyperf_row_filter *filter)
{
    const uint32_t *rows = paths->details.row_of_function;
    uint32_t *visible = malloc(((size_t)paths->profile->function_count + 1) * sizeof *visible);
    for (uint32_t i = 0; visible && i < paths->profile->function_count; i++) {
        bool shown = rows[i] != PYPERF_NO_INDEX &&
                     row_filter_passes_row(filter, &paths->summary->rows[rows[i]].label,
                                           &paths->details.rows[rows[i]]);
        visible[i] = shown ? rows[i] : PATH_TREE_HIDDEN;
    }
    return visible;
}

static bool build_tree(struct paths *paths, const struct pyperf_path_options *options)
{
    uint32_t *functions = visible_rows(paths, options->filter);
    bool done = functions && path_tree_init(&paths->tree, 1) &&
                path_tree_add(&paths->tree, 0, paths->profile, functions, options->first_thread,
                              options->thread_count);
    free(functions);
    if (done)
        path_tree_sum_up(&paths->tree);
    return done;
}

static int compare_nodes(const void *left, const void *right, void *context)
{
    const struct path_tree *tree = context;
    uint32_t a = *(const uint32_t *)left;
    uint32_t b = *(const uint32_t *)right;
    if (tree->nodes[a].parent != tree->nodes[b].parent)
        return tree->nodes[a].parent < tree->nodes[b].parent ? -1 : 1;
    double of_a = path_tree_figures(tree, a, 0)->inclusive;
    double of_b = path_tree_figures(tree, b, 0)->inclusive;
    if (of_a != of_b)
        return of_a > of_b ? -1 : 1;
    return a < b ? -1 : a > b;
}

static bool order_children(struct paths *paths)
{
    struct path_tree *tree = &paths->tree;
    uint32_t count = tree->count - 1; /* the root is nobody's child */
    paths->children = malloc(((size_t)count + 1) * sizeof *paths->children);
    paths->first_child = malloc(((size_t)tree->count + 1) * sizeof *paths->first_child);
    if (!paths->children || !paths->first_child)
        return false;
    for (uint32_t i = 0; i < count; i++)
        paths->children[i] = i + 1;
    qsort_r(paths->children, count, sizeof *paths->children, compare_nodes, tree);
    uint32_t at = 0;
    for (uint32_t node = 0; node < tree->count; node++) {
        paths->first_child[node] = at;
        while (at < count && tree->nodes[paths->children[at]].parent == node)
            at++;
    }
    paths->first_child[tree->count] = at;
    return true;
}

enum pyperf_status paths_init(struct paths *paths, const struct pyperf_profile *profile,
                              const struct pyperf_summary *summary,
                              const struct pyperf_path_options *options,
                              struct pyperf_error *error)
{
    *paths = (struct paths){.profile = profile, .summary = summary};
    enum pyperf_status status = row_details_init(&paths->details, summary, profile, error);
    if (status != PYPERF_OK)
        return status;
    if (build_tree(paths, options) && order_children(paths))
        return PYPERF_OK;
    return pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory for %u call paths",
                            profile->node_count);
}

void paths_release(struct paths *paths)
{
    row_details_release(&paths->details);
    path_tree_release(&paths->tree);
    free(paths->children);
    free(paths->first_child);
    *paths = (struct paths){.profile = NULL};
}

/* ---- Names ---- */

void paths_add_name(const struct paths *paths, uint32_t node, struct text_buffer *text)
{
    uint32_t row = paths->tree.nodes[node].function;
    char dotted[600];
    if (row == PYPERF_NO_INDEX) {
        text_buffer_add(text, "<program ");
        pyperf_report_escape(
            text, pyperf_profile_string(paths->profile, paths->profile->run.program));
        text_buffer_add(text, ">");
        return;
    }
    const char *name = paths->summary->rows[row].label.name;
    if (paths->details.rows[row].qualified_name)
        name = paths->details.rows[row].qualified_name;
    else if (builtin_dotted_name(name, dotted, sizeof dotted))
        name = dotted;
    pyperf_report_escape(text, name);
}

void paths_add_name_and_place(const struct paths *paths, uint32_t node,
                              struct text_buffer *text)
{
    uint32_t row = paths->tree.nodes[node].function;
    paths_add_name(paths, node, text);
    if (row == PYPERF_NO_INDEX || paths->details.rows[row].kind != ROW_PYTHON)
        return;
    const struct pyperf_label *label = &paths->summary->rows[row].label;
    const char *slash = strrchr(label->file, '/');
    text_buffer_add(text, "  ");
    pyperf_report_escape(text, slash ? slash + 1 : label->file);
    text_buffer_printf(text, ":%" PRId32, pyperf_signed_line(label->line));
}
