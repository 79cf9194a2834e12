/* What the program calls its threads.
 *
 * threading knows a thread by its name from shortly after its first call until shortly before
 * its last one. So the name is looked for at the first calls from new places, and once more
 * when threading is about to forget the thread, for it may have been renamed.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_PYTHON_THREAD_NAMES_H
#define PYPERF_PYTHON_THREAD_NAMES_H

#include "python/compat.h"

#include "recording/writer.h"

/* Private to thread_names_look. */
extern PyCodeObject *thread_names_last_call;
extern __thread unsigned thread_names_tries;
void thread_names_find(struct writer_thread *thread);

/* The calling thread calls `code` from a place that is new. */
static inline void thread_names_look(struct writer_thread *thread, const PyCodeObject *code)
{
    if (__builtin_expect(thread_names_tries != 0 || code == thread_names_last_call, 0))
        thread_names_find(thread);
}

/* For the thread that threading takes for the main one. */
void thread_names_take_main(struct writer_thread *thread);

#endif
