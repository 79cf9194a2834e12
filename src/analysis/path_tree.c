/* SPDX-License-Identifier: MIT */
#include "analysis/path_tree.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/saturating.h"

enum { FIRST_INDEX_SIZE = 1024 };

/* ---- Nodes ---- */

static uint32_t hash_path(uint32_t parent, uint32_t function)
{
    return hash_mix((uint64_t)parent << 32 | function);
}

static uint32_t hash_node(const void *context, uint32_t item)
{
    const struct path_tree *tree = context;
    return hash_path(tree->nodes[item].parent, tree->nodes[item].function);
}

/* PYPERF_NO_INDEX: no memory. */
static uint32_t append(struct path_tree *tree, uint32_t parent, uint32_t function)
{
    uint32_t added = tree->count;
    if (added == PYPERF_NO_INDEX - 1 ||
        !array_reserve((void **)&tree->nodes, &tree->node_capacity, (size_t)added + 1,
                       sizeof *tree->nodes) ||
        !array_reserve((void **)&tree->figures, &tree->figure_capacity,
                       ((size_t)added + 1) * tree->columns, sizeof *tree->figures))
        return PYPERF_NO_INDEX;
    tree->nodes[added] = (struct path_node){parent, function};
    for (uint32_t column = 0; column < tree->columns; column++)
        *path_tree_figures(tree, added, column) = (struct path_figures){.calls = 0};
    tree->count++;
    return added;
}

static uint32_t child(struct path_tree *tree, uint32_t parent, uint32_t function)
{
    uint32_t hash = hash_path(parent, function);
    HASH_INDEX_FOR_EACH(&tree->index, hash, candidate)
    if (tree->nodes[candidate].parent == parent && tree->nodes[candidate].function == function)
        return candidate;
    uint32_t added = append(tree, parent, function);
    if (added != PYPERF_NO_INDEX && !hash_index_add(&tree->index, hash, added, hash_node, tree))
        return PYPERF_NO_INDEX;
    return added;
}

bool path_tree_init(struct path_tree *tree, uint32_t columns)
{
    *tree = (struct path_tree){.columns = columns};
    return hash_index_init(&tree->index, FIRST_INDEX_SIZE) &&
           append(tree, PYPERF_NO_INDEX, PYPERF_NO_INDEX) != PYPERF_NO_INDEX;
}

void path_tree_release(struct path_tree *tree)
{
    free(tree->nodes);
    free(tree->figures);
    if (tree->index.slots)
        hash_index_release(&tree->index);
    *tree = (struct path_tree){.nodes = NULL};
}

/* ---- Adding a profile ---- */

struct addition {
    struct path_tree *tree;
    uint32_t column;
    const struct pyperf_profile *profile;
    const uint32_t *functions;
    double seconds_per_tick;
    uint64_t *self;  /* ticks, by the profile's nodes */
    uint32_t *paths; /* by the profile's nodes; PYPERF_NO_INDEX: not of these threads, or below
                        a fold root, whose time is in the `folded` of others */
};

/* The threads' roots are the root of all paths. */
static void mark_roots(struct addition *addition, uint32_t first, uint32_t count)
{
    for (uint32_t i = 0; i < addition->profile->node_count; i++)
        addition->paths[i] = PYPERF_NO_INDEX;
    for (uint32_t i = first; i < first + count; i++)
        addition->paths[addition->profile->threads[i].root] = 0;
}

static bool add_node(struct addition *addition, uint32_t index)
{
    struct path_tree *tree = addition->tree;
    const struct pyperf_node *node = &addition->profile->nodes[index];
    uint32_t function = PATH_TREE_HIDDEN;
    uint32_t path = addition->paths[index];
    bool root = node->parent == PYPERF_NO_INDEX;
    if (!root) {
        path = addition->paths[node->parent];
        function = addition->functions[node->function];
    }
    if (path == PYPERF_NO_INDEX)
        return true;
    if (!root && function != PATH_TREE_HIDDEN)
        path = child(tree, path, function);
    if (path == PYPERF_NO_INDEX)
        return false;
    addition->paths[index] = path;
    struct path_figures *figures = path_tree_figures(tree, path, addition->column);
    double self = (double)addition->self[index] * addition->seconds_per_tick;
    figures->folded += (double)node->folded * addition->seconds_per_tick;
    if (root || function != PATH_TREE_HIDDEN) {
        figures->self += self;
        saturating_add(&figures->calls, root ? 0 : node->calls);
        saturating_add(&figures->resumes, node->resumes);
    } else {
        figures->hidden += self;
        saturating_add(&tree->hidden_calls, saturating_sum(node->calls, node->resumes));
    }
    return true;
}

bool path_tree_add(struct path_tree *tree, uint32_t column,
                   const struct pyperf_profile *profile, const uint32_t *functions,
                   uint32_t first, uint32_t thread_count)
{
    struct addition addition = {
        .tree = tree,
        .column = column,
        .profile = profile,
        .functions = functions,
        .seconds_per_tick = profile->run.nanoseconds_per_tick / 1e9,
        .self = pyperf_profile_self_ticks(profile),
        .paths = malloc(((size_t)profile->node_count + 1) * sizeof *addition.paths),
    };
    bool done = addition.self && addition.paths;
    if (done)
        mark_roots(&addition, first, thread_count);
    for (uint32_t i = 0; done && i < profile->node_count; i++)
        done = add_node(&addition, i);
    free(addition.self);
    free(addition.paths);
    return done;
}

void path_tree_sum_up(struct path_tree *tree)
{
    for (uint32_t i = tree->count; i-- > 0;) {
        for (uint32_t column = 0; column < tree->columns; column++) {
            struct path_figures *figures = path_tree_figures(tree, i, column);
            figures->inclusive += figures->self + figures->hidden + figures->folded;
            if (i > 0)
                path_tree_figures(tree, tree->nodes[i].parent, column)->inclusive +=
                    figures->inclusive;
        }
    }
}
