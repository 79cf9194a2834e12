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
        order = COMPARE(pyperf_signed_line(left->line), pyperf_signed_line(right->line));
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
        return COMPARE(pyperf_signed_line(a->label.line), pyperf_signed_line(b->label.line));
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

/* What comes first of a key, as a number that sorts as the key does. Numbers that are equal
 * tell nothing: then the whole keys are compared. Most comparisons end with the numbers, which
 * lie together, while rows and names are spread over more memory than the processor has at
 * hand. */
struct sort_item {
    uint64_t beginning;
    uint32_t row;
};

static uint64_t text_beginning(const char *text)
{
    uint64_t beginning = 0;
    for (unsigned int i = 0; i < sizeof beginning; i++) {
        beginning = beginning << 8 | (unsigned char)*text;
        text += *text != '\0';
    }
    return beginning;
}

/* The bits of a double sort as it does if negative ones are turned round. */
static uint64_t time_beginning(double seconds)
{
    const uint64_t sign = (uint64_t)1 << 63;
    double number = isnan(seconds) ? -INFINITY : seconds + 0.0; /* -0.0 is 0.0 */
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    return ~(bits & sign ? ~bits : bits | sign);
}

static uint64_t key_beginning(const struct ordering *ordering, uint32_t number)
{
    const struct pyperf_summary_row *row = &ordering->summary->rows[number];
    switch (ordering->sort->keys[0]) {
    case PYPERF_SORT_CALLS:
        return ~row->calls;
    case PYPERF_SORT_PRIMITIVE_CALLS:
        return ~row->primitive_calls;
    case PYPERF_SORT_SELF:
        return time_beginning(row->self);
    case PYPERF_SORT_CUMULATIVE:
        return time_beginning(row->cumulative);
    case PYPERF_SORT_FILE:
        return text_beginning(row->label.file);
    case PYPERF_SORT_LINE:
        return (uint64_t)((int64_t)pyperf_signed_line(row->label.line) - INT32_MIN);
    case PYPERF_SORT_NAME:
    case PYPERF_SORT_NAME_FILE_LINE:
        return text_beginning(row->label.name);
    case PYPERF_SORT_STANDARD_NAME:
        return text_beginning(ordering->names->names[number]);
    }
    return 0;
}

static int compare(const void *left, const void *right, void *context)
{
    const struct ordering *ordering = context;
    const struct sort_item *a = left, *b = right;
    if (a->beginning != b->beginning)
        return COMPARE(a->beginning, b->beginning);
    for (unsigned int i = 0; i < ordering->sort->count; i++) {
        int order = compare_by(ordering, ordering->sort->keys[i], a->row, b->row);
        if (order != 0)
            return order;
    }
    return COMPARE(a->row, b->row); /* makes the sort stable: rows begin in their own order */
}

bool sort_rows(const struct pyperf_summary *summary, const struct row_names *names,
               const struct pyperf_sort *sort, uint32_t *rows, uint32_t count)
{
    struct ordering ordering = {.summary = summary, .names = names, .sort = sort};
    struct sort_item *items = malloc(((size_t)count + 1) * sizeof *items);
    if (!items)
        return false;
    for (uint32_t i = 0; i < count; i++)
        items[i] = (struct sort_item){key_beginning(&ordering, rows[i]), rows[i]};
    qsort_r(items, count, sizeof *items, compare, &ordering);
    for (uint32_t i = 0; i < count; i++)
        rows[i] = items[i].row;
    free(items);
    return true;
}
