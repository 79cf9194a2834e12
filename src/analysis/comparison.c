/* SPDX-License-Identifier: MIT */
#include "analysis/comparison.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/function_matching.h"
#include "analysis/path_tree.h"
#include "analysis/row_details.h"

/* What is needed only while a comparison is made. */
struct making {
    struct pyperf_comparison *comparison;
    const struct pyperf_comparison_input *inputs;
    size_t count;
    struct row_details *details;
    struct function_matching matching;
};

/* ---- Figures ---- */

static int compare_doubles(const void *left, const void *right)
{
    double a = *(const double *)left;
    double b = *(const double *)right;
    return (a > b) - (a < b);
}

struct pyperf_figures comparison_figures(struct pyperf_comparison *comparison,
                                         const double *values, double confidence)
{
    struct pyperf_comparison_storage *storage = comparison->storage;
    double *before = storage->sorted;
    double *after = storage->sorted + storage->before;
    memcpy(before, values, (storage->before + storage->after) * sizeof *values);
    qsort(before, storage->before, sizeof *before, compare_doubles);
    qsort(after, storage->after, sizeof *after, compare_doubles);
    struct pyperf_figures figures = {
        .before = sorted_median(before, storage->before),
        .after = sorted_median(after, storage->after),
        .interval_known = storage->has_intervals && confidence > 0,
    };
    if (figures.interval_known)
        bootstrap_interval(&storage->bootstrap, before, after, confidence, &figures.low,
                           &figures.high);
    return figures;
}

static enum pyperf_presence presence_of(const double *calls, const double *times,
                                        const struct pyperf_comparison_storage *storage)
{
    bool there[2] = {false, false};
    for (size_t i = 0; i < storage->before + storage->after; i++)
        if (calls[i] > 0 || times[i] > 0)
            there[i >= storage->before] = true;
    if (there[PYPERF_BEFORE] == there[PYPERF_AFTER])
        return PYPERF_IN_BOTH;
    return there[PYPERF_AFTER] ? PYPERF_NEW : PYPERF_GONE;
}

/* ---- Functions ---- */

static void describe(struct pyperf_compared_function *function, int side,
                     const struct pyperf_label *label, const struct row_detail *detail)
{
    if (!function->name) {
        function->name = label->name;
        function->builtin = detail->kind != ROW_PYTHON;
        function->group = detail->group;
    }
    if (!function->qualified_name)
        function->qualified_name = detail->qualified_name;
    if (!function->file[side]) {
        function->file[side] = label->file;
        function->line[side] = label->line;
    }
}

static void add_rows(struct making *making, size_t input)
{
    struct pyperf_comparison *comparison = making->comparison;
    struct pyperf_comparison_storage *storage = comparison->storage;
    const struct pyperf_summary *summary = making->inputs[input].summary;
    int side = input < storage->before ? PYPERF_BEFORE : PYPERF_AFTER;
    for (uint32_t i = 0; i < summary->row_count; i++) {
        const struct pyperf_summary_row *row = &summary->rows[i];
        uint32_t match = making->matching.match_of_row[input][i];
        describe(&comparison->functions[match], side, &row->label,
                 &making->details[input].rows[i]);
        size_t at = (size_t)match * making->count + input;
        storage->values[PYPERF_METRIC_CALLS][at] += (double)row->calls;
        storage->values[PYPERF_METRIC_SELF][at] += row->self;
        storage->values[PYPERF_METRIC_CUMULATIVE][at] += row->cumulative;
    }
    storage->totals[PYPERF_METRIC_CALLS][input] = (double)summary->total_calls;
    storage->totals[PYPERF_METRIC_SELF][input] = summary->total_self;
    storage->totals[PYPERF_METRIC_CUMULATIVE][input] = summary->total_self;
}

