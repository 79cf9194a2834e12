/* SPDX-License-Identifier: MIT */
#include "formats/page_tree.h"

#include <stdlib.h>

#include "base/saturating.h"

/* Callees in the order of their indices: that of their first calls. By node, PYPERF_NO_INDEX:
 * none. */
struct links {
    uint32_t *first_child;
    uint32_t *next_sibling;
};

static bool make_links(struct links *links, const struct pyperf_profile *profile)
{
    uint32_t count = profile->node_count;
    links->first_child = malloc(((size_t)count + 1) * sizeof *links->first_child);
    links->next_sibling = malloc(((size_t)count + 1) * sizeof *links->next_sibling);
    if (!links->first_child || !links->next_sibling)
        return false;
    for (uint32_t i = 0; i < count; i++)
        links->first_child[i] = links->next_sibling[i] = PYPERF_NO_INDEX;
    for (uint32_t i = count; i-- > 0;) {
        uint32_t parent = profile->nodes[i].parent;
        if (parent == PYPERF_NO_INDEX)
            continue;
        links->next_sibling[i] = links->first_child[parent];
        links->first_child[parent] = i;
    }
    return true;
}

static double ticks_of_threads(const struct pyperf_profile *profile)
{
    double ticks = 0;
    for (uint32_t i = 0; i < profile->thread_count; i++)
        ticks += (double)profile->nodes[profile->threads[i].root].inclusive;
    return ticks;
}

/* Moves the time of callees that are too small to where their callers keep what they spent
 * elsewhere. Returns the first that remains at or after `node`. */
static uint32_t skip_small(struct page_tree *tree, const struct pyperf_profile *profile,
                           const struct links *links, uint32_t node, double least)
{
    while (node != PYPERF_NO_INDEX && (double)profile->nodes[node].inclusive < least) {
        uint32_t parent = profile->nodes[node].parent;
        saturating_add(&tree->elsewhere[parent], profile->nodes[node].inclusive);
        node = links->next_sibling[node];
    }
    return node;
}

static void walk(struct page_tree *tree, const struct pyperf_profile *profile,
                 const struct links *links, uint32_t root, double least)
{
    uint32_t node = root, depth = 0;
    for (;;) {
        tree->nodes[tree->count] = node;
        tree->depths[tree->count++] = depth;
        uint32_t next = skip_small(tree, profile, links, links->first_child[node], least);
        if (next != PYPERF_NO_INDEX)
            depth++;
        while (next == PYPERF_NO_INDEX && node != root) {
            next = skip_small(tree, profile, links, links->next_sibling[node], least);
            if (next == PYPERF_NO_INDEX) {
                node = profile->nodes[node].parent;
                depth--;
            }
        }
        if (next == PYPERF_NO_INDEX)
            return;
        node = next;
    }
}

static uint32_t count_folded(const struct pyperf_profile *profile)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < profile->node_count; i++) {
        const struct pyperf_node *node = &profile->nodes[i];
        uint32_t parent = node->parent;
        count += parent != PYPERF_NO_INDEX &&
                 profile->functions[profile->nodes[parent].function].kind ==
                     PYPERF_FUNCTION_FOLD_ROOT;
    }
    return count;
}

static uint32_t count_fold_roots(const struct pyperf_profile *profile)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < profile->thread_count; i++)
        count += profile->threads[i].fold_root != PYPERF_NO_INDEX;
    return count;
}

static bool allocate(struct page_tree *tree, const struct pyperf_profile *profile)
{
    size_t count = (size_t)profile->node_count + 1;
    tree->nodes = malloc(count * sizeof *tree->nodes);
    tree->depths = malloc(count * sizeof *tree->depths);
    tree->elsewhere = malloc(count * sizeof *tree->elsewhere);
    tree->self = pyperf_profile_self_ticks(profile);
    if (!tree->nodes || !tree->depths || !tree->elsewhere || !tree->self)
        return false;
    for (uint32_t i = 0; i < profile->node_count; i++)
        tree->elsewhere[i] = profile->nodes[i].folded;
    return true;
}

enum pyperf_status page_tree_make(struct page_tree *tree, const struct pyperf_profile *profile,
                                  double least_share, struct pyperf_error *error)
{
    struct links links = {NULL, NULL};
    *tree = (struct page_tree){.count = 0};
    bool made = allocate(tree, profile) && make_links(&links, profile);
    if (made) {
        double least = least_share * ticks_of_threads(profile);
        for (uint32_t i = 0; i < profile->thread_count; i++)
            walk(tree, profile, &links, profile->threads[i].root, least);
        tree->folded = count_folded(profile);
        tree->left_out =
            profile->node_count - tree->count - tree->folded - count_fold_roots(profile);
    }
    free(links.first_child);
    free(links.next_sibling);
    return made ? PYPERF_OK : pyperf_error_set(error, PYPERF_NO_MEMORY, "out of memory");
}

void page_tree_release(struct page_tree *tree)
{
    free(tree->nodes);
    free(tree->depths);
    free(tree->elsewhere);
    free(tree->self);
    *tree = (struct page_tree){.count = 0};
}
