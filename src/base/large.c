/* SPDX-License-Identifier: MIT */
#include "base/large.h"

#include <stdint.h>
#include <sys/mman.h>

void advise_large(void *block, size_t size)
{
    enum { WORTHWHILE = 4 << 20, PAGE = 4096 /* the kernel rounds by its own */ };
    if (!block || size < WORTHWHILE)
        return;
    uintptr_t start = ((uintptr_t)block + PAGE - 1) & ~(uintptr_t)(PAGE - 1);
    uintptr_t end = ((uintptr_t)block + size) & ~(uintptr_t)(PAGE - 1);
    madvise((void *)start, end - start, MADV_HUGEPAGE);
}
