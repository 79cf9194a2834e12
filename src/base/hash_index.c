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

static bool grow(struct hash_index *index, hash_index_hasher *hasher, const void *context)
{
    if (index->mask > UINT32_MAX / 4)
        return false;
    uint32_t mask = index->mask * 2 + 1;
    uint32_t *slots = create_slots(mask + 1);
    if (!slots)
        return false;
    for (uint32_t i = 0; i <= index->mask; i++)
        if (index->slots[i] != HASH_INDEX_EMPTY)
            insert(slots, mask, hasher(context, index->slots[i]), index->slots[i]);
    free(index->slots);
    index->slots = slots;
    index->mask = mask;
    index->limit = limit_of(mask + 1);
    return true;
}

bool hash_index_grow(struct hash_index *index, const uint32_t *hashes, size_t stride,
                     uint32_t count)
{
    if (index->mask > UINT32_MAX / 4)
        return false;
    uint32_t mask = index->mask * 2 + 1;
    uint32_t *slots = create_slots(mask + 1);
    if (!slots)
        return false;
    const char *hash = (const char *)hashes;
    for (uint32_t item = 0; item < count; item++, hash += stride)
        insert(slots, mask, *(const uint32_t *)(const void *)hash, item);
    hash_index_release(index);
    *index = (struct hash_index){slots, mask, count, limit_of(mask + 1)};
    return true;
}

bool hash_index_add(struct hash_index *index, uint32_t hash, uint32_t item,
                    hash_index_hasher *hasher, const void *context)
{
    if (index->count >= index->limit && !grow(index, hasher, context))
        return false;
    insert(index->slots, index->mask, hash, item);
    index->count++;
    return true;
}
