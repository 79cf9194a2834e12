/* Between call_tree_sums.c and folded_sums.c: sums in the making.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_ANALYSIS_CALL_TREE_SUMS_H
#define PYPERF_ANALYSIS_CALL_TREE_SUMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pyperf/profile.h>

#include "analysis/label_table.h"
#include "base/hash_index.h"
#include "base/saturating.h"

/* Counts and ticks of a row or an edge; `active`: how often it is on the current path. */
struct sums {
    uint64_t calls;
    uint64_t primitive_calls;
    uint64_t self;
    uint64_t cumulative;
    uint32_t active;
};

struct edge {
    uint32_t caller; /* label */
    uint32_t callee; /* label */
    struct sums sums;
};

struct summation {
    const struct pyperf_profile *profile;
    bool qualified_names;                /* labels have them */
    const struct pyperf_thread *threads; /* those that are summed up */
    uint32_t thread_count;
    struct label_table labels;
    struct sums *rows;           /* by label */
    uint32_t *label_of_function; /* PYPERF_NO_INDEX: not called so far */
    struct edge *edges;
    size_t edge_count;
    size_t edge_capacity;
    struct hash_index edge_index;
    uint64_t *self;         /* ticks, by node */
    uint32_t *first_child;  /* by node, PYPERF_NO_INDEX: none */
    uint32_t *next_sibling; /* by node, PYPERF_NO_INDEX: none */
    uint32_t *edge_of_node;
};

/* Starts and resumes. */
static inline uint64_t summation_calls(const struct pyperf_node *node)
{
    uint64_t calls = node->calls;
    saturating_add(&calls, node->resumes);
    return calls;
}

/* The label of a function, and the edge between two labels, made if need be. PYPERF_NO_INDEX:
 * no memory. */
uint32_t summation_label(struct summation *sum, uint32_t function);
uint32_t summation_edge(struct summation *sum, uint32_t caller, uint32_t callee);

/* Adds the folded contexts of the threads, below a row of their own. False: no memory. */
bool summation_add_folded(struct summation *sum);

#endif
