/* SPDX-License-Identifier: MIT */
#include "base/string_pool.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

enum { BLOCK_SIZE = 64 * 1024, FIRST_INDEX_SIZE = 256 };

/* Blocks are chained rather than reallocated: that is what keeps the addresses. */
struct string_pool_block {
    struct string_pool_block *next;
    size_t used;
    size_t size;
    char bytes[];
};

void string_pool_init(struct string_pool *pool)
{
    *pool = (struct string_pool){0};
}

void string_pool_release(struct string_pool *pool)
{
    while (pool->blocks) {
        struct string_pool_block *next = pool->blocks->next;
        free(pool->blocks);
        pool->blocks = next;
    }
    free(pool->strings);
    if (pool->index.slots)
        hash_index_release(&pool->index);
    string_pool_init(pool);
}

static uint32_t hash_item(const void *context, uint32_t item)
{
    const struct string_pool *pool = context;
    return (uint32_t)keyed_hash(&pool->key, pool->strings[item], strlen(pool->strings[item]));
}

static char *allocate(struct string_pool *pool, size_t size)
{
    struct string_pool_block *block = pool->blocks;
    if (!block || block->size - block->used < size) {
        size_t capacity = size > BLOCK_SIZE ? size : BLOCK_SIZE;
        block = malloc(sizeof *block + capacity);
        if (!block)
            return NULL;
        block->next = pool->blocks;
        block->used = 0;
        block->size = capacity;
        pool->blocks = block;
    }
    char *bytes = block->bytes + block->used;
    block->used += size;
    return bytes;
}

const char *string_pool_add_bytes(struct string_pool *pool, const char *text, size_t size)
{
    if (!pool->index.slots) {
        pool->key = hash_key_random();
        if (!hash_index_init(&pool->index, FIRST_INDEX_SIZE))
            return NULL;
    }
    uint32_t hash = (uint32_t)keyed_hash(&pool->key, text, size);
    HASH_INDEX_FOR_EACH(&pool->index, hash, candidate)
    {
        const char *string = pool->strings[candidate];
        if (strncmp(string, text, size) == 0 && string[size] == '\0')
            return string;
    }
    if (pool->string_count >= HASH_INDEX_EMPTY ||
        !array_reserve((void **)&pool->strings, &pool->string_capacity, pool->string_count + 1,
                       sizeof *pool->strings))
        return NULL;
    char *copy = allocate(pool, size + 1);
    if (!copy)
        return NULL;
    memcpy(copy, text, size);
    copy[size] = '\0';
    pool->strings[pool->string_count] = copy;
    if (!hash_index_add(&pool->index, hash, (uint32_t)pool->string_count, hash_item, pool))
        return NULL;
    pool->string_count++;
    return copy;
}

const char *string_pool_add(struct string_pool *pool, const char *text)
{
    return string_pool_add_bytes(pool, text, strlen(text));
}
