/* A map from addresses to 32-bit indices, with removal: open addressing, linear probing.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_RECORDING_KEY_MAP_H
#define PYPERF_RECORDING_KEY_MAP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hash_index.h"

struct key_map_slot {
    uint64_t key; /* 0: empty */
    uint32_t value;
};

struct key_map {
    struct key_map_slot *slots;
    uint32_t mask; /* slots − 1; a power of two less one */
    uint32_t count;
};

bool key_map_init(struct key_map *map, uint32_t size);
void key_map_release(struct key_map *map);

/* Adds or replaces; `key` is not 0. False: no memory, nothing changed. */
bool key_map_put(struct key_map *map, uint64_t key, uint32_t value);

/* Takes the key out; unknown keys are ignored. */
void key_map_remove(struct key_map *map, uint64_t key);

/* The value of a key, or UINT32_MAX. */
static inline uint32_t key_map_find(const struct key_map *map, uint64_t key)
{
    uint32_t probe = hash_mix(key) & map->mask;
    while (map->slots[probe].key != key) {
        if (!map->slots[probe].key)
            return UINT32_MAX;
        probe = (probe + 1) & map->mask;
    }
    return map->slots[probe].value;
}

#endif
