/* The files of a session directory, and how the supervisor makes one.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_RECORDING_SESSION_H
#define PYPERF_RECORDING_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pyperf/error.h>

enum { SESSION_PATH_SIZE = 4200 /* bytes */ };

#define SESSION_PREFIX           "pyperf-"   /* six more characters make the name */
#define SESSION_DESCRIPTION_FILE "session"   /* text, name=value lines, see session.c */
#define SESSION_RECORDING_FILE   "recording" /* see layout.h; of children: recording.PID.N */
#define SESSION_CALIBRATION_FILE                                                               \
    "costs" /* costs.PID: one, too, for a moment; src/python/recorder.c */

#define SESSION_CHOICE_FILE     "choice"     /* text, one pattern a line, see choice.h */
#define SESSION_UNRECORDED_FILE "unrecorded" /* unrecorded.PID: a child without a recorder */

/* What the supervisor knows when it starts a run. Strings are borrowed. */
struct session_description {
    const char *program;     /* "script.py", "-m module", "-c", "-" */
    const char *interpreter; /* absolute path of the interpreter, as the user names it */
    uint64_t started_at;     /* nanoseconds since the epoch */
};

enum { SESSION_HOST_SIZE = 256 /* bytes, NUL included */ };

/* Makes a directory "pyperf-XXXXXX" of mode 0700 below `parent` and writes the description
 * into it. `path` has room for `size` bytes. */
enum pyperf_status session_create(const char *parent,
                                  const struct session_description *description, char *path,
                                  size_t size, struct pyperf_error *error);

/* Marks the session as in use until this process ends, however it ends. Where that cannot be
 * done (a file system without locks) it looks like one that nobody looks after. */
void session_hold(const char *directory);
bool session_is_held(const char *directory);

/* How the process was seen to end. */
struct session_end {
    uint64_t moment;                 /* nanoseconds of CLOCK_MONOTONIC; 0: not seen */
    uint64_t user_time, system_time; /* nanoseconds of CPU time */
    uint64_t peak_memory;            /* bytes resident at the highest point */
    int signal;                      /* the signal that ended it, or 0 */
    int exit_status;                 /* where no signal did */
};

enum pyperf_status session_note_end(const char *directory, const struct session_end *end,
                                    struct pyperf_error *error);

/* Notes that the user was told where the session is; false when that cannot be noted. */
bool session_note_named(const char *directory);

/* What the description says. */
struct session_facts {
    char program[SESSION_PATH_SIZE];
    char interpreter[SESSION_PATH_SIZE];
    char host[SESSION_HOST_SIZE]; /* the name of the machine it ran on */
    uint64_t started_at;          /* nanoseconds since the epoch */
    bool named;                   /* the user was told where it is */
    struct session_end end;
    bool is_child; /* what is read is not the program's own recording, but a child's */
};

enum pyperf_status session_facts_read(const char *directory, struct session_facts *facts,
                                      struct pyperf_error *error);

/* Deletes the session's files and the directory; silent when they are already gone. */
void session_remove(const char *directory);

#endif
