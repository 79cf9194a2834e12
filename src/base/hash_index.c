/* SPDX-License-Identifier: MIT */
#include "base/hash_index.h"

static uint32_t *create_slots(uint32_t size)
{
    uint32_t *slots = malloc((size_t)size * sizeof *slots);
    if (slots)
        for (uint32_t i = 0; i < size; i++)
            slots[i] = HASH_INDEX_EMPTY;
    return slots;
}

static void insert(uint32_t *slots, uint32_t mask, uint32_t hash, uint32_t item)
{
    uint32_t probe = hash & mask;
    while (slots[probe] != HASH_INDEX_EMPTY)
        probe = (probe + 1) & mask;
    slots[probe] = item;
}

/* At most three quarters full: probes stay short, an item costs 5 to 11 bytes of table. */
static uint32_t limit_of(uint32_t slots)
{
    return slots / 4 * 3;
}

bool hash_index_init(struct hash_index *index, uint32_t size)
{
    index->slots = create_slots(size);
    index->mask = size - 1;
    index->count = 0;
    index->limit = limit_of(size);
    return index->slots != NULL;
}

void hash_index_release(struct hash_index *index)
{
    free(index->slots);
    index->slots = NULL;
}

/* An empty index of at least twice the size, with room for `items`. */
static bool create_larger(const struct hash_index *index, uint32_t items,
                          struct hash_index *larger)
{
    uint32_t mask = index->mask;
    do {
        if (mask > UINT32_MAX / 4)
            return false;
        mask = mask * 2 + 1;
    } while (limit_of(mask + 1) < items);
    return hash_index_init(larger, mask + 1);
}

static void put(struct hash_index *index, uint32_t hash, uint32_t item)
{
    insert(index->slots, index->mask, hash, item);
    index->count++;
}

static void replace(struct hash_index *index, const struct hash_index *larger)
{
    hash_index_release(index);
    *index = *larger;
}

static bool grow(struct hash_index *index, hash_index_hasher *hasher, const void *context)
{
    struct hash_index larger;
    if (!create_larger(index, index->count, &larger))
        return false;
    for (uint32_t i = 0; i <= index->mask; i++)
        if (index->slots[i] != HASH_INDEX_EMPTY)
            put(&larger, hasher(context, index->slots[i]), index->slots[i]);
    replace(index, &larger);
    return true;
}

bool hash_index_grow(struct hash_index *index, const uint32_t *hashes, size_t stride,
                     uint32_t count)
{
    struct hash_index larger;
    if (!create_larger(index, count, &larger))
        return false;
    const char *hash = (const char *)hashes;
    for (uint32_t item = 0; item < count; item++, hash += stride)
        put(&larger, *(const uint32_t *)(const void *)hash, item);
    replace(index, &larger);
    return true;
}

bool hash_index_add(struct hash_index *index, uint32_t hash, uint32_t item,
                    hash_index_hasher *hasher, const void *context)
{
    if (index->count >= index->limit && !grow(index, hasher, context))
        return false;
    put(index, hash, item);
    return true;
}
