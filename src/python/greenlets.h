/* Greenlets (and gevent, which is built on them): a thread's C stack is exchanged for another
 * inside a call of a C function, so that calls end on another stack than they began on.
 *
 * No event tells of it, and looking at every event for a frame that does not belong on top of
 * the stack would cost something each time. The greenlet module tells after each switch who
 * asks it to (greenlet.settrace), in each thread for itself; so the recorder asks.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_PYTHON_GREENLETS_H
#define PYPERF_PYTHON_GREENLETS_H

#include "python/compat.h"

/* Finds the greenlet module, now or when it is imported. Needs the GIL; leaves no exception. */
void greenlets_watch(void);

/* Private to greenlets_look. */
extern PyObject *greenlets_module;
extern __thread bool greenlets_traced;
void greenlets_trace_thread(void);

/* Has the calling thread's switches told, once there is the module. To be called where a thread
 * enters a context that is new: the first call in a greenlet is one. */
static inline void greenlets_look(void)
{
    if (__builtin_expect(greenlets_module && !greenlets_traced, 0))
        greenlets_trace_thread();
}

#endif
