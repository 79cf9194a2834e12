/* What programs know from kernprof: `profile`, with which they say whose lines they want.
 *
 * It is an object in builtins, and `line_profiler.profile` where line_profiler is not
 * installed. As a decorator it notes the function, and returns it as it is: nothing is wrapped,
 * so that generators, coroutines, properties and class methods stay what they are. As a context
 * manager, and with the methods of line_profiler's object, it does what that does to a program:
 * nothing to be seen.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_PYTHON_DECORATOR_H
#define PYPERF_PYTHON_DECORATOR_H

#include "python/compat.h"

/* Puts it into builtins, once, unless there is a `profile`. Needs the GIL; keeps a pending
 * exception. */
void decorator_install(void);

/* A module is about to be imported (audit event "import", with its arguments): makes up a
 * line_profiler if that is the one, and there is none. */
void decorator_importing(PyObject *arguments);

#endif
