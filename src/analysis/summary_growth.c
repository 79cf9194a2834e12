/* SPDX-License-Identifier: MIT */
#include "analysis/summary_growth.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_INDEX_SIZE = 256 };

/* ---- Rows by label ---- */

static uint32_t hash_label(const struct summary_growth *growth,
                           const struct pyperf_label *label)
{
    uint64_t file = keyed_hash(&growth->key, label->file, strlen(label->file));
    uint64_t name = keyed_hash(&growth->key, label->name, strlen(label->name));
    return hash_mix((file * 31 + name) ^ (uint64_t)label->line << 32);
}

static uint32_t hash_row(const void *context, uint32_t row)
{
    const struct pyperf_summary *summary = context;
    return hash_label(summary->storage->growth, &summary->rows[row].label);
}

uint32_t summary_growth_find_row(const struct pyperf_summary *summary,
                                 const struct pyperf_label *label)
{
    const struct summary_growth *growth = summary->storage->growth;
    HASH_INDEX_FOR_EACH(&growth->labels, hash_label(growth, label), candidate)
    {
        const struct pyperf_label *found = &summary->rows[candidate].label;
        if (found->line == label->line && strcmp(found->name, label->name) == 0 &&
            strcmp(found->file, label->file) == 0)
            return candidate;
    }
    return PYPERF_NO_INDEX;
}

static bool index_row(struct pyperf_summary *summary, uint32_t row)
{
    return hash_index_add(&summary->storage->growth->labels, hash_row(summary, row), row,
                          hash_row, summary);
}

/* ---- Growing ---- */

static bool reserve_rows(struct pyperf_summary *summary, size_t count)
{
    struct summary_growth *growth = summary->storage->growth;
    if (count <= growth->row_capacity)
        return true;
    size_t capacity = growth->row_capacity, wanted = count + count / 2;
    size_t *edge_capacity = realloc(growth->edge_capacity, wanted * sizeof *edge_capacity);
    if (edge_capacity) {
        memset(edge_capacity + capacity, 0, (wanted - capacity) * sizeof *edge_capacity);
        growth->edge_capacity = edge_capacity;
    }
    uint32_t **arrays[] = {&growth->position, &growth->placed_by, &growth->replaced_by};
    bool grown = edge_capacity != NULL;
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        uint32_t *larger = realloc(*arrays[i], wanted * sizeof *larger);
        if (larger)
            *arrays[i] = larger;
        grown = grown && larger;
    }
    struct pyperf_summary_row *rows = realloc(summary->rows, wanted * sizeof *rows);
    if (rows)
        summary->rows = rows;
    if (!rows || !grown)
        return false;
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        memset(*arrays[i] + capacity, 0xFF, (wanted - capacity) * sizeof **arrays[i]);
    growth->row_capacity = wanted;
    return true;
}

void summary_growth_note_edges(struct summary_growth *growth,
                               const struct pyperf_summary *summary)
{
    for (uint32_t i = 0; i < summary->row_count; i++)
        for (uint32_t j = 0; j < summary->rows[i].caller_count; j++) {
            bool untimed = summary->rows[i].callers[j].only_calls;
            growth->untimed = growth->untimed || untimed;
            growth->timed = growth->timed || !untimed;
        }
}

bool summary_growth_begin(struct pyperf_summary *summary)
{
    if (summary->storage->growth)
        return true;
    struct summary_growth *growth = calloc(1, sizeof *growth);
    if (!growth)
        return false;
    summary->storage->growth = growth;
    growth->key = hash_key_random();
    if (!hash_index_init(&growth->labels, FIRST_INDEX_SIZE) ||
        !reserve_rows(summary, (size_t)summary->row_count + 1))
        return false;
    summary_growth_note_edges(growth, summary);
    for (uint32_t i = 0; i < summary->row_count; i++) {
        summary->rows[i].durations = NULL;
        if (!index_row(summary, i))
            return false;
    }
    free(summary->storage->durations);
    summary->storage->durations = NULL;
    return true;
}

