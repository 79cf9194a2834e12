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

/* An engine that has an id, or had one that the program wanted and found no other. It lives on.
 */
struct tools_owner {
    long tool;   /* TOOLS_NONE: none */
    long events; /* that are asked for of all code; set by register_callbacks */
    /* For the id, which is new. False: an exception is set. */
    bool (*register_callbacks)(PyObject *module, struct tools_owner *owner);
    void (*unregister_callbacks)(PyObject *module, const struct tools_owner *owner);
};

enum { TOOLS_OWNERS = 2 /* the engines for calls and for lines */ };

/* Takes an id, and begins to stand in for the functions of sys.monitoring. False: there is no
 * id, or an exception is set. */
bool tools_install(PyObject *module, struct tools_owner *owner);

/* Gives the id back. */
void tools_remove(struct tools_owner *owner);

/* The events of the owner's id are these, for now. */
void tools_ask_for(const struct tools_owner *owner, long events);

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
