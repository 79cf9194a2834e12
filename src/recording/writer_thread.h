/* Between writer.c and writer_thread.c.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_RECORDING_WRITER_THREAD_H
#define PYPERF_RECORDING_WRITER_THREAD_H

#include <stdbool.h>
#include <stdint.h>

struct recording_writer;
struct writer_thread;

/* Makes room for more frames; false: there is none. */
bool writer_grow_stack(struct writer_thread *thread);

/* Notes what the threads that have not ended have used so far. */
void writer_note_live_threads(struct recording_writer *writer);

#endif
