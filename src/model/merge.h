/* What the files that merge profiles share.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_MODEL_MERGE_H
#define PYPERF_MODEL_MERGE_H

#include <pyperf/merge.h>

#include "base/hash_index.h"
#include "base/keyed_hash.h"
#include "model/profile_growth.h"

struct pyperf_merge {
    struct hash_key key; /* profiles come from anywhere */
    struct pyperf_profile *sum;
    struct profile_growth growth; /* of the sum */
    size_t node_capacity;
    size_t thread_capacity;
    size_t process_capacity;
    struct hash_index nodes;    /* by parent and function */
    struct hash_index threads;  /* by process and name */
    struct hash_index children; /* processes, by command */
    uint32_t *process_of_thread;
    size_t process_of_thread_capacity;
    size_t lines_limit; /* items in the lines' tables from which on these are added up */
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

static inline uint32_t merge_pair_hash(const struct hash_key *key, uint32_t a, uint32_t b)
{
    const uint32_t pair[] = {a, b};
    return (uint32_t)keyed_hash(key, pair, sizeof pair);
}

#endif
