/* Standing beside a profile function of the program's own (sys.setprofile).
 *
 * Without us, the call of sys.setprofile that installs a function is not seen by it, because
 * nothing was watching when that call began. With us something is, so that the interpreter
 * reports the return of sys.setprofile to the function just installed: the `profile` module
 * dies of that ("Bad return"). This event is swallowed here. And where there is one profile
 * hook per thread (up to 3.11), ours is put back when the program, or a profiler that it uses,
 * takes its own out.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_PYTHON_PROFILE_FUNCTION_H
#define PYPERF_PYTHON_PROFILE_FUNCTION_H

/* Begins to watch sys.setprofile, once. Needs the GIL. */
void profile_function_watch(void);

/* The interpreter announces (audit event sys.setprofile) that somebody, cProfile perhaps, is
 * about to change the calling thread's profile hook. */
void profile_function_changing(void);

#endif