void summary_growth_free(struct pyperf_summary *summary)
{
    struct summary_growth *growth = summary->storage->growth;
    if (!growth)
        return;
    for (uint32_t i = 0; growth->edge_capacity && i < summary->row_count; i++)
        if (growth->edge_capacity[i] > 0)
            free(summary->rows[i].callers);
    hash_index_release(&growth->labels);
    free(growth->edge_capacity);
    free(growth->position);
    free(growth->placed_by);
    free(growth->replaced_by);
    free(growth);
    summary->storage->growth = NULL;
}

uint32_t summary_growth_append_row(struct pyperf_summary *summary,
                                   const struct pyperf_label *label, bool only_caller)
{
    struct string_pool *strings = &summary->storage->strings;
    uint32_t index = summary->row_count;
    struct pyperf_summary_row row = {.label.line = label->line, .only_caller = only_caller};
    row.label.file = string_pool_add(strings, label->file);
    row.label.name = string_pool_add(strings, label->name);
    if (!row.label.file || !row.label.name || index == PYPERF_NO_INDEX - 1 ||
        !reserve_rows(summary, (size_t)index + 1))
        return PYPERF_NO_INDEX;
    summary->rows[index] = row;
    if (!index_row(summary, index))
        return PYPERF_NO_INDEX;
    summary->row_count++;
    return index;
}

/* Callers of a row that is new are as many as they will be; others may grow again. */
bool summary_growth_reserve_edges(struct pyperf_summary *summary, uint32_t index, size_t count)
{
    struct pyperf_summary_row *row = &summary->rows[index];
    size_t *capacity = &summary->storage->growth->edge_capacity[index];
    if (count <= *capacity)
        return true;
    size_t wanted = row->caller_count ? count + count / 2 : count;
    struct pyperf_summary_edge *own = *capacity ? row->callers : NULL;
    own = realloc(own, wanted * sizeof *own);
    if (!own)
        return false;
    if (*capacity == 0 && row->caller_count > 0)
        memcpy(own, row->callers, row->caller_count * sizeof *own);
    row->callers = own;
    *capacity = wanted;
    return true;
}

void summary_growth_place_callers(struct pyperf_summary *summary, uint32_t index)
{
    struct summary_growth *growth = summary->storage->growth;
    const struct pyperf_summary_row *row = &summary->rows[index];
    for (uint32_t i = 0; i < row->caller_count; i++) {
        growth->position[row->callers[i].caller] = i;
        growth->placed_by[row->callers[i].caller] = index;
    }
}

/* ---- Callers that became rows ---- */

bool summary_growth_drop_replaced(struct pyperf_summary *summary, uint32_t *new_index)
{
    struct summary_growth *growth = summary->storage->growth;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < summary->row_count; i++)
        new_index[i] = growth->replaced_by[i] == PYPERF_NO_INDEX ? kept++ : PYPERF_NO_INDEX;
    for (uint32_t i = 0; i < summary->row_count; i++)
        if (growth->replaced_by[i] != PYPERF_NO_INDEX)
            new_index[i] = new_index[growth->replaced_by[i]];
    for (uint32_t i = 0; i < summary->row_count; i++) {
        struct pyperf_summary_row *row = &summary->rows[i];
        for (uint32_t j = 0; j < row->caller_count; j++)
            row->callers[j].caller = new_index[row->callers[j].caller];
        if (growth->replaced_by[i] == PYPERF_NO_INDEX) {
            growth->edge_capacity[new_index[i]] = growth->edge_capacity[i];
            summary->rows[new_index[i]] = *row;
        }
    }
    memset(growth->edge_capacity + kept, 0,
           (summary->row_count - kept) * sizeof *growth->edge_capacity);
    memset(growth->placed_by, 0xFF, summary->row_count * sizeof *growth->placed_by);
    memset(growth->replaced_by, 0xFF, summary->row_count * sizeof *growth->replaced_by);
    growth->replaced = false;
    summary->row_count = kept;
    hash_index_release(&growth->labels);
    bool indexed = hash_index_init(&growth->labels, FIRST_INDEX_SIZE);
    for (uint32_t i = 0; indexed && i < kept; i++)
        indexed = index_row(summary, i);
    return indexed;
}
