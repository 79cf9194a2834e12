/* Summaries that grow: rows found by their labels, with room for more of them and for callers.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_ANALYSIS_SUMMARY_GROWTH_H
#define PYPERF_ANALYSIS_SUMMARY_GROWTH_H

#include "analysis/summary.h"
#include "base/hash_index.h"
#include "base/keyed_hash.h"

/* What is kept from one addition to the next. */
struct summary_growth {
    struct hash_key key;
    struct hash_index labels; /* rows by label */
    size_t row_capacity;
    /* by row: room in its callers where these are an allocation of their own; 0: they are part
     * of the storage's edges */
    size_t *edge_capacity;
    /* by row, as a caller: where its edge is among the callers of one row, and of which */
    uint32_t *position;
    uint32_t *placed_by;
    /* by row that was a caller alone: the row that has taken its place */
    uint32_t *replaced_by;
    bool replaced;       /* is there any? */
    bool timed, untimed; /* is there an edge with times, one without? */
};

/* Makes a summary one that can grow, if it is not yet; how long single activations took is
 * forgotten. False: no memory. */
bool summary_growth_begin(struct pyperf_summary *summary);

/* Takes note of the kinds of edges that a summary has: its own, or one that is added. */
void summary_growth_note_edges(struct summary_growth *growth,
                               const struct pyperf_summary *summary);

/* PYPERF_NO_INDEX: there is none. */
uint32_t summary_growth_find_row(const struct pyperf_summary *summary,
                                 const struct pyperf_label *label);

/* Adds a row of zeros; PYPERF_NO_INDEX: no memory. */
uint32_t summary_growth_append_row(struct pyperf_summary *summary,
                                   const struct pyperf_label *label, bool only_caller);

/* Makes room for so many callers of a row. False: no memory. */
bool summary_growth_reserve_edges(struct pyperf_summary *summary, uint32_t row, size_t count);

/* Notes where each caller's edge is among those of a row. */
void summary_growth_place_callers(struct pyperf_summary *summary, uint32_t row);

/* Removes the rows that others have replaced; `new_index` (room for every row) says what became
 * of each. False: no memory. */
bool summary_growth_drop_replaced(struct pyperf_summary *summary, uint32_t *new_index);

#endif
