/* SPDX-License-Identifier: MIT */
#include "recording/key_map.h"

#include <stdlib.h>

bool key_map_init(struct key_map *map, uint32_t size)
{
    map->slots = calloc(size, sizeof *map->slots);
    map->mask = size - 1;
    map->count = 0;
    return map->slots != NULL;
}

void key_map_release(struct key_map *map)
{
    free(map->slots);
    map->slots = NULL;
}

/* The slot that holds the key, or the empty one where it belongs. */
static struct key_map_slot *find_slot(struct key_map_slot *slots, uint32_t mask, uint64_t key)
{
    uint32_t probe = hash_mix(key) & mask;
    while (slots[probe].key && slots[probe].key != key)
        probe = (probe + 1) & mask;
    return &slots[probe];
}

static bool grow(struct key_map *map)
{
    if (map->mask > UINT32_MAX / 4)
        return false;
    uint32_t mask = map->mask * 2 + 1;
    struct key_map_slot *slots = calloc((size_t)mask + 1, sizeof *slots);
    if (!slots)
        return false;
    for (uint32_t i = 0; i <= map->mask; i++)
        if (map->slots[i].key)
            *find_slot(slots, mask, map->slots[i].key) = map->slots[i];
    free(map->slots);
    map->slots = slots;
    map->mask = mask;
    return true;
}

bool key_map_put(struct key_map *map, uint64_t key, uint32_t value)
{
    if ((uint64_t)map->count * 2 >= map->mask && !grow(map))
        return false;
    struct key_map_slot *slot = find_slot(map->slots, map->mask, key);
    if (!slot->key)
        map->count++;
    slot->key = key;
    slot->value = value;
    return true;
}

void key_map_remove(struct key_map *map, uint64_t key)
{
    struct key_map_slot *slot = find_slot(map->slots, map->mask, key);
    if (!slot->key)
        return;
    map->count--;
    /* Closing the gap instead of marking it keeps look-ups of absent keys short: whatever
     * follows in the same run and could live here moves here. */
    uint32_t gap = (uint32_t)(slot - map->slots);
    uint32_t probe = gap;
    for (;;) {
        probe = (probe + 1) & map->mask;
        if (!map->slots[probe].key)
            break;
        uint32_t home = hash_mix(map->slots[probe].key) & map->mask;
        if (((probe - home) & map->mask) < ((probe - gap) & map->mask))
            continue;
        map->slots[gap] = map->slots[probe];
        gap = probe;
    }
    map->slots[gap].key = 0;
}
