/* A profile's call tree as formats write it: weighed, heaviest first, without folded loose
 * ends.
 *
 * A node's weight is its own; its total is the weight of everything from it downwards, so the
 * totals of a node's children and its own weight are its total, always. Folded contexts hang
 * below the root of their thread, each with its weight alone: what they called is not known.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_FORMATS_CALL_TREE_H
#define PYPERF_FORMATS_CALL_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include <pyperf/formats.h>

#include "base/saturating.h"

/* Arrays by node; PYPERF_NO_INDEX: none. */
struct call_tree {
    const struct pyperf_profile *profile;
    uint64_t *weight; /* ticks of its own, or calls */
    uint64_t *total;
    uint32_t *parent;
    uint32_t *first_child; /* the heaviest */
    uint32_t *next_sibling;
    double scale; /* nanoseconds, or calls, in a unit of weight */
};

/* Of `content`'s profile; refuses, in the name of the format, where there is none. Release it
 * in any case. */
enum pyperf_status call_tree_create(struct call_tree *tree, const struct pyperf_export *content,
                                    const char *format, struct pyperf_error *error);
void call_tree_release(struct call_tree *tree);

/* The weight of all threads. */
uint64_t call_tree_total(const struct call_tree *tree);

/* Activations of a node: starts and resumptions; of roots, which nobody calls, none. */
uint64_t call_tree_calls(const struct call_tree *tree, uint32_t node);

/* A walk that meets every node twice, on entering and on leaving it:
 *
 *     struct tree_walk walk = tree_walk_start(tree, root);
 *     for (; walk.node != PYPERF_NO_INDEX; tree_walk_next(&walk)) */
struct tree_walk {
    const struct call_tree *tree;
    uint32_t root;
    uint32_t node;
    uint32_t depth; /* the root's is 0 */
    bool leaving;
};

static inline struct tree_walk tree_walk_start(const struct call_tree *tree, uint32_t root)
{
    return (struct tree_walk){.tree = tree, .root = root, .node = root};
}

void tree_walk_next(struct tree_walk *walk);

/* On entering a node: does not go into it, and does not meet it on leaving. */
static inline void tree_walk_skip(struct tree_walk *walk)
{
    walk->leaving = true;
}

/* Weights as whole numbers of a unit whose sum is that of the weights, rounded once: each takes
 * what the ones before it left. */
struct whole_numbers {
    double scale; /* units in one of weight */
    uint64_t weight;
    uint64_t given;
};

/* The sum so far, in units. */
static inline uint64_t whole_numbers_sum(const struct whole_numbers *numbers)
{
    return saturating_from((double)numbers->weight * numbers->scale + 0.5);
}

static inline uint64_t whole_numbers_next(struct whole_numbers *numbers, uint64_t weight)
{
    saturating_add(&numbers->weight, weight);
    uint64_t sum = whole_numbers_sum(numbers);
    uint64_t number = sum - numbers->given;
    numbers->given = sum;
    return number;
}

#endif
