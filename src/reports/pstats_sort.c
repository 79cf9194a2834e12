/* SPDX-License-Identifier: MIT */
#include "reports/pstats_sort.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/text_buffer.h"

/* ---- keys ----------------------------------------------------------------------------- */

static const struct {
    const char *name;
    enum pyperf_sort_key key;
} key_names[] = {
    {"calls", PYPERF_SORT_CALLS},
    {"ncalls", PYPERF_SORT_CALLS},
    {"cumtime", PYPERF_SORT_CUMULATIVE},
    {"cumulative", PYPERF_SORT_CUMULATIVE},
    {"file", PYPERF_SORT_FILE},
    {"filename", PYPERF_SORT_FILE},
    {"line", PYPERF_SORT_LINE},
    {"module", PYPERF_SORT_FILE},
    {"name", PYPERF_SORT_NAME},
    {"nfl", PYPERF_SORT_NAME_FILE_LINE},
    {"pcalls", PYPERF_SORT_PRIMITIVE_CALLS},
    {"stdname", PYPERF_SORT_STANDARD_NAME},
    {"time", PYPERF_SORT_SELF},
    {"tottime", PYPERF_SORT_SELF},
};

enum { KEY_NAME_COUNT = sizeof key_names / sizeof *key_names };

const char *sort_key_description(enum pyperf_sort_key key)
{
    switch (key) {
    case PYPERF_SORT_CALLS:
        return "call count";
    case PYPERF_SORT_PRIMITIVE_CALLS:
        return "primitive call count";
    case PYPERF_SORT_SELF:
        return "internal time";
    case PYPERF_SORT_CUMULATIVE:
        return "cumulative time";
    case PYPERF_SORT_FILE:
        return "file name";
    case PYPERF_SORT_LINE:
        return "line number";
    case PYPERF_SORT_NAME:
        return "function name";
    case PYPERF_SORT_NAME_FILE_LINE:
        return "name/file/line";
    case PYPERF_SORT_STANDARD_NAME:
        return "standard name";
    }
    return "";
}

static enum pyperf_status refuse_unknown(const char *word, struct pyperf_error *error)
{
    const char *names[KEY_NAME_COUNT];
    struct text_buffer all = {0};
    for (size_t i = 0; i < KEY_NAME_COUNT; i++) {
        names[i] = key_names[i].name;
        text_buffer_printf(&all, "%s%s", i ? ", " : "", names[i]);
    }
    const char *nearest = nearest_name(word, names, KEY_NAME_COUNT);
    if (nearest)
        pyperf_error_set(error, PYPERF_USAGE, "unknown sort key '%s'; did you mean '%s'?", word,
                         nearest);
    else
        pyperf_error_set(error, PYPERF_USAGE, "unknown sort key '%s'; the keys are %s", word,
                         text_buffer_text(&all));
    text_buffer_release(&all);
    return PYPERF_USAGE;
}

static enum pyperf_status refuse_ambiguous(const char *word, struct pyperf_error *error)
{
    struct text_buffer candidates = {0};
    for (size_t i = 0; i < KEY_NAME_COUNT; i++)
        if (strncmp(key_names[i].name, word, strlen(word)) == 0)
            text_buffer_printf(&candidates, "%s%s", candidates.length ? ", " : "",
                               key_names[i].name);
    pyperf_error_set(error, PYPERF_USAGE, "the sort key '%s' is ambiguous; it could be %s",
                     word, text_buffer_text(&candidates));
    text_buffer_release(&candidates);
    return PYPERF_USAGE;
}

/* Abbreviations may fit several names as long as these mean the same. */
static enum pyperf_status find_key(const char *word, enum pyperf_sort_key *key,
                                   struct pyperf_error *error)
{
    bool found = false;
    bool ambiguous = false;
    for (size_t i = 0; i < KEY_NAME_COUNT && *word; i++) {
        if (strncmp(key_names[i].name, word, strlen(word)) != 0)
            continue;
        if (key_names[i].name[strlen(word)] == '\0') {
            *key = key_names[i].key;
            return PYPERF_OK;
        }
        ambiguous = ambiguous || (found && *key != key_names[i].key);
        found = true;
        *key = key_names[i].key;
    }
    if (ambiguous)
        return refuse_ambiguous(word, error);
    return found ? PYPERF_OK : refuse_unknown(word, error);
}

