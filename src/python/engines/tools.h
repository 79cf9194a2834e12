/* Sharing the six tool ids of sys.monitoring with the program.
 *
 * Ids are few, and a program may want the very one that we took: then we move to another. It
 * does not see that we hold any. And a tool of its own must not see the return of the very
 * sys.monitoring.set_events call that asked for calls of C functions, as it would not without
 * us: the request is put off until that event is over.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_PYTHON_ENGINES_TOOLS_H
#define PYPERF_PYTHON_ENGINES_TOOLS_H

#include "python/compat.h"

#if COMPAT_HAS_MONITORING

enum { TOOLS_COUNT = 6, TOOLS_NONE = -1 };

/* What the engine does about ids. `tool`: the one it has, or TOOLS_NONE. */
struct tools_owner {
    long tool;
    bool (*take)(PyObject *module, long except); /* one that is free, but not `except` */
    void (*leave)(PyObject *module);             /* the one it has */
    bool calling; /* the calls of sys.monitoring's functions are the engine's own */
};

/* Begins to stand in for the functions of sys.monitoring, once. */
void tools_watch(PyObject *module, struct tools_owner *owner);

/* Does a tool other than ours ask for the calls of C functions? */
bool tools_others_watch_calls(void);

/* A C call has ended that is not on our stack: what was put off is done. */
void tools_call_ended(void);

#endif
#endif
