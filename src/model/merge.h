/* What the files that merge profiles share.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_MODEL_MERGE_H
#define PYPERF_MODEL_MERGE_H

#include <pyperf/merge.h>

#include "base/hash_index.h"
#include "base/keyed_hash.h"

struct pyperf_merge {
    struct hash_key key;        /* profiles come from anywhere */
    struct pyperf_profile *sum; /* strings are in it once each: equal ones have one offset */
    size_t string_capacity;
    size_t function_capacity;
    size_t node_capacity;
    size_t thread_capacity;
    size_t process_capacity;
    struct hash_index strings;   /* offsets */
    struct hash_index functions; /* by what makes them one */
    struct hash_index nodes;     /* by parent and function */
    struct hash_index threads;   /* by process and name */
    struct hash_index children;  /* processes, by command */
    uint32_t *process_of_thread;
    size_t process_of_thread_capacity;
};

/* A profile that is being added, and what its items are in the sum. */
struct merging {
    struct pyperf_merge *merge;
    const struct pyperf_profile *from;
    double scale; /* ticks of the sum in one of `from` */
    uint32_t *functions;
    uint32_t *nodes; /* PYPERF_NO_INDEX: below a root of no thread */
    uint32_t *threads;
};

/* The offset of a string in the sum; PYPERF_NO_INDEX: no memory. */
uint32_t merge_string(struct pyperf_merge *merge, const char *text);

static inline uint32_t merge_pair_hash(const struct hash_key *key, uint32_t a, uint32_t b)
{
    const uint32_t pair[] = {a, b};
    return (uint32_t)keyed_hash(key, pair, sizeof pair);
}

#endif
