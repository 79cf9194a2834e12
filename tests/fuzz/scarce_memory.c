/* SPDX-License-Identifier: MIT */
#include "scarce_memory.h"

#include <stdlib.h>

#include "base/hash_index.h"

enum { ONE_IN = 4, MOST = 256 /* allocations before the one that fails */ };

static size_t left = SIZE_MAX; /* allocations that succeed */

void scarce_memory_begin(const uint8_t *data, size_t size)
{
    uint32_t hash = hash_mix(hash_bytes((const char *)data, size));
    if (hash % ONE_IN == 0)
        left = hash / ONE_IN % MOST;
}

void scarce_memory_end(void)
{
    left = SIZE_MAX;
}

static int succeeds(void)
{
    if (left == 0)
        return 0;
    left -= left != SIZE_MAX;
    return 1;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);

void *__wrap_malloc(size_t size)
{
    return succeeds() ? __real_malloc(size) : NULL;
}

void *__wrap_calloc(size_t count, size_t size)
{
    return succeeds() ? __real_calloc(count, size) : NULL;
}

void *__wrap_realloc(void *block, size_t size)
{
    return succeeds() ? __real_realloc(block, size) : NULL;
}
