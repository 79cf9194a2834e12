/* The session directories that are found in a directory for temporary files: of runs that go
 * on, and those that were kept, because pyperf was killed or could not deliver.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_RECORDING_KEPT_SESSIONS_H
#define PYPERF_RECORDING_KEPT_SESSIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pyperf/error.h>

struct kept_session {
    char *directory;
    char *program;       /* as in struct session_facts */
    uint64_t started_at; /* nanoseconds since the epoch */
    int64_t pid;         /* of the recorded process, while it runs; else 0 */
    size_t running;      /* recorded processes that still run, children included */
    bool in_use;         /* a supervisor looks after it, or its process runs */
    bool empty;          /* Python never came to run the program */
    bool named;          /* the user has been told of it: session_note_named */
};

struct kept_sessions {
    struct kept_session *sessions; /* oldest first */
    size_t count;
};

/* Finds the sessions in `parent` that belong to the user we run as; others' are left out.
 * Release in either case. */
enum pyperf_status kept_sessions_find(struct kept_sessions *found, const char *parent,
                                      struct pyperf_error *error);
void kept_sessions_release(struct kept_sessions *found);

#endif
