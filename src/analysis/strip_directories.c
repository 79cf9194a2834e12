/* pstats.Stats.strip_dirs(), to the letter.
 *
 * Where labels of different rows become equal, the rows are added up. Where labels of one row's
 * callers become equal, pstats lets the last of them replace the others; a table that is to
 * equal Python's must do the same.
 *
 * SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "analysis/label_table.h"
#include "analysis/summary.h"
#include "base/string_parts.h"

struct stripping {
    const struct pyperf_summary *old;
    struct label_table labels;
    uint32_t *new_row;   /* by old row */
    uint32_t *next_same; /* old rows of one new row, chained in their order */
    uint32_t *first;     /* by new row: its first old row */
    uint32_t *last;      /* by new row: its last old row */
    /* by new row, as a caller: where its edge is among those of the row being made */
    size_t *position;
    uint32_t *placed_by; /* which new row `position` is about */
    uint32_t *seen_in;   /* the last old row that had it as a caller */
    uint32_t *latest;    /* that row's last edge from it */
};

/* What is a caller alone has no place of its own in the order of rows. */
static bool map_rows(struct stripping *strip, bool only_callers)
{
    for (uint32_t i = 0; i < strip->old->row_count; i++) {
        if (strip->old->rows[i].only_caller != only_callers)
            continue;
        const struct pyperf_label *label = &strip->old->rows[i].label;
        uint32_t row =
            label_table_add(&strip->labels, base_name(label->file), label->line, label->name);
        if (row == PYPERF_NO_INDEX)
            return false;
        strip->new_row[i] = row;
        strip->next_same[i] = PYPERF_NO_INDEX;
        if (strip->first[row] == PYPERF_NO_INDEX)
            strip->first[row] = i;
        else
            strip->next_same[strip->last[row]] = i;
        strip->last[row] = i;
    }
    return true;
}

static void add_edge(struct pyperf_summary_edge *to, const struct pyperf_summary_edge *from)
{
    to->calls += from->calls;
    to->primitive_calls += from->primitive_calls;
    to->self += from->self;
    to->cumulative += from->cumulative;
}

static void merge_callers(struct stripping *strip, struct pyperf_summary_row *row,
                          uint32_t new_index, uint32_t old_index)
{
    const struct pyperf_summary_row *old_row = &strip->old->rows[old_index];
    for (uint32_t i = 0; i < old_row->caller_count; i++)
        strip->latest[strip->new_row[old_row->callers[i].caller]] = i;
    for (uint32_t i = 0; i < old_row->caller_count; i++) {
        uint32_t caller = strip->new_row[old_row->callers[i].caller];
        if (strip->seen_in[caller] == old_index)
            continue;
        strip->seen_in[caller] = old_index;
        const struct pyperf_summary_edge *edge = &old_row->callers[strip->latest[caller]];
        if (strip->placed_by[caller] == new_index) {
            add_edge(&row->callers[strip->position[caller]], edge);
        } else {
            strip->placed_by[caller] = new_index;
            strip->position[caller] = row->caller_count;
            row->callers[row->caller_count] = *edge;
            row->callers[row->caller_count++].caller = caller;
        }
    }
}

static void fill_row(struct stripping *strip, struct pyperf_summary_row *row, uint32_t index)
{
    row->label = strip->labels.labels[index];
    row->only_caller = strip->old->rows[strip->first[index]].only_caller;
    for (uint32_t old = strip->first[index]; old != PYPERF_NO_INDEX;
         old = strip->next_same[old]) {
        const struct pyperf_summary_row *old_row = &strip->old->rows[old];
        row->calls += old_row->calls;
        row->primitive_calls += old_row->primitive_calls;
        /* 0 and a negative zero would make a positive one. */
        bool first = old == strip->first[index];
        row->self = first ? old_row->self : row->self + old_row->self;
        row->cumulative = first ? old_row->cumulative : row->cumulative + old_row->cumulative;
        if (row->durations)
            durations_add(row->durations, old_row->durations);
        merge_callers(strip, row, index, old);
    }
}

static struct pyperf_summary *build(struct stripping *strip, size_t edge_count)
{
    struct pyperf_summary *stripped = summary_allocate(strip->labels.count, edge_count);
    if (!stripped)
        return NULL;
    if (strip->old->storage->durations && !summary_allocate_durations(stripped)) {
        pyperf_summary_free(stripped);
        return NULL;
    }
    struct pyperf_summary_edge *callers = stripped->storage->edges;
    for (uint32_t i = 0; i < stripped->row_count; i++) {
        stripped->rows[i].callers = callers;
        fill_row(strip, &stripped->rows[i], i);
        callers += stripped->rows[i].caller_count;
    }
    stripped->total_calls = strip->old->total_calls;
    stripped->total_primitive_calls = strip->old->total_primitive_calls;
    stripped->total_self = strip->old->total_self;
    stripped->sampled = strip->old->sampled;
    stripped->storage->strings = strip->labels.strings;
    string_pool_init(&strip->labels.strings);
    return stripped;
}

static bool allocate(struct stripping *strip)
{
    size_t rows = (size_t)strip->old->row_count + 1;
    strip->position = malloc(rows * sizeof *strip->position);
    uint32_t **arrays[] = {&strip->new_row,   &strip->next_same, &strip->first, &strip->last,
                           &strip->placed_by, &strip->seen_in,   &strip->latest};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        *arrays[i] = malloc(rows * sizeof **arrays[i]);
        if (!*arrays[i])
            return false;
        memset(*arrays[i], 0xFF, rows * sizeof **arrays[i]); /* PYPERF_NO_INDEX */
    }
    return strip->position != NULL;
}

static void release(struct stripping *strip)
{
    label_table_release(&strip->labels);
    free(strip->new_row);
    free(strip->next_same);
    free(strip->first);
    free(strip->last);
    free(strip->position);
    free(strip->placed_by);
    free(strip->seen_in);
    free(strip->latest);
}

/* What is stripped takes the old one's place: callers keep their pointer. */
static void exchange(struct pyperf_summary *left, struct pyperf_summary *right)
{
    struct pyperf_summary kept = *left;
    *left = *right;
    *right = kept;
}

enum pyperf_status pyperf_summary_strip_directories(struct pyperf_summary *summary,
                                                    struct pyperf_error *error)
{
    struct stripping strip = {.old = summary};
    size_t edge_count = 0;
    for (uint32_t i = 0; i < summary->row_count; i++)
        edge_count += summary->rows[i].caller_count;
    struct pyperf_summary *stripped = NULL;
    if (allocate(&strip) && map_rows(&strip, false) && map_rows(&strip, true))
        stripped = build(&strip, edge_count);
    release(&strip);
    if (!stripped)
        return pyperf_error_set(error, PYPERF_NO_MEMORY,
                                "no memory to strip the directories of %u functions",
                                summary->row_count);
    exchange(summary, stripped);
    pyperf_summary_free(stripped);
    return PYPERF_OK;
}
