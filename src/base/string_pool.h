/* Strings kept once each, at addresses that never change: two strings from one pool are equal
 * exactly when their pointers are.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_BASE_STRING_POOL_H
#define PYPERF_BASE_STRING_POOL_H

#include <stddef.h>

#include "base/hash_index.h"
#include "base/keyed_hash.h"

struct string_pool {
    struct string_pool_block *blocks;
    const char **strings; /* in the order they came, for the index */
    size_t string_count;
    size_t string_capacity;
    struct hash_index index;
    struct hash_key key;
};

/* A pool of zeros is an empty pool: struct string_pool pool = {0}; */
void string_pool_init(struct string_pool *pool);
void string_pool_release(struct string_pool *pool);

/* The pool's copy of `text` (or of its first `size` bytes, which hold no NUL), valid until the
 * pool is released. NULL: no memory. */
const char *string_pool_add(struct string_pool *pool, const char *text);
const char *string_pool_add_bytes(struct string_pool *pool, const char *text, size_t size);

#endif
