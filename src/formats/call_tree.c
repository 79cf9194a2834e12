/* SPDX-License-Identifier: MIT */
#include "formats/call_tree.h"

#include <stdlib.h>

uint64_t call_tree_calls(const struct call_tree *tree, uint32_t index)
{
    const struct pyperf_node *node = &tree->profile->nodes[index];
    enum pyperf_function_kind kind = tree->profile->functions[node->function].kind;
    if (kind == PYPERF_FUNCTION_ROOT || kind == PYPERF_FUNCTION_FOLD_ROOT)
        return 0;
    return saturating_sum(node->calls, node->resumes);
}

static bool weigh(struct call_tree *tree, enum pyperf_weighing weighing)
{
    const struct pyperf_profile *profile = tree->profile;
    if (weighing == PYPERF_WEIGH_TIME) {
        tree->weight = pyperf_profile_self_ticks(profile);
        tree->scale = profile->run.nanoseconds_per_tick;
        return tree->weight != NULL;
    }
    tree->weight = malloc(((size_t)profile->node_count + 1) * sizeof *tree->weight);
    for (uint32_t i = 0; tree->weight && i < profile->node_count; i++)
        tree->weight[i] = call_tree_calls(tree, i);
    tree->scale = 1;
    return tree->weight != NULL;
}

/* Children come after their parents in the array. */
static void add_totals(struct call_tree *tree)
{
    for (uint32_t i = 0; i < tree->profile->node_count; i++) {
        tree->total[i] = tree->weight[i];
        tree->parent[i] = tree->profile->nodes[i].parent;
    }
    for (uint32_t i = tree->profile->node_count; i-- > 0;)
        if (tree->parent[i] != PYPERF_NO_INDEX)
            saturating_add(&tree->total[tree->parent[i]], tree->total[i]);
}

/* A file could name any node, and one several times. */
static void hang_up_folded(struct call_tree *tree)
{
    const struct pyperf_profile *profile = tree->profile;
    for (uint32_t i = 0; i < profile->thread_count; i++) {
        uint32_t root = profile->threads[i].root;
        uint32_t fold_root = profile->threads[i].fold_root;
        if (fold_root == PYPERF_NO_INDEX || tree->parent[fold_root] != PYPERF_NO_INDEX ||
            profile->functions[profile->nodes[fold_root].function].kind !=
                PYPERF_FUNCTION_FOLD_ROOT)
            continue;
        tree->parent[fold_root] = root;
        saturating_add(&tree->total[root], tree->total[fold_root]);
    }
}

static int by_total(const void *a, const void *b, void *context)
{
    const struct call_tree *tree = context;
    uint32_t left = *(const uint32_t *)a;
    uint32_t right = *(const uint32_t *)b;
    if (tree->total[left] != tree->total[right])
        return tree->total[left] < tree->total[right] ? -1 : 1;
    return left > right ? -1 : 1;
}

/* The lightest are put before their siblings first, so that the heaviest come to lie before
 * all of them. `order` has room for all nodes. */
static void link_children(struct call_tree *tree, uint32_t *order)
{
    uint32_t count = tree->profile->node_count;
    for (uint32_t i = 0; i < count; i++) {
        order[i] = i;
        tree->first_child[i] = tree->next_sibling[i] = PYPERF_NO_INDEX;
    }
    qsort_r(order, count, sizeof *order, by_total, tree);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t parent = tree->parent[order[i]];
        if (parent == PYPERF_NO_INDEX)
            continue;
        tree->next_sibling[order[i]] = tree->first_child[parent];
        tree->first_child[parent] = order[i];
    }
}

enum pyperf_status call_tree_create(struct call_tree *tree, const struct pyperf_export *content,
                                    const char *format, struct pyperf_error *error)
{
    const struct pyperf_profile *profile = content->profile;
    *tree = (struct call_tree){.profile = profile};
    if (!profile)
        return pyperf_error_set(
            error, PYPERF_UNSUPPORTED,
            "%s needs call paths, and the profile has only who called whom, as all pstats "
            "files "
            "do; record with `pyperf run`, or export to callgrind, dot or csv",
            format);
    size_t count = (size_t)profile->node_count + 1;
    uint32_t *order = malloc(count * sizeof *order);
    tree->total = malloc(count * sizeof *tree->total);
    tree->parent = malloc(count * sizeof *tree->parent);
    tree->first_child = malloc(count * sizeof *tree->first_child);
    tree->next_sibling = malloc(count * sizeof *tree->next_sibling);
    bool done = order && tree->total && tree->parent && tree->first_child &&
                tree->next_sibling && weigh(tree, content->weighing);
    if (done) {
        add_totals(tree);
        hang_up_folded(tree);
        link_children(tree, order);
    }
    free(order);
    return done ? PYPERF_OK
                : pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory for %u call contexts",
                                   profile->node_count);
}

void call_tree_release(struct call_tree *tree)
{
    free(tree->weight);
    free(tree->total);
    free(tree->parent);
    free(tree->first_child);
    free(tree->next_sibling);
    *tree = (struct call_tree){0};
}

uint64_t call_tree_total(const struct call_tree *tree)
{
    uint64_t total = 0;
    for (uint32_t i = 0; i < tree->profile->thread_count; i++)
        saturating_add(&total, tree->total[tree->profile->threads[i].root]);
    return total;
}

void tree_walk_next(struct tree_walk *walk)
{
    const struct call_tree *tree = walk->tree;
    uint32_t child = walk->leaving ? PYPERF_NO_INDEX : tree->first_child[walk->node];
    if (child != PYPERF_NO_INDEX) {
        walk->node = child;
        walk->depth++;
    } else if (!walk->leaving) {
        walk->leaving = true;
    } else if (walk->node == walk->root) {
        walk->node = PYPERF_NO_INDEX;
    } else if (tree->next_sibling[walk->node] != PYPERF_NO_INDEX) {
        walk->node = tree->next_sibling[walk->node];
        walk->leaving = false;
    } else {
        walk->node = tree->parent[walk->node];
        walk->depth--;
    }
}