static bool compare_functions(struct making *making)
{
    struct pyperf_comparison *comparison = making->comparison;
    size_t functions = (size_t)making->matching.count + 1;
    comparison->function_count = making->matching.count;
    comparison->functions = calloc(functions, sizeof *comparison->functions);
    for (int metric = 0; metric < PYPERF_METRIC_COUNT; metric++) {
        comparison->storage->values[metric] = calloc(functions * making->count, sizeof(double));
        if (!comparison->storage->values[metric] || !comparison->functions)
            return false;
    }
    for (size_t i = 0; i < making->count; i++)
        add_rows(making, i);
    for (uint32_t i = 0; i < comparison->function_count; i++) {
        struct pyperf_compared_function *function = &comparison->functions[i];
        const double *values[PYPERF_METRIC_COUNT];
        for (int metric = 0; metric < PYPERF_METRIC_COUNT; metric++) {
            values[metric] = comparison_values(comparison, i, (enum pyperf_metric)metric);
            function->figures[metric] =
                comparison_figures(comparison, values[metric], COMPARISON_CONFIDENCE);
        }
        function->presence = function->file[PYPERF_BEFORE] && function->file[PYPERF_AFTER]
                                 ? PYPERF_IN_BOTH
                             : function->file[PYPERF_AFTER] ? PYPERF_NEW
                                                            : PYPERF_GONE;
    }
    return true;
}

/* ---- Paths ---- */

/* The numbers of a profile's functions, for its paths. */
static uint32_t *matches_of_functions(const struct making *making, size_t input)
{
    const struct pyperf_profile *profile = making->inputs[input].profile;
    const uint32_t *rows = making->details[input].row_of_function;
    uint32_t *matches = malloc(((size_t)profile->function_count + 1) * sizeof *matches);
    for (uint32_t i = 0; matches && i < profile->function_count; i++)
        matches[i] = rows[i] == PYPERF_NO_INDEX ? PATH_TREE_HIDDEN
                                                : making->matching.match_of_row[input][rows[i]];
    return matches;
}

static bool add_paths(struct making *making, struct path_tree *tree)
{
    for (size_t i = 0; i < making->count; i++) {
        const struct pyperf_profile *profile = making->inputs[i].profile;
        uint32_t *functions = matches_of_functions(making, i);
        bool done = functions && path_tree_add(tree, (uint32_t)i, profile, functions, 0,
                                               profile->thread_count);
        free(functions);
        if (!done)
            return false;
    }
    path_tree_sum_up(tree);
    return true;
}

static void compare_path(struct pyperf_comparison *comparison, const struct path_tree *tree,
                         uint32_t index, double *values)
{
    struct pyperf_compared_path *path = &comparison->paths[index];
    double *calls = values;
    double *self = calls + tree->columns;
    double *inclusive = self + tree->columns;
    for (uint32_t i = 0; i < tree->columns; i++) {
        const struct path_figures *figures = path_tree_figures(tree, index, i);
        calls[i] = (double)figures->calls + (double)figures->resumes;
        self[i] = figures->self;
        inclusive[i] = figures->inclusive;
    }
    path->parent = tree->nodes[index].parent;
    path->function = tree->nodes[index].function;
    path->presence = presence_of(calls, inclusive, comparison->storage);
    path->figures[PYPERF_METRIC_CALLS] = comparison_figures(comparison, calls, 0);
    path->figures[PYPERF_METRIC_SELF] = comparison_figures(comparison, self, 0);
    path->figures[PYPERF_METRIC_CUMULATIVE] = comparison_figures(comparison, inclusive, 0);
}

static bool compare_paths(struct making *making)
{
    struct pyperf_comparison *comparison = making->comparison;
    struct path_tree tree;
    double *values = NULL;
    for (size_t i = 0; i < making->count; i++)
        if (!making->inputs[i].profile)
            return true;
    bool done = path_tree_init(&tree, (uint32_t)making->count) && add_paths(making, &tree);
    if (done) {
        comparison->paths = calloc(tree.count, sizeof *comparison->paths);
        values = calloc(PYPERF_METRIC_COUNT * making->count, sizeof *values);
        done = comparison->paths && values;
    }
    for (uint32_t i = 0; done && i < tree.count; i++)
        compare_path(comparison, &tree, i, values);
    comparison->path_count = done ? tree.count : 0;
    free(values);
    path_tree_release(&tree);
    return done;
}

