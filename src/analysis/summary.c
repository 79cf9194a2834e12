/* Summaries as objects; where their numbers come from is in call_tree_sums.c.
 *
 * SPDX-License-Identifier: MIT */
#include "analysis/summary.h"

#include <stdlib.h>

#include "base/large.h"

struct pyperf_summary *summary_allocate(uint32_t row_count, size_t edge_count)
{
    struct pyperf_summary *summary = calloc(1, sizeof *summary);
    if (!summary)
        return NULL;
    summary->storage = calloc(1, sizeof *summary->storage);
    summary->rows = calloc((size_t)row_count + 1, sizeof *summary->rows);
    summary->row_count = row_count;
    if (summary->storage)
        summary->storage->edges = calloc(edge_count + 1, sizeof *summary->storage->edges);
    if (!summary->rows || !summary->storage || !summary->storage->edges) {
        pyperf_summary_free(summary);
        return NULL;
    }
    advise_large(summary->rows, row_count * sizeof *summary->rows);
    advise_large(summary->storage->edges, edge_count * sizeof *summary->storage->edges);
    return summary;
}

void pyperf_summary_free(struct pyperf_summary *summary)
{
    if (!summary)
        return;
    if (summary->storage) {
        summary_growth_free(summary);
        free(summary->storage->text);
        string_pool_release(&summary->storage->strings);
        free(summary->storage->edges);
        free(summary->storage->durations);
        free(summary->storage);
    }
    free(summary->rows);
    free(summary);
}

void pyperf_summary_free_each(struct pyperf_summary **summaries, uint32_t count)
{
    for (uint32_t i = 0; summaries && i < count; i++)
        pyperf_summary_free(summaries[i]);
    free(summaries);
}

void summary_add_totals(struct pyperf_summary *summary)
{
    summary->total_calls = 0;
    summary->total_primitive_calls = 0;
    summary->total_self = 0;
    for (uint32_t i = 0; i < summary->row_count; i++) {
        summary->total_calls += summary->rows[i].calls;
        summary->total_primitive_calls += summary->rows[i].primitive_calls;
        summary->total_self += summary->rows[i].self;
    }
}
