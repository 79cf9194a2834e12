/* Summaries of which functions are left out.
 *
 * SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "analysis/row_details.h"
#include "analysis/row_filter.h"
#include "base/saturating.h"

/* Leaves out callers that have no row any more, and renumbers the others. */
static void renumber_callers(struct pyperf_summary_row *row, const uint32_t *new_index)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < row->caller_count; i++) {
        struct pyperf_summary_edge edge = row->callers[i];
        edge.caller = new_index[edge.caller];
        if (edge.caller != PYPERF_NO_INDEX)
            row->callers[kept++] = edge;
    }
    row->caller_count = kept;
}

static void take_out(struct pyperf_summary *summary, const struct row_details *details,
                     const struct pyperf_row_filter *filter, uint32_t *new_index,
                     struct pyperf_hidden *hidden)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < summary->row_count; i++) {
        const struct pyperf_summary_row *row = &summary->rows[i];
        if (row_filter_passes_row(filter, &row->label, &details->rows[i])) {
            new_index[i] = kept;
            summary->rows[kept++] = *row;
            continue;
        }
        new_index[i] = PYPERF_NO_INDEX;
        hidden->functions++;
        hidden->self += row->self;
        saturating_add(&hidden->calls, row->calls);
    }
    summary->row_count = kept;
    for (uint32_t i = 0; i < kept; i++)
        renumber_callers(&summary->rows[i], new_index);
}

enum pyperf_status pyperf_summary_filter(struct pyperf_summary *summary,
                                         const struct pyperf_profile *profile,
                                         const struct pyperf_row_filter *filter,
                                         struct pyperf_hidden *hidden,
                                         struct pyperf_error *error)
{
    struct row_details details;
    *hidden = (struct pyperf_hidden){.functions = 0};
    uint32_t *new_index = malloc(((size_t)summary->row_count + 1) * sizeof *new_index);
    if (!new_index)
        return pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory to choose functions");
    enum pyperf_status status = row_details_init(&details, summary, profile, error);
    if (status == PYPERF_OK)
        take_out(summary, &details, filter, new_index, hidden);
    row_details_release(&details);
    free(new_index);
    return status;
}
