/* Reading what a run recorded, while it still runs, after it ended, or after it was killed.
 *
 * A session is a directory that the supervisor made for one run: `session` says what was run,
 * `recording` is the file that the recorded process maps, and `recording.PID.N` are those of
 * the children that were followed. Recordings are untrusted input: every index and length in
 * them is checked.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_SESSION_H
#define PYPERF_SESSION_H

#include <pyperf/error.h>
#include <pyperf/profile.h>

/* Reads the program's own recording. The moment it was seen to end, in nanoseconds of
 * CLOCK_MONOTONIC, closes the calls that were open then; 0: not known, the latest moment in the
 * recording is used. The caller frees the profile. */
enum pyperf_status pyperf_session_read(const char *directory, uint64_t ended_monotonic,
                                       struct pyperf_profile **profile,
                                       struct pyperf_error *error);

/* The recordings of a session. */
struct pyperf_session {
    struct pyperf_profile **processes; /* the first is the program's own */
    size_t count;
    size_t unreadable;                    /* children's recordings that could not be read, */
    struct pyperf_error first_unreadable; /* and why the first of them could not */
};

/* Reads those of children, too. When they ended nobody saw: the latest moment in their
 * recordings is used. Fails when the program's own cannot be read. Release the session in any
 * case. */
enum pyperf_status pyperf_session_read_all(const char *directory, uint64_t ended_monotonic,
                                           struct pyperf_session *session,
                                           struct pyperf_error *error);
void pyperf_session_release(struct pyperf_session *session);

/* Makes one profile of all of them, the first, and returns it; the caller frees it. NULL and an
 * error when there is no memory. */
struct pyperf_profile *pyperf_session_merge(struct pyperf_session *session,
                                            struct pyperf_error *error);

/* How many processes still write to the session. */
size_t pyperf_session_running(const char *directory);

#endif
