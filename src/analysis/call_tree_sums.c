/* Sums a calling-context tree up by label, as lsprof does while a program runs: a call counts
 * as primitive, and its time as cumulative, unless its label (for an edge: its caller's and its
 * own) is active further up on the same path.
 *
 * The walk has no recursion and no stack of its own: trees are as deep as programs recurse, and
 * the way back up is in the nodes' parents.
 *
 * SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "analysis/call_tree_sums.h"
#include "analysis/summary.h"
#include "base/array.h"
#include "base/saturating.h"
#include "base/text_buffer.h"

enum { FIRST_EDGE_INDEX_SIZE = 1024 };

/* ---- labels --------------------------------------------------------------------------- */

uint32_t summation_label(struct summation *sum, uint32_t function_index)
{
    uint32_t *label = &sum->label_of_function[function_index];
    if (*label == PYPERF_NO_INDEX) {
        const struct pyperf_function *function = &sum->profile->functions[function_index];
        const char *file = pyperf_profile_string(sum->profile, function->file);
        bool builtin = function->kind == PYPERF_FUNCTION_BUILTIN ||
                       function->kind == PYPERF_FUNCTION_BUILTIN_METHOD;
        const char *name = pyperf_profile_string(sum->profile, sum->qualified_names && !builtin
                                                                   ? function->qualified_name
                                                                   : function->name);
        *label = builtin ? label_table_add_builtin(&sum->labels, name)
                         : label_table_add(&sum->labels, file, function->line, name);
    }
    return *label;
}

/* The row of everything that nobody called; the first label, so row 0. */
static bool add_root_label(struct summation *sum)
{
    struct text_buffer name = {0};
    text_buffer_printf(&name, "<program %s>",
                       pyperf_profile_string(sum->profile, sum->profile->run.program));
    uint32_t label =
        name.failed ? PYPERF_NO_INDEX : label_table_add(&sum->labels, "~", 0, name.text);
    text_buffer_release(&name);
    return label == 0;
}

/* ---- edges ---------------------------------------------------------------------------- */

static uint32_t hash_pair(uint32_t caller, uint32_t callee)
{
    return hash_mix((uint64_t)caller << 32 | callee);
}

static uint32_t hash_edge(const void *context, uint32_t item)
{
    const struct summation *sum = context;
    return hash_pair(sum->edges[item].caller, sum->edges[item].callee);
}

uint32_t summation_edge(struct summation *sum, uint32_t caller, uint32_t callee)
{
    uint32_t hash = hash_pair(caller, callee);
    HASH_INDEX_FOR_EACH(&sum->edge_index, hash, candidate)
    if (sum->edges[candidate].caller == caller && sum->edges[candidate].callee == callee)
        return candidate;
    uint32_t added = (uint32_t)sum->edge_count;
    if (!array_reserve((void **)&sum->edges, &sum->edge_capacity, sum->edge_count + 1,
                       sizeof *sum->edges))
        return PYPERF_NO_INDEX;
    sum->edges[added] = (struct edge){.caller = caller, .callee = callee};
    if (!hash_index_add(&sum->edge_index, hash, added, hash_edge, sum))
        return PYPERF_NO_INDEX;
    sum->edge_count++;
    return added;
}

/* ---- sums ----------------------------------------------------------------------------- */

static void enter(struct sums *sums, uint64_t calls, uint64_t self, uint64_t inclusive)
{
    saturating_add(&sums->calls, calls);
    saturating_add(&sums->self, self);
    if (sums->active++ > 0)
        return;
    saturating_add(&sums->primitive_calls, calls);
    saturating_add(&sums->cumulative, inclusive);
}

static bool enter_node(struct summation *sum, uint32_t caller_label, uint32_t index)
{
    const struct pyperf_node *node = &sum->profile->nodes[index];
    uint32_t label = summation_label(sum, node->function);
    if (label == PYPERF_NO_INDEX)
        return false;
    uint32_t edge = summation_edge(sum, caller_label, label);
    if (edge == PYPERF_NO_INDEX)
        return false;
    sum->edge_of_node[index] = edge;
    enter(&sum->rows[label], summation_calls(node), sum->self[index], node->inclusive);
    enter(&sum->edges[edge].sums, summation_calls(node), sum->self[index], node->inclusive);
    return true;
}

static void leave_node(struct summation *sum, uint32_t index)
{
    struct edge *edge = &sum->edges[sum->edge_of_node[index]];
    edge->sums.active--;
    sum->rows[edge->callee].active--;
}

/* All nodes below a thread's root. */
static bool walk(struct summation *sum, uint32_t root)
{
    uint32_t node = sum->first_child[root];
    if (node == PYPERF_NO_INDEX)
        return true;
    uint32_t caller = 0;
    for (;;) {
        if (!enter_node(sum, caller, node))
            return false;
        if (sum->first_child[node] != PYPERF_NO_INDEX) {
            caller = sum->edges[sum->edge_of_node[node]].callee;
            node = sum->first_child[node];
            continue;
        }
        leave_node(sum, node);
        while (sum->next_sibling[node] == PYPERF_NO_INDEX) {
            node = sum->profile->nodes[node].parent;
            if (node == root)
                return true;
            leave_node(sum, node);
        }
        caller = sum->edges[sum->edge_of_node[node]].caller;
        node = sum->next_sibling[node];
    }
}

