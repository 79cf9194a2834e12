/* Reading what a run recorded, while it still runs, after it ended, or after it was killed.
 *
 * A session is a directory that the supervisor made for one run: `options` says what was run
 * and how, `recording` is the file that the recorded process maps. Recordings are untrusted
 * input: every index and length in them is checked.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_SESSION_H
#define PYPERF_SESSION_H

#include <pyperf/error.h>
#include <pyperf/profile.h>

/* The moment a recorded process was seen to end, in nanoseconds of CLOCK_MONOTONIC, closes the
 * frames that were open then; 0: not known, the latest moment in the recording is used. */
enum pyperf_status pyperf_session_read(const char *directory, uint64_t ended_monotonic,
                                       struct pyperf_profile **profile,
                                       struct pyperf_error *error);

#endif
