/* pstats.Stats.add(), to the letter: the sum of two summaries.
 *
 * SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "analysis/summary_growth.h"
#include "base/saturating.h"

struct addition {
    struct pyperf_summary *summary;
    struct summary_growth *growth;
    const struct pyperf_summary *other;
    uint32_t *row; /* by the other's row: ours, or PYPERF_NO_INDEX */
};

/* ---- Rows ---- */

/* Gives each row of the other one of ours. Those that it lists come first, in its order. One
 * that is a caller alone here takes its place among them anew. */
static bool map_rows(struct addition *addition)
{
    struct pyperf_summary *summary = addition->summary;
    const struct pyperf_summary *other = addition->other;
    for (int only_callers = 0; only_callers <= 1; only_callers++) {
        for (uint32_t i = 0; i < other->row_count; i++) {
            const struct pyperf_summary_row *from = &other->rows[i];
            uint32_t known = addition->row[i];
            bool replaces = known != PYPERF_NO_INDEX && !from->only_caller &&
                            summary->rows[known].only_caller;
            if (from->only_caller != only_callers || (known != PYPERF_NO_INDEX && !replaces))
                continue;
            addition->row[i] =
                summary_growth_append_row(summary, &from->label, from->only_caller);
            if (addition->row[i] == PYPERF_NO_INDEX)
                return false;
            if (replaces)
                addition->growth->replaced_by[known] = addition->row[i];
            addition->growth->replaced = addition->growth->replaced || replaces;
        }
    }
    return true;
}

/* Callers' edges of either must find the same row, so this comes before any are added. */
static bool settle_replaced(struct addition *addition)
{
    struct pyperf_summary *summary = addition->summary;
    if (!addition->growth->replaced)
        return true;
    uint32_t *new_index = malloc(((size_t)summary->row_count + 1) * sizeof *new_index);
    bool settled = new_index && summary_growth_drop_replaced(summary, new_index);
    for (uint32_t i = 0; settled && i < addition->other->row_count; i++)
        addition->row[i] = new_index[addition->row[i]];
    free(new_index);
    return settled;
}

/* ---- Numbers ---- */

static void add_edge(struct pyperf_summary_edge *to, const struct pyperf_summary_edge *from)
{
    saturating_add(&to->calls, from->calls);
    saturating_add(&to->primitive_calls, from->primitive_calls);
    to->self += from->self;
    to->cumulative += from->cumulative;
}

/* Profiles of one program mostly name callers in the same order, so the next one is looked at
 * before all are placed. */
static bool add_callers(const struct addition *addition, uint32_t index,
                        const struct pyperf_summary_row *from)
{
    struct pyperf_summary *summary = addition->summary;
    struct summary_growth *growth = addition->growth;
    uint32_t next = 0;
    bool placed = false;
    for (uint32_t i = 0; i < from->caller_count; i++) {
        const struct pyperf_summary_edge *edge = &from->callers[i];
        struct pyperf_summary_row *to = &summary->rows[index];
        uint32_t caller = addition->row[edge->caller];
        if (next >= to->caller_count || to->callers[next].caller != caller) {
            if (!placed)
                summary_growth_place_callers(summary, index);
            placed = true;
            bool known = growth->placed_by[caller] == index;
            next = known ? growth->position[caller] : to->caller_count;
        }
        if (next < to->caller_count) {
            add_edge(&to->callers[next++], edge);
            continue;
        }
        size_t left = from->caller_count - i;
        if (!summary_growth_reserve_edges(summary, index,
                                          to->caller_count + (to->caller_count ? 1 : left)))
            return false;
        to->callers[next] = *edge;
        to->callers[next].caller = caller;
        growth->position[caller] = next;
        growth->placed_by[caller] = index;
        to->caller_count = ++next;
    }
    return true;
}

static bool add_row(const struct addition *addition, uint32_t index,
                    const struct pyperf_summary_row *from)
{
    struct pyperf_summary_row *to = &addition->summary->rows[index];
    saturating_add(&to->calls, from->calls);
    saturating_add(&to->primitive_calls, from->primitive_calls);
    to->self += from->self;
    to->cumulative += from->cumulative;
    return add_callers(addition, index, from);
}

/* ---- All of it ---- */

/* pstats fails, too, where a number is to be added to a tuple. */
static enum pyperf_status check_edges(const struct addition *addition,
                                      struct pyperf_error *error)
{
    struct pyperf_summary *summary = addition->summary;
    const struct summary_growth *growth = addition->growth;
    for (uint32_t i = 0; i < addition->other->row_count; i++) {
        const struct pyperf_summary_row *from = &addition->other->rows[i];
        uint32_t index = addition->row[i];
        if (index == PYPERF_NO_INDEX)
            continue;
        summary_growth_place_callers(summary, index);
        for (uint32_t j = 0; j < from->caller_count; j++) {
            uint32_t caller = addition->row[from->callers[j].caller];
            if (caller == PYPERF_NO_INDEX || growth->placed_by[caller] != index)
                continue;
            const struct pyperf_summary_edge *edge =
                &summary->rows[index].callers[growth->position[caller]];
            if (edge->only_calls != from->callers[j].only_calls)
                return pyperf_error_set(
                    error, PYPERF_UNSUPPORTED,
                    "calls of %s by %s were counted without times in one of two profiles "
                    "(by the module profile) and with times in the other; such do not add up",
                    from->label.name, summary->rows[caller].label.name);
        }
    }
    return PYPERF_OK;
}

static enum pyperf_status check(const struct addition *addition, struct pyperf_error *error)
{
    struct summary_growth *growth = addition->growth;
    summary_growth_note_edges(growth, addition->other);
    return growth->timed && growth->untimed ? check_edges(addition, error) : PYPERF_OK;
}

static bool add_all(struct addition *addition)
{
    struct pyperf_summary *summary = addition->summary;
    const struct pyperf_summary *other = addition->other;
    if (!map_rows(addition) || !settle_replaced(addition))
        return false;
    for (uint32_t i = 0; i < other->row_count; i++)
        if (!add_row(addition, addition->row[i], &other->rows[i]))
            return false;
    saturating_add(&summary->total_calls, other->total_calls);
    saturating_add(&summary->total_primitive_calls, other->total_primitive_calls);
    summary->total_self += other->total_self;
    return true;
}

enum pyperf_status pyperf_summary_add(struct pyperf_summary *summary,
                                      const struct pyperf_summary *other,
                                      struct pyperf_error *error)
{
    enum pyperf_status status = PYPERF_OK;
    struct addition addition = {.summary = summary, .other = other};
    addition.row = malloc(((size_t)other->row_count + 1) * sizeof *addition.row);
    bool done = addition.row && summary_growth_begin(summary);
    if (done) {
        addition.growth = summary->storage->growth;
        for (uint32_t i = 0; i < other->row_count; i++)
            addition.row[i] = summary_growth_find_row(summary, &other->rows[i].label);
        status = check(&addition, error);
        done = status == PYPERF_OK && add_all(&addition);
    }
    free(addition.row);
    if (status != PYPERF_OK || done)
        return status;
    return pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory to add up %u functions",
                            summary->row_count);
}
