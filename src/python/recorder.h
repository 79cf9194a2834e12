/* The recorder in the profiled process: what engines and hosts share.
 *
 * The interpreter's callbacks carry no pointer of ours that could be trusted, so there is one
 * recorder, here. It is prepared by the host before Python starts, started when Python comes to
 * run the program, and finished when the interpreter has been finalised.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_PYTHON_RECORDER_H
#define PYPERF_PYTHON_RECORDER_H

#include "python/compat.h"

#include <pthread.h>

#include "python/calibration.h"
#include "recording/options.h"
#include "recording/writer.h"

struct engine;
struct line_engine;

struct recorder {
    struct recording_writer writer;
    struct record_options options;
    const struct engine *engine;           /* chosen when prepared */
    bool records_calls;                    /* that engine records; else it is none */
    const struct line_engine *line_engine; /* NULL: lines are not recorded */
    bool started;                          /* recorder_start was called */
    bool installed;                        /* the engine is in the interpreter */
    PyInterpreterState *interpreter;       /* the main one; sub-interpreters are not recorded */
    bool recording;                /* between start and finish, in the recorded process */
    bool measured;                 /* what it costs is known, and threads may be recorded */
    struct instance_cost instance; /* of those that the engine sees made */
    pthread_key_t thread_key;      /* ends a thread's record when the thread ends */
};

extern struct recorder recorder;

/* The calling thread's record, or NULL: not made yet, or set aside by
 * recorder_note_exec. */
extern __thread struct writer_thread *recorder_current_thread
    __attribute__((tls_model("initial-exec")));

/* Maps the recording that `options` ask for. Python need not be initialised. */
enum pyperf_status recorder_prepare(const struct record_options *options,
                                    struct pyperf_error *error);

/* Somebody else is about to listen to audit events. */
void recorder_precede(void);

/* Begins to record, once: the program runs from here on. Needs the GIL. After a failure the
 * program can run all the same, unrecorded. */
enum pyperf_status recorder_start(struct pyperf_error *error);

/* The calling thread's record, also while it is set aside; and no thread has one any more, in a
 * forked child. For processes.h. */
struct writer_thread *recorder_own_thread(void);
void recorder_forget_threads(void);

/* Notes that the process is about to be replaced. The thread's next event, if one ever comes,
 * means that the exec failed, and takes that back. */
void recorder_note_exec(void);

/* Is the calling thread in the interpreter that is recorded? Functions that are patched are
 * shared by all interpreters of the process. */
static inline bool recorder_is_at_home(void)
{
    return recorder.recording && compat_thread_state()->interp == recorder.interpreter;
}

/* Makes or finds the calling thread's record. NULL: this process does not record (any more);
 * the engine has been removed. Needs the GIL. */
struct writer_thread *recorder_attach(void);

static inline struct writer_thread *recorder_thread(void)
{
    struct writer_thread *thread = recorder_current_thread;
    return __builtin_expect(thread != NULL, 1) ? thread : recorder_attach();
}

#endif
