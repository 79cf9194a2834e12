/* SPDX-License-Identifier: MIT */
#include "analysis/comparison_order.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/row_filter.h"
#include "base/nearest.h"

/* ---- Keys ---- */

enum pyperf_status pyperf_comparison_sort_parse(const char *text,
                                                enum pyperf_comparison_sort *sort,
                                                struct pyperf_error *error)
{
    static const struct {
        const char *name;
        enum pyperf_comparison_sort sort;
    } keys[] = {
        {"self", PYPERF_BY_SELF},          {"cumulative", PYPERF_BY_CUMULATIVE},
        {"calls", PYPERF_BY_CALLS},        {"ratio", PYPERF_BY_RATIO},
        {"name", PYPERF_BY_NAME},          {"file", PYPERF_BY_FILE},
        {"time", PYPERF_BY_SELF},          {"tottime", PYPERF_BY_SELF},
        {"cumtime", PYPERF_BY_CUMULATIVE}, {"ncalls", PYPERF_BY_CALLS},
    };
    enum { KEY_COUNT = sizeof keys / sizeof *keys };
    const char *names[KEY_COUNT];
    for (size_t i = 0; i < KEY_COUNT; i++) {
        names[i] = keys[i].name;
        if (strcmp(names[i], text) == 0) {
            *sort = keys[i].sort;
            return PYPERF_OK;
        }
    }
    const char *nearest = nearest_name(text, names, KEY_COUNT);
    if (nearest)
        return pyperf_error_set(error, PYPERF_USAGE,
                                "unknown sort key '%s'; did you mean '%s'?", text, nearest);
    return pyperf_error_set(error, PYPERF_USAGE,
                            "unknown sort key '%s'; the keys are self, cumulative, calls, "
                            "ratio, name, file",
                            text);
}

/* ---- Order ---- */

struct item {
    uint32_t index;
    double weight; /* the heavier the earlier */
    const char *text;
    const char *second_text;
};

static double weight_of(enum pyperf_comparison_sort sort, const struct pyperf_figures *figures)
{
    enum pyperf_metric metric = sort == PYPERF_BY_CALLS        ? PYPERF_METRIC_CALLS
                                : sort == PYPERF_BY_CUMULATIVE ? PYPERF_METRIC_CUMULATIVE
                                                               : PYPERF_METRIC_SELF;
    double before = figures[metric].before;
    double after = figures[metric].after;
    if (sort != PYPERF_BY_RATIO)
        return fabs(after - before);
    if (before <= 0 || after <= 0)
        return before == after ? 0 : INFINITY;
    return fabs(log(after / before));
}

static int compare_items(const void *left, const void *right)
{
    const struct item *a = left;
    const struct item *b = right;
    if (a->weight != b->weight)
        return a->weight > b->weight ? -1 : 1;
    int order = strcmp(a->text, b->text);
    if (order == 0)
        order = strcmp(a->second_text, b->second_text);
    if (order == 0)
        order = a->index < b->index ? -1 : a->index > b->index;
    return order;
}

/* Less than a millionth is how exactly a clock's ticks are known. */
static bool has_changed(const struct pyperf_figures *figures)
{
    for (int metric = 0; metric < PYPERF_METRIC_COUNT; metric++) {
        double before = figures[metric].before;
        double after = figures[metric].after;
        if (fabs(after - before) > 1e-6 * fmax(fabs(before), fabs(after)))
            return true;
    }
    return false;
}

static const char *file_of(const struct pyperf_compared_function *function)
{
    return function->file[PYPERF_AFTER] ? function->file[PYPERF_AFTER]
                                        : function->file[PYPERF_BEFORE];
}

static bool passes(const struct pyperf_comparison_view *view,
                   const struct pyperf_compared_function *function)
{
    const struct function_identity identity = {
        .file = file_of(function),
        .name = function->name,
        .qualified_name = function->qualified_name,
        .group = function->group,
    };
    return row_filter_passes(view->filter, &identity);
}

static struct item item_of(const struct pyperf_compared_function *function,
                           const struct pyperf_figures *figures, uint32_t index,
                           enum pyperf_comparison_sort sort)
{
    const char *name = function->qualified_name ? function->qualified_name : function->name;
    struct item item = {.index = index, .text = name, .second_text = file_of(function)};
    if (sort == PYPERF_BY_FILE) {
        item.text = item.second_text;
        item.second_text = name;
    } else if (sort != PYPERF_BY_NAME) {
        item.weight = weight_of(sort, figures);
    }
    return item;
}

static void take(struct comparison_rows *rows, struct item *items, uint32_t count,
                 const struct pyperf_comparison_view *view)
{
    qsort(items, count, sizeof *items, compare_items);
    for (uint32_t i = 0; i < count; i++)
        rows->indexes[i] = items[view->reverse ? count - 1 - i : i].index;
    rows->total = count;
    rows->count = view->limited && view->limit < count ? view->limit : count;
}

static bool allocate(struct comparison_rows *rows, struct item **items, uint32_t count)
{
    rows->count = rows->total = 0;
    rows->indexes = malloc(((size_t)count + 1) * sizeof *rows->indexes);
    *items = malloc(((size_t)count + 1) * sizeof **items);
    if (rows->indexes && *items)
        return true;
    free(rows->indexes);
    free(*items);
    rows->indexes = NULL;
    return false;
}

bool comparison_order_functions(const struct pyperf_comparison *comparison,
                                const struct pyperf_comparison_view *view, bool changed,
                                struct comparison_rows *rows)
{
    struct item *items;
    uint32_t count = 0;
    if (!allocate(rows, &items, comparison->function_count))
        return false;
    for (uint32_t i = 0; i < comparison->function_count; i++) {
        const struct pyperf_compared_function *function = &comparison->functions[i];
        bool shown =
            !changed || function->presence != PYPERF_IN_BOTH || has_changed(function->figures);
        if (shown && passes(view, function))
            items[count++] = item_of(function, function->figures, i, view->sort);
    }
    take(rows, items, count, view);
    free(items);
    return true;
}

bool comparison_order_paths(const struct pyperf_comparison *comparison,
                            const struct pyperf_comparison_view *view, bool changed,
                            struct comparison_rows *rows)
{
    struct item *items;
    uint32_t count = 0;
    if (!allocate(rows, &items, comparison->path_count))
        return false;
    for (uint32_t i = 1; i < comparison->path_count; i++) {
        const struct pyperf_compared_path *path = &comparison->paths[i];
        const struct pyperf_compared_function *function =
            &comparison->functions[path->function];
        if ((!changed || has_changed(path->figures)) && passes(view, function))
            items[count++] = item_of(function, path->figures, i, view->sort);
    }
    take(rows, items, count, view);
    free(items);
    return true;
}