static bool add_thread(struct summation *sum, const struct pyperf_thread *thread)
{
    saturating_add(&sum->rows[0].self, sum->self[thread->root]);
    saturating_add(&sum->rows[0].cumulative, sum->profile->nodes[thread->root].inclusive);
    return walk(sum, thread->root);
}

/* ---- the whole ------------------------------------------------------------------------ */

/* Children in the order of their nodes. From the end of the array, so that a node's children
 * are known before the node itself; nodes that nothing happened in and below are left out. */
static void link_children(struct summation *sum)
{
    const struct pyperf_profile *profile = sum->profile;
    for (uint32_t i = 0; i < profile->node_count; i++)
        sum->first_child[i] = sum->next_sibling[i] = PYPERF_NO_INDEX;
    for (uint32_t i = profile->node_count; i-- > 0;) {
        const struct pyperf_node *node = &profile->nodes[i];
        bool empty = node->calls == 0 && node->resumes == 0 && node->inclusive == 0 &&
                     sum->first_child[i] == PYPERF_NO_INDEX;
        if (node->parent == PYPERF_NO_INDEX || empty)
            continue;
        sum->next_sibling[i] = sum->first_child[node->parent];
        sum->first_child[node->parent] = i;
    }
}

/* What is the same whichever threads are summed up. */
static bool prepare_tree(struct summation *sum)
{
    const struct pyperf_profile *profile = sum->profile;
    size_t nodes = (size_t)profile->node_count + 1;
    sum->first_child = malloc(nodes * sizeof *sum->first_child);
    sum->next_sibling = malloc(nodes * sizeof *sum->next_sibling);
    sum->edge_of_node = malloc(nodes * sizeof *sum->edge_of_node);
    sum->self = pyperf_profile_self_ticks(profile);
    if (!sum->first_child || !sum->next_sibling || !sum->edge_of_node || !sum->self)
        return false;
    link_children(sum);
    return true;
}

static bool prepare_sums(struct summation *sum)
{
    size_t functions = (size_t)sum->profile->function_count + 2; /* the two roots besides */
    sum->rows = calloc(functions, sizeof *sum->rows);
    sum->label_of_function = malloc(functions * sizeof *sum->label_of_function);
    if (!sum->rows || !sum->label_of_function ||
        !hash_index_init(&sum->edge_index, FIRST_EDGE_INDEX_SIZE) || !add_root_label(sum))
        return false;
    for (size_t i = 0; i < functions; i++)
        sum->label_of_function[i] = PYPERF_NO_INDEX;
    return true;
}

static bool add_threads(struct summation *sum)
{
    sum->rows[0].calls = 1;
    sum->rows[0].primitive_calls = 1;
    for (uint32_t i = 0; i < sum->thread_count; i++)
        if (!add_thread(sum, &sum->threads[i]))
            return false;
    return summation_add_folded(sum);
}

static void fill_row(struct pyperf_summary_row *row, const struct sums *sums, double factor)
{
    row->calls = sums->calls;
    row->primitive_calls = sums->primitive_calls;
    row->self = (double)sums->self * factor;
    row->cumulative = (double)sums->cumulative * factor;
}

static void fill_edge(struct pyperf_summary_edge *edge, const struct edge *source,
                      double factor)
{
    edge->caller = source->caller;
    edge->calls = source->sums.calls;
    edge->primitive_calls = source->sums.primitive_calls;
    edge->self = (double)source->sums.self * factor;
    edge->cumulative = (double)source->sums.cumulative * factor;
}

/* Every call of a function counts, whatever its caller: durations know no paths. */
static void add_durations(const struct summation *sum, struct pyperf_summary *summary,
                          double factor)
{
    for (uint32_t i = 0; i < sum->profile->function_count; i++) {
        const struct pyperf_function *function = &sum->profile->functions[i];
        uint32_t label = sum->label_of_function[i];
        if (label == PYPERF_NO_INDEX)
            continue;
        struct pyperf_durations durations = {.unit = factor * function->duration_scale,
                                             .longest = factor * (double)function->longest};
        memcpy(durations.counts, function->durations, sizeof durations.counts);
        durations_add(summary->rows[label].durations, &durations);
    }
}

