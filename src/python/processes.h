/* Forked children: let go of their parent's recording, and record into one of their own where
 * they are to be followed. (Children that become other programs are the hosts' business:
 * hosts/children.h.)
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_PYTHON_PROCESSES_H
#define PYPERF_PYTHON_PROCESSES_H

#include "python/recorder.h"

/* Maps the recording that this process shall write, under a name of its own in the session's
 * directory. */
enum pyperf_status processes_open_recording(struct recording_writer *writer,
                                            const struct record_options *options,
                                            struct pyperf_error *error);

/* From now on forks are noticed. Returns an errno, or 0. */
int processes_watch_forks(void);

/* At the first event in a forked child that is followed: begins its recording, with the calls
 * open in which it was forked, and returns the calling thread's record. NULL in others, and
 * where there is no room. Most children that are forked become other programs before their
 * first event, and cost nothing. */
struct writer_thread *processes_adopt(void);

#endif
