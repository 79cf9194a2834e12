/* SPDX-License-Identifier: MIT */
#include "analysis/row_filter.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

struct pattern_list {
    struct function_pattern *patterns;
    size_t count;
    size_t capacity;
};

struct pyperf_row_filter {
    struct pattern_list selecting;
    struct pattern_list excluding;
};

struct pyperf_row_filter *pyperf_row_filter_create(void)
{
    return calloc(1, sizeof(struct pyperf_row_filter));
}

static void release_list(struct pattern_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        function_pattern_release(&list->patterns[i]);
    free(list->patterns);
}

void pyperf_row_filter_free(struct pyperf_row_filter *filter)
{
    if (!filter)
        return;
    release_list(&filter->selecting);
    release_list(&filter->excluding);
    free(filter);
}

static enum pyperf_status add(struct pattern_list *list, const char *text,
                              struct pyperf_error *error)
{
    if (!array_reserve((void **)&list->patterns, &list->capacity, list->count + 1,
                       sizeof *list->patterns))
        return pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory for a pattern");
    enum pyperf_status status =
        function_pattern_parse(&list->patterns[list->count], text, strlen(text), error);
    if (status == PYPERF_OK)
        list->count++;
    return status;
}

enum pyperf_status pyperf_row_filter_select(struct pyperf_row_filter *filter,
                                            const char *pattern, struct pyperf_error *error)
{
    return add(&filter->selecting, pattern, error);
}

enum pyperf_status pyperf_row_filter_exclude(struct pyperf_row_filter *filter,
                                             const char *pattern, struct pyperf_error *error)
{
    return add(&filter->excluding, pattern, error);
}

static bool any_matches(const struct pattern_list *list,
                        const struct function_identity *function)
{
    for (size_t i = 0; i < list->count; i++)
        if (function_pattern_matches(&list->patterns[i], function))
            return true;
    return false;
}

bool row_filter_passes(const struct pyperf_row_filter *filter,
                       const struct function_identity *function)
{
    if (!filter)
        return true;
    return (filter->selecting.count == 0 || any_matches(&filter->selecting, function)) &&
           !any_matches(&filter->excluding, function);
}

bool row_filter_passes_row(const struct pyperf_row_filter *filter,
                           const struct pyperf_label *label, const struct row_detail *detail)
{
    const struct function_identity function = {
        .file = label->file,
        .name = label->name,
        .qualified_name = detail->qualified_name,
        .group = detail->group,
    };
    return row_filter_passes(filter, &function);
}
