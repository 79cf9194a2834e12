/* A set of 32-bit indices into somebody's array, found by hash: open addressing, linear
 * probing. The items themselves stay with their owner, who also compares them.
 *
 *     HASH_INDEX_FOR_EACH (&index, hash, candidate)
 *         if (items[candidate] is the one)
 *             return candidate;
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_BASE_HASH_INDEX_H
#define PYPERF_BASE_HASH_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define HASH_INDEX_EMPTY UINT32_MAX

struct hash_index {
    uint32_t *slots;
    uint32_t mask; /* slots − 1; a power of two less one */
    uint32_t count;
    uint32_t limit; /* items, beyond which there must be more slots */
};

/* The hash of an item that is in the index already, for when the table grows. */
typedef uint32_t hash_index_hasher(const void *context, uint32_t item);

#define HASH_INDEX_FOR_EACH(index, hash, item)                                                 \
    for (uint32_t probe_ = (hash) & (index)->mask, item;                                       \
         ((item) = (index)->slots[probe_]) != HASH_INDEX_EMPTY;                                \
         probe_ = (probe_ + 1) & (index)->mask)

/* `size`: slots to begin with, a power of two. False: no memory. */
bool hash_index_init(struct hash_index *index, uint32_t size);
void hash_index_release(struct hash_index *index);

/* Adds an item that is not there yet. False, with nothing changed: no memory. */
bool hash_index_add(struct hash_index *index, uint32_t hash, uint32_t item,
                    hash_index_hasher *hasher, const void *context);

/* Makes the index anew, of twice the size or what it takes, of the items 0 to `count` - 1, some
 * of which may not have been in it. Each one's hash lies `stride` bytes behind the one's before
 * it. To go through them in order is several times
 * faster than to go through the slots, which are in none. False, with nothing changed: no
 * memory. */
bool hash_index_grow(struct hash_index *index, const uint32_t *hashes, size_t stride,
                     uint32_t count);

/* FNV-1a: what is hashed is short, and nobody gains by making a profile of his own slow. */
static inline uint64_t hash_bytes(const char *text, size_t size)
{
    uint64_t hash = 0xCBF29CE484222325u;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (unsigned char)text[i]) * 0x100000001B3u;
    return hash;
}

/* Any 64 bits, as a hash for the index. */
static inline uint32_t hash_mix(uint64_t value)
{
    value *= 0x9E3779B97F4A7C15u; /* 2^64 / golden ratio */
    return (uint32_t)(value >> 32) ^ (uint32_t)(value >> 8);
}

#endif