enum pyperf_status pyperf_sort_parse(struct pyperf_sort *sort, const char *text,
                                     struct pyperf_error *error)
{
    struct pyperf_sort parsed = *sort;
    for (;;) {
        size_t length = strcspn(text, ",");
        char word[64];
        if (length >= sizeof word)
            return pyperf_error_set(error, PYPERF_USAGE, "unknown sort key '%s'", text);
        memcpy(word, text, length);
        word[length] = '\0';
        if (parsed.count == PYPERF_SORT_KEYS_MAX)
            return pyperf_error_set(error, PYPERF_USAGE, "more than %d sort keys",
                                    PYPERF_SORT_KEYS_MAX);
        enum pyperf_status status = find_key(word, &parsed.keys[parsed.count], error);
        if (status != PYPERF_OK)
            return status;
        parsed.count++;
        if (text[length] == '\0')
            break;
        text += length + 1;
    }
    *sort = parsed;
    return PYPERF_OK;
}

/* ---- order ---------------------------------------------------------------------------- */

#define COMPARE(left, right) (((left) > (right)) - ((left) < (right)))

/* Bytes of UTF-8 are ordered as the code points are, which is Python's order of strings. */
int labels_compare(const struct pyperf_label *left, const struct pyperf_label *right)
{
    int order = strcmp(left->file, right->file);
    if (order == 0)
        order = COMPARE(left->line, right->line);
    return order ? order : strcmp(left->name, right->name);
}

/* Sums of times from a file may be no number; an order they must have, or sorting is lost. */
static int compare_times(double left, double right)
{
    double a = isnan(left) ? -INFINITY : left;
    double b = isnan(right) ? -INFINITY : right;
    return COMPARE(a, b);
}

struct ordering {
    const struct pyperf_summary *summary;
    const struct row_names *names;
    const struct pyperf_sort *sort;
};

/* Counts and times from the largest down, names from the smallest up. */
static int compare_by(const struct ordering *ordering, enum pyperf_sort_key key, uint32_t left,
                      uint32_t right)
{
    const struct pyperf_summary_row *a = &ordering->summary->rows[left];
    const struct pyperf_summary_row *b = &ordering->summary->rows[right];
    int order;
    switch (key) {
    case PYPERF_SORT_CALLS:
        return COMPARE(b->calls, a->calls);
    case PYPERF_SORT_PRIMITIVE_CALLS:
        return COMPARE(b->primitive_calls, a->primitive_calls);
    case PYPERF_SORT_SELF:
        return compare_times(b->self, a->self);
    case PYPERF_SORT_CUMULATIVE:
        return compare_times(b->cumulative, a->cumulative);
    case PYPERF_SORT_FILE:
        return strcmp(a->label.file, b->label.file);
    case PYPERF_SORT_LINE:
        return COMPARE(a->label.line, b->label.line);
    case PYPERF_SORT_NAME:
        return strcmp(a->label.name, b->label.name);
    case PYPERF_SORT_NAME_FILE_LINE:
        order = strcmp(a->label.name, b->label.name);
        return order ? order : labels_compare(&a->label, &b->label);
    case PYPERF_SORT_STANDARD_NAME:
        return strcmp(ordering->names->names[left], ordering->names->names[right]);
    }
    return 0;
}

static int compare(const void *left, const void *right, void *context)
{
    const struct ordering *ordering = context;
    uint32_t a = *(const uint32_t *)left;
    uint32_t b = *(const uint32_t *)right;
    for (unsigned int i = 0; i < ordering->sort->count; i++) {
        int order = compare_by(ordering, ordering->sort->keys[i], a, b);
        if (order != 0)
            return order;
    }
    return COMPARE(a, b); /* what makes the sort stable: rows begin in their own order */
}

void sort_rows(const struct pyperf_summary *summary, const struct row_names *names,
               const struct pyperf_sort *sort, uint32_t *rows, uint32_t count)
{
    struct ordering ordering = {.summary = summary, .names = names, .sort = sort};
    qsort_r(rows, count, sizeof *rows, compare, &ordering);
}
