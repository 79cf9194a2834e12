/* SPDX-License-Identifier: MIT */
#include "analysis/function_matching.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/file_matching.h"
#include "analysis/label_table.h"
#include "base/array.h"

/* A function that was told apart. Those with one key form a chain. */
struct match {
    uint32_t line; /* where it was last seen */
    uint32_t next; /* PYPERF_NO_INDEX: none */
};

/* A row that looks for its match. */
struct seeker {
    uint32_t key;
    uint32_t line;
    uint32_t row;
};

struct matcher {
    struct function_matching *result;
    struct file_matching files;
    struct label_table keys; /* names, with the number of their file as the line */
    uint32_t *first_match;   /* by key */
    size_t key_capacity;
    struct match *matches;
    size_t match_capacity;
    uint32_t *known; /* the matches of one key */
    size_t known_capacity;
    bool qualified; /* every profile has qualified names */
};

/* ---- Names ---- */

/* Plain names count as qualified ones where nothing in the profile has a longer name: nothing
 * in it is a method. */
static bool has_qualified_names(const struct pyperf_summary *summary,
                                const struct row_details *details)
{
    for (uint32_t i = 0; i < summary->row_count; i++) {
        const char *qualified = details->rows[i].qualified_name;
        if (qualified && strcmp(qualified, summary->rows[i].label.name) != 0)
            return true;
    }
    return false;
}

static uint32_t key_of(struct matcher *matcher, const struct pyperf_summary_row *row,
                       const struct row_detail *detail, uint32_t file)
{
    uint32_t before = matcher->keys.count;
    uint32_t key;
    if (detail->kind == ROW_PROGRAM)
        key = label_table_add(&matcher->keys, "<program>", file, "");
    else if (detail->kind == ROW_BUILTIN)
        key = label_table_add_builtin(&matcher->keys, row->label.name);
    else if (matcher->qualified && detail->qualified_name)
        key = label_table_add(&matcher->keys, detail->qualified_name, file, "");
    else
        key = label_table_add(&matcher->keys, row->label.name, file, "");
    if (key != before || key == PYPERF_NO_INDEX)
        return key;
    if (!array_reserve((void **)&matcher->first_match, &matcher->key_capacity, (size_t)key + 1,
                       sizeof *matcher->first_match))
        return PYPERF_NO_INDEX;
    matcher->first_match[key] = PYPERF_NO_INDEX;
    return key;
}

/* ---- Functions with one key ---- */

static uint32_t add_match(struct matcher *matcher, uint32_t key)
{
    uint32_t added = matcher->result->count;
    if (!array_reserve((void **)&matcher->matches, &matcher->match_capacity, (size_t)added + 1,
                       sizeof *matcher->matches))
        return PYPERF_NO_INDEX;
    matcher->matches[added] = (struct match){.next = matcher->first_match[key]};
    matcher->first_match[key] = added;
    matcher->result->count++;
    return added;
}

static int compare_lines(const void *left, const void *right, void *context)
{
    const struct match *matches = context;
    uint32_t a = *(const uint32_t *)left;
    uint32_t b = *(const uint32_t *)right;
    if (matches[a].line != matches[b].line)
        return matches[a].line < matches[b].line ? -1 : 1;
    return a < b ? -1 : a > b;
}

/* Those known with the key, by line. False: no memory. */
static bool collect_known(struct matcher *matcher, uint32_t key, size_t *count)
{
    *count = 0;
    for (uint32_t i = matcher->first_match[key]; i != PYPERF_NO_INDEX;
         i = matcher->matches[i].next) {
        if (!array_reserve((void **)&matcher->known, &matcher->known_capacity, *count + 1,
                           sizeof *matcher->known))
            return false;
        matcher->known[(*count)++] = i;
    }
    if (*count > 1)
        qsort_r(matcher->known, *count, sizeof *matcher->known, compare_lines,
                matcher->matches);
    return true;
}

/* Takes those with equal lines out of `known` (where they become PYPERF_NO_INDEX). */
static void match_equal_lines(struct matcher *matcher, const struct seeker *seekers,
                              size_t count, size_t known, uint32_t *match_of_row)
{
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        while (at < known && matcher->matches[matcher->known[at]].line < seekers[i].line)
            at++;
        if (at < known && matcher->matches[matcher->known[at]].line == seekers[i].line) {
            match_of_row[seekers[i].row] = matcher->known[at];
            matcher->known[at++] = PYPERF_NO_INDEX;
        }
    }
}

