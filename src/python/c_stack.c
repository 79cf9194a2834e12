/* SPDX-License-Identifier: MIT */
#include "python/c_stack.h"

#include <pthread.h>
#include <stddef.h>

__thread uintptr_t c_stack_lowest = UINTPTR_MAX;

/* Where the stack's bounds cannot be found (the main thread's are in /proc), a size that the
 * smallest of usual stacks has. */
static uintptr_t find_lowest(uintptr_t here)
{
    enum { SMALL = 256 * 1024 };
    pthread_attr_t attributes;
    void *bottom;
    size_t size;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0)
        return here - SMALL;
    int failure = pthread_attr_getstack(&attributes, &bottom, &size);
    pthread_attr_destroy(&attributes);
    return failure ? here - SMALL : (uintptr_t)bottom + size / 2;
}

bool c_stack_find(uintptr_t address)
{
    if (c_stack_lowest == UINTPTR_MAX)
        c_stack_lowest = find_lowest(address);
    return address < c_stack_lowest;
}
