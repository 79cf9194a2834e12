/* Threads that were made in C and come into Python by themselves: ctypes and cffi callbacks,
 * Cython's nogil pools, embedded libraries. Up to 3.11 a profile hook is a field of the thread
 * state, and PyGILState_Ensure makes such a thread a new state at each callback, without it.
 *
 * PyGILState_Ensure itself cannot be stood in for: extension modules find the executable's own
 * before that of any library. What every new thread state does once is tell that one is there:
 * up to 3.10 each frame is evaluated through a pointer of the interpreter's, and 3.11 asks its
 * arena allocator for room for the state's first frame.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_PYTHON_FOREIGN_THREADS_H
#define PYPERF_PYTHON_FOREIGN_THREADS_H

#include "python/compat.h"

#if !COMPAT_HAS_MONITORING

/* From now on calls `adopt` with the calling thread's state when Python code comes to run
 * under one that has no profile hook. It must not run Python code; the frame that begins then
 * sees what it has changed. Needs the GIL. */
void foreign_threads_watch(void (*adopt)(PyThreadState *state));

/* Undoes that. */
void foreign_threads_ignore(void);

#endif

#endif