static struct pyperf_summary *build(struct summation *sum)
{
    struct pyperf_summary *summary = summary_allocate(sum->labels.count, sum->edge_count);
    if (!summary)
        return NULL;
    bool all = sum->thread_count == sum->profile->thread_count;
    if (all && !summary_allocate_durations(summary)) {
        pyperf_summary_free(summary);
        return NULL;
    }
    double factor = sum->profile->run.nanoseconds_per_tick / 1e9;
    for (size_t i = 0; i < sum->edge_count; i++)
        summary->rows[sum->edges[i].callee].caller_count++;
    struct pyperf_summary_edge *callers = summary->storage->edges;
    for (uint32_t i = 0; i < summary->row_count; i++) {
        struct pyperf_summary_row *row = &summary->rows[i];
        row->label = sum->labels.labels[i];
        fill_row(row, &sum->rows[i], factor);
        row->callers = callers;
        callers += row->caller_count;
        row->caller_count = 0;
    }
    for (size_t i = 0; i < sum->edge_count; i++) {
        struct pyperf_summary_row *row = &summary->rows[sum->edges[i].callee];
        fill_edge(&row->callers[row->caller_count++], &sum->edges[i], factor);
    }
    if (all) /* how long calls took is not known by thread */
        add_durations(sum, summary, factor);
    summary->storage->strings = sum->labels.strings;
    string_pool_init(&sum->labels.strings);
    summary_add_totals(summary);
    return summary;
}

static void release_sums(struct summation *sum)
{
    label_table_release(&sum->labels);
    sum->labels = (struct label_table){0};
    if (sum->edge_index.slots)
        hash_index_release(&sum->edge_index);
    sum->edge_index = (struct hash_index){0};
    free(sum->rows);
    free(sum->label_of_function);
    free(sum->edges);
    sum->rows = NULL;
    sum->label_of_function = NULL;
    sum->edges = NULL;
    sum->edge_count = sum->edge_capacity = 0;
}

static void release_tree(struct summation *sum)
{
    free(sum->self);
    free(sum->first_child);
    free(sum->next_sibling);
    free(sum->edge_of_node);
}

/* A run of threads whose calls are summed up together. */
struct range {
    uint32_t first;
    uint32_t count;
};

/* NULL: no memory. */
static struct pyperf_summary *sum_up(struct summation *sum, struct range range)
{
    sum->threads = range.count > 0 ? &sum->profile->threads[range.first] : NULL;
    sum->thread_count = range.count;
    struct pyperf_summary *summary = prepare_sums(sum) && add_threads(sum) ? build(sum) : NULL;
    release_sums(sum);
    return summary;
}

static enum pyperf_status no_memory(const struct pyperf_profile *profile,
                                    struct pyperf_error *error)
{
    return pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory to sum up %u call contexts",
                            profile->node_count);
}

static struct range range_of_all(const struct pyperf_profile *profile, uint32_t index)
{
    (void)index;
    return (struct range){0, profile->thread_count};
}

static struct range range_of_thread(const struct pyperf_profile *profile, uint32_t index)
{
    (void)profile;
    return (struct range){index, 1};
}

static struct range range_of_process(const struct pyperf_profile *profile, uint32_t index)
{
    const struct pyperf_process *process = &profile->processes[index];
    return (struct range){process->first_thread, process->thread_count};
}

static enum pyperf_status
create_each(const struct pyperf_profile *profile, bool qualified_names, uint32_t count,
            struct range (*range_of)(const struct pyperf_profile *, uint32_t),
            struct pyperf_summary ***summaries, struct pyperf_error *error)
{
    struct summation sum = {.profile = profile, .qualified_names = qualified_names};
    struct pyperf_summary **created = calloc((size_t)count + 1, sizeof *created);
    bool done = created && prepare_tree(&sum);
    for (uint32_t i = 0; done && i < count; i++) {
        created[i] = sum_up(&sum, range_of(profile, i));
        done = created[i] != NULL;
    }
    release_tree(&sum);
    if (done) {
        *summaries = created;
        return PYPERF_OK;
    }
    pyperf_summary_free_each(created, count);
    return no_memory(profile, error);
}

static enum pyperf_status create_one(const struct pyperf_profile *profile, bool qualified_names,
                                     struct pyperf_summary **summary,
                                     struct pyperf_error *error)
{
    struct pyperf_summary **only;
    enum pyperf_status status =
        create_each(profile, qualified_names, 1, range_of_all, &only, error);
    if (status == PYPERF_OK) {
        *summary = only[0];
        free(only);
    }
    return status;
}

enum pyperf_status pyperf_summary_create(const struct pyperf_profile *profile,
                                         struct pyperf_summary **summary,
                                         struct pyperf_error *error)
{
    return create_one(profile, false, summary, error);
}

enum pyperf_status pyperf_summary_create_qualified(const struct pyperf_profile *profile,
                                                   struct pyperf_summary **summary,
                                                   struct pyperf_error *error)
{
    return create_one(profile, true, summary, error);
}

enum pyperf_status pyperf_summary_create_each(const struct pyperf_profile *profile,
                                              struct pyperf_summary ***summaries,
                                              struct pyperf_error *error)
{
    return create_each(profile, false, profile->thread_count, range_of_thread, summaries,
                       error);
}

enum pyperf_status pyperf_summary_create_processes(const struct pyperf_profile *profile,
                                                   struct pyperf_summary ***summaries,
                                                   struct pyperf_error *error)
{
    return create_each(profile, false, profile->process_count, range_of_process, summaries,
                       error);
}
