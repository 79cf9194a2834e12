/* Sharing the six tool ids of sys.monitoring with the program: of the engines for calls and for
 * lines, each has one.
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

/* What an engine does about ids. `tool`: the one it has, or TOOLS_NONE. */
struct tools_owner {
    long tool;
    bool (*take)(PyObject *module, long except); /* one that is free, but not `except` */
    void (*leave)(PyObject *module);             /* the one it has */
};

enum { TOOLS_OWNERS = 2 /* the engines for calls and for lines */ };

/* Begins to stand in for the functions of sys.monitoring, for an owner that lives on. */
void tools_watch(PyObject *module, struct tools_owner *owner);

/* Takes an id that nobody has, but not `except`; TOOLS_NONE: there is none. Ids 0 to 2 and 5
 * have meanings; 3 and 4 are free for all, and taken first. */
long tools_use_free_id(PyObject *module, long except);

/* Gives an id back whose events were ended. */
void tools_free_id(PyObject *module, long tool);

/* The events of that tool, from now on, are these. False: an exception is set. */
bool tools_set_events(PyObject *module, long tool, long events);

/* The number of an event, by its name in sys.monitoring.events; 0, with an exception set, where
 * there is none such. */
long tools_event(PyObject *module, const char *name);

/* Registers `callback` for an event, or Py_None. False: an exception is set. */
bool tools_register(PyObject *module, long tool, long event, PyObject *callback);

/* Between these, the program's exception is put aside, and nothing stands in for the functions
 * of sys.monitoring. */
struct compat_exception tools_begin_own_calls(void);
void tools_end_own_calls(struct compat_exception saved);

/* Does a tool other than ours ask for the calls of C functions? */
bool tools_others_watch_calls(void);

/* A C call has ended that is not on our stack: what was put off is done. */
void tools_call_ended(void);

#endif
#endif
