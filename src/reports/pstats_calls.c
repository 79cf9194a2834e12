/* pstats' tables of callers and callees.
 *
 * SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>

#include "reports/pstats_sort.h"
#include "reports/pstats_tables.h"

/* One line of a row's list: the function at the other end of an edge. */
struct relation {
    uint32_t row;
    const struct pyperf_summary_edge *edge;
};

/* For each row its relations, one after the other in one array. */
struct relations {
    struct relation *items;
    size_t *first; /* by row, and one more: where its items begin, and end */
};

static void relations_release(struct relations *relations)
{
    free(relations->items);
    free(relations->first);
}

static int compare(const void *left, const void *right, void *context)
{
    const struct pyperf_summary *summary = context;
    const struct relation *a = left;
    const struct relation *b = right;
    return labels_compare(&summary->rows[a->row].label, &summary->rows[b->row].label);
}

/* Where each row's relations begin, from how many there are of it. */
static void count_relations(const struct pyperf_summary *summary, bool callees, size_t *first)
{
    for (uint32_t i = 0; i < summary->row_count; i++)
        for (uint32_t j = 0; j < summary->rows[i].caller_count; j++)
            first[(callees ? summary->rows[i].callers[j].caller : i) + 1]++;
    for (uint32_t i = 0; i < summary->row_count; i++)
        first[i + 1] += first[i];
}

/* False: no memory. Release in either case. */
static bool relations_init(struct relations *relations, const struct pyperf_summary *summary,
                           bool callees)
{
    uint32_t count = summary->row_count;
    size_t *next = malloc(((size_t)count + 1) * sizeof *next);
    relations->first = calloc((size_t)count + 2, sizeof *relations->first);
    relations->items = NULL;
    if (next && relations->first) {
        count_relations(summary, callees, relations->first);
        relations->items = malloc((relations->first[count] + 1) * sizeof *relations->items);
    }
    if (!relations->items) {
        free(next);
        return false;
    }
    for (uint32_t i = 0; i < count; i++)
        next[i] = relations->first[i];
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t j = 0; j < summary->rows[i].caller_count; j++) {
            const struct pyperf_summary_edge *edge = &summary->rows[i].callers[j];
            uint32_t owner = callees ? edge->caller : i;
            uint32_t other = callees ? i : edge->caller;
            relations->items[next[owner]++] = (struct relation){.row = other, .edge = edge};
        }
    }
    free(next);
    return true;
}

/* Where calls are all that is known of an edge, the time is that of the function named. */
static void add_untimed(struct text_buffer *text, const struct table *table,
                        const struct relation *relation)
{
    text_buffer_add(text, table->names.shown[relation->row]);
    text_buffer_printf(text, "(%" PRIu64 ") %8.3f\n", relation->edge->calls,
                       table->summary->rows[relation->row].cumulative);
}

static void add_relation(struct text_buffer *text, const struct table *table,
                         const struct relation *relation, bool first)
{
    const struct pyperf_summary_edge *edge = relation->edge;
    if (!first)
        text_buffer_add_repeated(text, ' ', table->width + (edge->only_calls ? 3 : 1));
    if (edge->only_calls) {
        add_untimed(text, table, relation);
        return;
    }
    add_calls(text, edge->calls, edge->primitive_calls, first ? 7 : 9);
    text_buffer_add(text, " ");
    add_seconds(text, edge->self);
    text_buffer_add(text, " ");
    add_seconds(text, edge->cumulative);
    text_buffer_add(text, "  ");
    text_buffer_add(text, table->names.shown[relation->row]);
    text_buffer_add(text, "\n");
}

static void add_row(struct text_buffer *text, const struct table *table,
                    const struct relations *relations, uint32_t row, const char *arrow)
{
    struct relation *items = relations->items + relations->first[row];
    size_t count = relations->first[row + 1] - relations->first[row];
    add_left_aligned(text, table->names.shown[row], table->width);
    text_buffer_printf(text, "%s ", arrow);
    if (count == 0)
        text_buffer_add(text, "\n");
    qsort_r(items, count, sizeof *items, compare, (void *)table->summary);
    for (size_t i = 0; i < count; i++)
        add_relation(text, table, &items[i], i == 0);
}

/* pstats goes by the first edge that it finds. */
static bool has_times(const struct pyperf_summary *summary)
{
    for (uint32_t i = 0; i < summary->row_count; i++)
        if (summary->rows[i].caller_count > 0)
            return !summary->rows[i].callers[0].only_calls;
    return false;
}

static void add_table(struct text_buffer *text, const struct table *table,
                      const struct relations *relations, bool callees)
{
    text_buffer_add(text, text_buffer_text(&table->message));
    text_buffer_add(text, "\n");
    add_left_aligned(text, "Function ", table->width);
    text_buffer_add(text, callees ? "called...\n" : "was called by...\n");
    if (has_times(table->summary)) {
        text_buffer_add_repeated(text, ' ', table->width);
        text_buffer_printf(text, "    %s  tottime  cumtime\n",
                           table->summary->sampled ? "nsamples" : "ncalls");
    }
    for (uint32_t i = 0; i < table->count; i++)
        add_row(text, table, relations, table->rows[i], callees ? "->" : "<-");
    text_buffer_add(text, "\n\n");
}

static enum pyperf_status report(const struct pyperf_summary *summary,
                                 const struct pyperf_table_options *options, bool callees,
                                 struct text_buffer *text, struct pyperf_error *error)
{
    struct table table;
    struct relations relations = {0};
    enum pyperf_status status = table_init(&table, summary, options, true, error);
    if (status == PYPERF_OK && table.count > 0) {
        table.width = table_name_width(&table) + 2;
        if (relations_init(&relations, summary, callees))
            add_table(text, &table, &relations, callees);
        else
            text->failed = true;
    }
    relations_release(&relations);
    table_release(&table);
    if (status == PYPERF_OK && text->failed)
        return pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory for the report");
    return status;
}

enum pyperf_status pyperf_report_callers(const struct pyperf_summary *summary,
                                         const struct pyperf_table_options *options,
                                         struct text_buffer *text, struct pyperf_error *error)
{
    return report(summary, options, false, text, error);
}

enum pyperf_status pyperf_report_callees(const struct pyperf_summary *summary,
                                         const struct pyperf_table_options *options,
                                         struct text_buffer *text, struct pyperf_error *error)
{
    return report(summary, options, true, text, error);
}
