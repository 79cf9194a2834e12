/* Which node a callee has below its caller: a direct-mapped cache in front of the writer's
 * index of all contexts. Unlike a last callee per node it holds loops that call several
 * functions in turn, and a hit touches no node but the callee's.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_RECORDING_CONTEXT_CACHE_H
#define PYPERF_RECORDING_CONTEXT_CACHE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

enum { CONTEXT_CACHE_BITS = 14 };

struct context_cache_slot {
    uint64_t key;    /* the callee's; 0: empty */
    uint32_t caller; /* node */
    uint32_t node;
};

struct context_cache {
    struct context_cache_slot *slots; /* 2^CONTEXT_CACHE_BITS */
};

/* False: no memory. */
static inline bool context_cache_init(struct context_cache *cache)
{
    cache->slots = calloc((size_t)1 << CONTEXT_CACHE_BITS, sizeof *cache->slots);
    return cache->slots != NULL;
}

static inline void context_cache_release(struct context_cache *cache)
{
    free(cache->slots);
    cache->slots = NULL;
}

/* The one slot where a context can be. */
static inline struct context_cache_slot *context_cache_slot(struct context_cache_slot *slots,
                                                            uint32_t caller, uint64_t key)
{
    /* Addresses differ in their lower bits, nodes too: a shift sets them apart. */
    uint64_t mixed = (key ^ (uint64_t)caller << 40) * 0x9E3779B97F4A7C15u;
    return &slots[mixed >> (64 - CONTEXT_CACHE_BITS)];
}

static inline void context_cache_put(struct context_cache *cache, uint32_t caller, uint64_t key,
                                     uint32_t node)
{
    *context_cache_slot(cache->slots, caller, key) =
        (struct context_cache_slot){.key = key, .caller = caller, .node = node};
}

static inline void context_cache_forget(struct context_cache *cache, uint32_t caller,
                                        uint64_t key)
{
    struct context_cache_slot *slot = context_cache_slot(cache->slots, caller, key);
    if (slot->key == key && slot->caller == caller)
        slot->key = 0;
}

#endif