/* `seekers` have one key and are sorted by line. */
static bool match_group(struct matcher *matcher, const struct seeker *seekers, size_t count,
                        uint32_t *match_of_row)
{
    size_t known;
    size_t at = 0;
    if (!collect_known(matcher, seekers[0].key, &known))
        return false;
    if (count != known && known > 0)
        match_equal_lines(matcher, seekers, count, known, match_of_row);
    for (size_t i = 0; i < count; i++) {
        uint32_t *match = &match_of_row[seekers[i].row];
        if (*match != PYPERF_NO_INDEX)
            continue;
        while (at < known && matcher->known[at] == PYPERF_NO_INDEX)
            at++;
        *match = at < known ? matcher->known[at++] : add_match(matcher, seekers[i].key);
        if (*match == PYPERF_NO_INDEX)
            return false;
        matcher->matches[*match].line = seekers[i].line;
    }
    return true;
}

/* Rows without Python code and one key are one function. */
static bool match_builtins(struct matcher *matcher, const struct seeker *seekers, size_t count,
                           uint32_t *match_of_row)
{
    uint32_t match = matcher->first_match[seekers[0].key];
    if (match == PYPERF_NO_INDEX)
        match = add_match(matcher, seekers[0].key);
    for (size_t i = 0; i < count; i++)
        match_of_row[seekers[i].row] = match;
    return match != PYPERF_NO_INDEX;
}

/* ---- A profile ---- */

static int compare_seekers(const void *left, const void *right)
{
    const struct seeker *a = left;
    const struct seeker *b = right;
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    return a->row < b->row ? -1 : a->row > b->row;
}

static bool match_sorted(struct matcher *matcher, const struct seeker *seekers, size_t count,
                         const struct row_details *details, uint32_t *match_of_row)
{
    size_t end;
    for (size_t begin = 0; begin < count; begin = end) {
        end = begin + 1;
        while (end < count && seekers[end].key == seekers[begin].key)
            end++;
        bool builtin = details->rows[seekers[begin].row].kind != ROW_PYTHON;
        bool done = builtin
                        ? match_builtins(matcher, seekers + begin, end - begin, match_of_row)
                        : match_group(matcher, seekers + begin, end - begin, match_of_row);
        if (!done)
            return false;
    }
    return true;
}

static bool find_files(struct matcher *matcher, const struct pyperf_summary *summary,
                       uint32_t round, uint32_t *files)
{
    const char **paths = malloc(((size_t)summary->row_count + 1) * sizeof *paths);
    for (uint32_t i = 0; paths && i < summary->row_count; i++)
        paths[i] = summary->rows[i].label.file;
    bool done =
        paths && file_matching_add(&matcher->files, round, paths, summary->row_count, files);
    free(paths);
    return done;
}

static bool match_profile(struct matcher *matcher, const struct pyperf_summary *summary,
                          const struct row_details *details, uint32_t round,
                          uint32_t *match_of_row)
{
    uint32_t count = summary->row_count;
    uint32_t *files = malloc(((size_t)count + 1) * sizeof *files);
    struct seeker *seekers = malloc(((size_t)count + 1) * sizeof *seekers);
    bool done = files && seekers && find_files(matcher, summary, round, files);
    for (uint32_t i = 0; done && i < count; i++) {
        const struct pyperf_summary_row *row = &summary->rows[i];
        uint32_t key = key_of(matcher, row, &details->rows[i], files[i]);
        seekers[i] = (struct seeker){.key = key, .line = row->label.line, .row = i};
        match_of_row[i] = PYPERF_NO_INDEX;
        done = key != PYPERF_NO_INDEX;
    }
    if (done) {
        qsort(seekers, count, sizeof *seekers, compare_seekers);
        done = match_sorted(matcher, seekers, count, details, match_of_row);
    }
    free(files);
    free(seekers);
    return done;
}

static void release(struct matcher *matcher)
{
    file_matching_release(&matcher->files);
    label_table_release(&matcher->keys);
    free(matcher->first_match);
    free(matcher->matches);
    free(matcher->known);
}

bool function_matching_init(struct function_matching *matching,
                            const struct pyperf_comparison_input *inputs,
                            const struct row_details *details, size_t count)
{
    struct matcher matcher = {.result = matching, .qualified = true};
    *matching = (struct function_matching){.inputs = count};
    matching->match_of_row = calloc(count, sizeof *matching->match_of_row);
    bool done = matching->match_of_row != NULL;
    for (size_t i = 0; done && i < count; i++)
        matcher.qualified =
            matcher.qualified && has_qualified_names(inputs[i].summary, &details[i]);
    for (size_t i = 0; done && i < count; i++) {
        const struct pyperf_summary *summary = inputs[i].summary;
        matching->match_of_row[i] =
            malloc(((size_t)summary->row_count + 1) * sizeof **matching->match_of_row);
        done =
            matching->match_of_row[i] && match_profile(&matcher, summary, &details[i],
                                                       (uint32_t)i, matching->match_of_row[i]);
    }
    release(&matcher);
    return done;
}

void function_matching_release(struct function_matching *matching)
{
    for (size_t i = 0; matching->match_of_row && i < matching->inputs; i++)
        free(matching->match_of_row[i]);
    free(matching->match_of_row);
    *matching = (struct function_matching){.match_of_row = NULL};
}
