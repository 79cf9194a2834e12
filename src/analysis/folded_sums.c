/* Sums of folded contexts, which have no path to walk.
 *
 * SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "analysis/call_tree_sums.h"

static bool add_folded_node(struct summation *sum, uint32_t fold_label, uint32_t index)
{
    const struct pyperf_node *node = &sum->profile->nodes[index];
    uint32_t label = summation_label(sum, node->function);
    if (label == PYPERF_NO_INDEX)
        return false;
    uint32_t edge = summation_edge(sum, fold_label, label);
    if (edge == PYPERF_NO_INDEX)
        return false;
    struct sums *both[] = {&sum->rows[label], &sum->edges[edge].sums};
    for (size_t i = 0; i < 2; i++) {
        saturating_add(&both[i]->calls, summation_calls(node));
        saturating_add(&both[i]->self, sum->self[index]);
    }
    return true;
}

/* Folded calls in some threads, by function: an array that the caller frees, or NULL. */
static uint64_t *count_folded(const struct summation *sum, const struct pyperf_thread *threads,
                              uint32_t thread_count)
{
    uint64_t *calls = calloc((size_t)sum->profile->function_count + 1, sizeof *calls);
    for (uint32_t i = 0; calls && i < thread_count; i++) {
        uint32_t node = threads[i].fold_root;
        if (node != PYPERF_NO_INDEX)
            node = sum->first_child[node];
        for (; node != PYPERF_NO_INDEX; node = sum->next_sibling[node])
            saturating_add(&calls[sum->profile->nodes[node].function],
                           summation_calls(&sum->profile->nodes[node]));
    }
    return calls;
}

/* How much of a function's folded calls is these threads', as 0 to 1; NULL: no memory. */
static double *folded_shares(const struct summation *sum)
{
    const struct pyperf_profile *profile = sum->profile;
    uint64_t *own = count_folded(sum, sum->threads, sum->thread_count);
    uint64_t *all = count_folded(sum, profile->threads, profile->thread_count);
    double *shares = malloc(((size_t)profile->function_count + 1) * sizeof *shares);
    for (uint32_t i = 0; own && all && shares && i < profile->function_count; i++)
        shares[i] = all[i] ? (double)own[i] / (double)all[i] : 0;
    bool complete = own && all;
    free(own);
    free(all);
    if (complete)
        return shares;
    free(shares);
    return NULL;
}

/* Folded nodes do not know their path; which of their activations were primitive was counted
 * for each function while the program ran, for all threads together. */
static bool add_primitives(struct summation *sum, uint32_t fold_label, const double *shares)
{
    for (uint32_t i = 0; i < sum->profile->function_count; i++) {
        const struct pyperf_function *function = &sum->profile->functions[i];
        uint32_t label = sum->label_of_function[i];
        if (label == PYPERF_NO_INDEX ||
            (function->folded_primitive_calls == 0 && function->folded_primitive_ticks == 0))
            continue;
        uint32_t edge = summation_edge(sum, fold_label, label);
        if (edge == PYPERF_NO_INDEX)
            return false;
        struct sums *both[] = {&sum->rows[label], &sum->edges[edge].sums};
        for (size_t j = 0; j < 2; j++) {
            saturating_add(
                &both[j]->primitive_calls,
                saturating_from((double)function->folded_primitive_calls * shares[i]));
            saturating_add(
                &both[j]->cumulative,
                saturating_from((double)function->folded_primitive_ticks * shares[i]));
        }
    }
    return true;
}

static bool add_folded_primitives(struct summation *sum, uint32_t fold_label)
{
    double *shares = folded_shares(sum);
    bool added = shares && add_primitives(sum, fold_label, shares);
    free(shares);
    return added;
}

/* What recording cost is taken off folded calls by a mean, off their own time exactly; the two
 * may disagree by a little where only some of a function's calls are folded. */
static void raise_to_self(struct summation *sum)
{
    for (uint32_t i = 0; i < sum->labels.count; i++)
        if (sum->rows[i].cumulative < sum->rows[i].self)
            sum->rows[i].cumulative = sum->rows[i].self;
}

bool summation_add_folded(struct summation *sum)
{
    uint32_t fold_label = PYPERF_NO_INDEX;
    for (uint32_t i = 0; i < sum->thread_count; i++) {
        uint32_t fold_root = sum->threads[i].fold_root;
        if (fold_root == PYPERF_NO_INDEX || sum->first_child[fold_root] == PYPERF_NO_INDEX)
            continue;
        fold_label = label_table_add(&sum->labels, "~", 0, "<folded contexts>");
        if (fold_label == PYPERF_NO_INDEX)
            return false;
        for (uint32_t node = sum->first_child[fold_root]; node != PYPERF_NO_INDEX;
             node = sum->next_sibling[node])
            if (!add_folded_node(sum, fold_label, node))
                return false;
    }
    if (fold_label == PYPERF_NO_INDEX)
        return true;
    /* Called once by the root: viewers refuse files with several roots. */
    uint32_t edge = summation_edge(sum, 0, fold_label);
    if (edge == PYPERF_NO_INDEX)
        return false;
    struct sums once = {.calls = 1, .primitive_calls = 1};
    sum->rows[fold_label] = once;
    sum->edges[edge].sums = once;
    if (!add_folded_primitives(sum, fold_label))
        return false;
    if (sum->profile->run.compensated)
        raise_to_self(sum);
    return true;
}
