/* The call paths of one or more profiles in one tree: threads are put together, equal paths
 * are one, and functions may be left out.
 *
 * Functions are numbers that the caller gives them. Every node's parent has a smaller index;
 * node 0 is the root. Each column of figures belongs to one profile.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_ANALYSIS_PATH_TREE_H
#define PYPERF_ANALYSIS_PATH_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include <pyperf/profile.h>

#include "base/hash_index.h"

/* A function that is left out: its own time is `hidden` where it was called from, and what it
 * called appears to be called from there. */
#define PATH_TREE_HIDDEN PYPERF_NO_INDEX

struct path_node {
    uint32_t parent;
    uint32_t function; /* PYPERF_NO_INDEX of the root */
};

/* inclusive = self + hidden + folded + the children's inclusive */
struct path_figures {
    uint64_t calls; /* starts */
    uint64_t resumes;
    double self;      /* seconds */
    double hidden;    /* seconds in functions that were left out */
    double folded;    /* seconds in contexts that were folded */
    double inclusive; /* seconds */
};

struct path_tree {
    struct path_node *nodes;
    struct path_figures *figures; /* by node and column */
    uint32_t count;
    uint32_t columns;
    size_t node_capacity;
    size_t figure_capacity;
    struct hash_index index;
    uint64_t hidden_calls; /* of functions that were left out */
};

/* False: no memory. Release in either case. */
bool path_tree_init(struct path_tree *tree, uint32_t columns);
void path_tree_release(struct path_tree *tree);

/* Adds the threads from `first` on. `functions`: the number of each of the profile's functions.
 * False: no memory, or more paths than numbers. */
bool path_tree_add(struct path_tree *tree, uint32_t column,
                   const struct pyperf_profile *profile, const uint32_t *functions,
                   uint32_t first, uint32_t thread_count);

/* Once everything was added: makes inclusive times. */
void path_tree_sum_up(struct path_tree *tree);

static inline struct path_figures *path_tree_figures(const struct path_tree *tree,
                                                     uint32_t node, uint32_t column)
{
    return &tree->figures[(size_t)node * tree->columns + column];
}

#endif
