/* SPDX-License-Identifier: MIT */
#include "analysis/selection.h"

#include <stdlib.h>

#include "analysis/pattern.h"
#include "analysis/python_text.h"
#include "base/array.h"

struct pyperf_selection *pyperf_selection_create(void)
{
    return calloc(1, sizeof(struct pyperf_selection));
}

static void release(struct restriction *restriction)
{
    pattern_free(restriction->pattern);
    free(restriction->shown);
}

void pyperf_selection_free(struct pyperf_selection *selection)
{
    if (!selection)
        return;
    for (size_t i = 0; i < selection->count; i++)
        release(&selection->restrictions[i]);
    free(selection->restrictions);
    free(selection);
}

static enum pyperf_status no_memory(struct pyperf_error *error)
{
    return pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory for the selection of rows");
}

/* Takes over what `restriction` owns, also on failure; `shown` becomes its text. */
static enum pyperf_status append(struct pyperf_selection *selection,
                                 struct restriction restriction, struct text_buffer *shown,
                                 struct pyperf_error *error)
{
    if (shown->failed ||
        !array_reserve((void **)&selection->restrictions, &selection->capacity,
                       selection->count + 1, sizeof *selection->restrictions)) {
        release(&restriction);
        text_buffer_release(shown);
        return no_memory(error);
    }
    restriction.shown = shown->text;
    selection->restrictions[selection->count++] = restriction;
    return PYPERF_OK;
}

enum pyperf_status pyperf_selection_add_pattern(struct pyperf_selection *selection,
                                                const char *pattern, struct pyperf_error *error)
{
    struct restriction restriction = {.kind = RESTRICTION_PATTERN};
    enum pyperf_status status = pattern_compile(pattern, &restriction.pattern, error);
    if (status != PYPERF_OK)
        return status;
    struct text_buffer shown = {0};
    python_repr_string(&shown, pattern);
    return append(selection, restriction, &shown, error);
}

static enum pyperf_status add_count(struct pyperf_selection *selection, int64_t count,
                                    struct pyperf_error *error)
{
    struct restriction restriction = {.kind = RESTRICTION_COUNT, .count = UINT32_MAX};
    if (count >= 0 && count < UINT32_MAX)
        restriction.count = (uint32_t)count;
    struct text_buffer shown = {0};
    text_buffer_printf(&shown, "%lld", (long long)count);
    return append(selection, restriction, &shown, error);
}

static enum pyperf_status add_fraction(struct pyperf_selection *selection, double fraction,
                                       const char *text, struct pyperf_error *error)
{
    if (!(fraction >= 0 && fraction <= 1))
        return pyperf_error_set(error, PYPERF_USAGE,
                                "'%s' is neither a whole number of rows nor a fraction between "
                                "0 and 1; to search for that text, write it as '[%c]%s'",
                                text, text[0], text + 1);
    struct restriction restriction = {.kind = RESTRICTION_FRACTION, .fraction = fraction};
    struct text_buffer shown = {0};
    python_repr_float(&shown, fraction);
    return append(selection, restriction, &shown, error);
}

enum pyperf_status pyperf_selection_add(struct pyperf_selection *selection, const char *text,
                                        struct pyperf_error *error)
{
    int64_t count;
    if (python_parse_integer(text, &count))
        return add_count(selection, count, error);
    double fraction;
    if (python_parse_float(text, &fraction))
        return add_fraction(selection, fraction, text, error);
    return pyperf_selection_add_pattern(selection, text, error);
}

static enum pyperf_status keep_matches(const struct pattern *pattern, const char *const *names,
                                       uint32_t *rows, uint32_t *count,
                                       struct pyperf_error *error)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < *count; i++) {
        bool found;
        enum pyperf_status status = pattern_search(pattern, names[rows[i]], &found, error);
        if (status != PYPERF_OK)
            return status;
        if (found)
            rows[kept++] = rows[i];
    }
    *count = kept;
    return PYPERF_OK;
}

enum pyperf_status restriction_apply(const struct restriction *restriction,
                                     const char *const *names, uint32_t *rows, uint32_t *count,
                                     struct pyperf_error *error)
{
    switch (restriction->kind) {
    case RESTRICTION_COUNT:
        if (restriction->count < *count)
            *count = restriction->count;
        return PYPERF_OK;
    case RESTRICTION_FRACTION:
        /* pstats takes 1.0 as "all", which is what this makes of it too. */
        *count = (uint32_t)((double)*count * restriction->fraction + .5);
        return PYPERF_OK;
    case RESTRICTION_PATTERN:
        return keep_matches(restriction->pattern, names, rows, count, error);
    }
    return PYPERF_OK;
}
