/* What a forked child takes over from its parent's recording into one of its own.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_RECORDING_WRITER_FORK_H
#define PYPERF_RECORDING_WRITER_FORK_H

#include "recording/writer.h"

/* The calls that a thread had open at one moment. */
struct writer_snapshot;

/* Taken by the thread itself, before the fork: after it, the parent goes on and changes its
 * stack. Free it with free(). NULL: no memory. */
struct writer_snapshot *writer_snapshot_take(const struct writer_thread *thread);

/* Enters in a new thread the calls of the snapshot, from the recording `from`, whose mapping
 * the child still has. They began in the parent, so they are not counted here, and their time
 * begins now. */
void writer_thread_inherit(struct writer_thread *thread, const struct recording_writer *from,
                           const struct writer_snapshot *snapshot);

/* The function in the recording `to` that is the same as one in the recording `from`;
 * RECORDING_NONE: no room. */
uint32_t writer_copy_function(struct recording_writer *to, const struct recording_writer *from,
                              uint32_t index);

#endif