/* ---- The whole ---- */

static void judge(struct pyperf_comparison *comparison)
{
    for (int metric = 0; metric < PYPERF_METRIC_COUNT; metric++)
        comparison->totals[metric] = comparison_figures(
            comparison, comparison->storage->totals[metric], COMPARISON_CONFIDENCE);
    const struct pyperf_figures *time = &comparison->totals[PYPERF_METRIC_SELF];
    comparison->verdict = !time->interval_known  ? PYPERF_VERDICT_UNKNOWN
                          : figures_grew(time)   ? PYPERF_VERDICT_SLOWER
                          : figures_shrank(time) ? PYPERF_VERDICT_FASTER
                                                 : PYPERF_VERDICT_SAME;
}

static struct pyperf_comparison *allocate(size_t before, size_t after)
{
    struct pyperf_comparison *comparison = calloc(1, sizeof *comparison);
    struct pyperf_comparison_storage *storage = calloc(1, sizeof *storage);
    if (!comparison || !storage) {
        free(comparison);
        free(storage);
        return NULL;
    }
    comparison->storage = storage;
    comparison->profiles[PYPERF_BEFORE] = storage->before = before;
    comparison->profiles[PYPERF_AFTER] = storage->after = after;
    storage->has_intervals = before >= BOOTSTRAP_GROUP_MIN && after >= BOOTSTRAP_GROUP_MIN;
    storage->sorted = calloc(before + after, sizeof *storage->sorted);
    bool done = storage->sorted != NULL;
    for (int metric = 0; done && metric < PYPERF_METRIC_COUNT; metric++) {
        storage->totals[metric] = calloc(before + after, sizeof **storage->totals);
        done = storage->totals[metric] != NULL;
    }
    if (done && storage->has_intervals)
        done = bootstrap_init(&storage->bootstrap, before, after);
    if (done)
        return comparison;
    pyperf_comparison_free(comparison);
    return NULL;
}

void pyperf_comparison_free(struct pyperf_comparison *comparison)
{
    if (!comparison)
        return;
    struct pyperf_comparison_storage *storage = comparison->storage;
    for (int metric = 0; metric < PYPERF_METRIC_COUNT; metric++) {
        free(storage->values[metric]);
        free(storage->totals[metric]);
    }
    bootstrap_release(&storage->bootstrap);
    free(storage->sorted);
    free(storage);
    free(comparison->functions);
    free(comparison->paths);
    free(comparison);
}

static enum pyperf_status describe_inputs(struct making *making, struct pyperf_error *error)
{
    making->details = calloc(making->count, sizeof *making->details);
    if (!making->details)
        return pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory to compare %zu profiles",
                                making->count);
    enum pyperf_status status = PYPERF_OK;
    for (size_t i = 0; status == PYPERF_OK && i < making->count; i++)
        status = row_details_init(&making->details[i], making->inputs[i].summary,
                                  making->inputs[i].profile, error);
    return status;
}

static void release(struct making *making)
{
    for (size_t i = 0; making->details && i < making->count; i++)
        row_details_release(&making->details[i]);
    free(making->details);
    function_matching_release(&making->matching);
}

enum pyperf_status pyperf_comparison_create(const struct pyperf_comparison_input *inputs,
                                            size_t before, size_t after,
                                            struct pyperf_comparison **comparison,
                                            struct pyperf_error *error)
{
    struct making making = {.inputs = inputs, .count = before + after};
    enum pyperf_status status = describe_inputs(&making, error);
    if (status == PYPERF_OK) {
        making.comparison = allocate(before, after);
        bool done =
            making.comparison &&
            function_matching_init(&making.matching, inputs, making.details, making.count) &&
            compare_functions(&making) && compare_paths(&making);
        if (!done)
            status = pyperf_error_set(error, PYPERF_NO_MEMORY,
                                      "no memory to compare %zu profiles", making.count);
    }
    release(&making);
    if (status != PYPERF_OK) {
        pyperf_comparison_free(making.comparison);
        return status;
    }
    judge(making.comparison);
    *comparison = making.comparison;
    return PYPERF_OK;
}
