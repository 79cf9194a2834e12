/* SPDX-License-Identifier: MIT */
#include "python/recorder.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "python/calibration.h"
#include "python/calibration_lines.h"
#include "python/engines/engine.h"
#include "python/engines/line_engine.h"
#include "python/functions.h"
#include "python/greenlets.h"
#include "python/lines.h"
#include "python/processes.h"
#include "python/thread_names.h"
#include "recording/session.h"

struct recorder recorder;
__thread struct writer_thread *recorder_current_thread;

/* Where the record is while it is set aside by recorder_note_exec. */
static __thread struct writer_thread *interrupted_thread;

/* There was no room for this thread's record; there will be none at its next event either. */
static __thread bool unrecordable_thread;

static struct writer_thread *own_thread(void)
{
    return recorder_current_thread ? recorder_current_thread : interrupted_thread;
}

struct writer_thread *recorder_own_thread(void)
{
    return own_thread();
}

void recorder_forget_threads(void)
{
    recorder.recording = false;
    recorder_current_thread = NULL;
    interrupted_thread = NULL;
    unrecordable_thread = false;
}

/* Runs when a thread ends, without the GIL. */
static void end_thread(void *thread)
{
    recorder_current_thread = NULL;
    interrupted_thread = NULL;
    if (recorder.writer.header)
        writer_thread_end(thread);
}

/* Lines alone need no engine for calls, unless something is wanted that only calls tell. */
static enum pyperf_status choose_engines(const struct record_options *options,
                                         struct pyperf_error *error)
{
    bool records = options->engine != RECORD_ENGINE_NONE;
    recorder.records_calls =
        records && (!options->lines || options->line_calls || options->hot);
    recorder.line_engine = records && options->lines ? &line_engine : NULL;
    recorder.engine = &engine_none;
    return recorder.records_calls ? engine_choose(options, &recorder.engine, error) : PYPERF_OK;
}

static const char *name_of_engine(void)
{
    return recorder.line_engine && !recorder.records_calls ? recorder.line_engine->name
                                                           : recorder.engine->name;
}

enum pyperf_status recorder_prepare(const struct record_options *options,
                                    struct pyperf_error *error)
{
    enum pyperf_status status = processes_open_recording(&recorder.writer, options, error);
    if (status != PYPERF_OK)
        return status;
    recorder.options = *options;
    recorder.writer.header->follows = options->scope != RECORD_SCOPE_PROGRAM;
    struct recording_header *header = recorder.writer.header;
    status = choose_engines(options, error);
    if (status != PYPERF_OK)
        return status;
    header->records_lines = recorder.line_engine != NULL;
    header->records_line_calls = header->records_lines && options->line_calls;
    snprintf(header->engine, sizeof header->engine, "%s", name_of_engine());
    snprintf(header->python_version, sizeof header->python_version, "%s", PY_VERSION);
    int failure = pthread_key_create(&recorder.thread_key, end_thread);
    if (!failure)
        failure = processes_watch_forks();
    if (failure)
        return pyperf_error_set_errno(error, failure, "cannot prepare to record");
    return PYPERF_OK;
}

/* The last of the interpreter's own exit functions: no Python code runs after it. */
static void finish(void)
{
    if (!recorder.recording)
        return;
    struct writer_thread *thread = own_thread();
    recorder.recording = false;
    recorder_current_thread = NULL;
    interrupted_thread = NULL;
    pthread_setspecific(recorder.thread_key, NULL);
    if (thread)
        writer_thread_end(thread);
    writer_finish(&recorder.writer);
}

/* A recording that is thrown away, and the calling thread's record there, which it has for the
 * time being. */
struct scratch {
    struct recording_writer writer;
    struct writer_thread *thread; /* NULL: there is none */
    struct writer_thread *own;    /* the thread's record in the real one */
};

static bool begin_scratch(struct scratch *scratch)
{
    enum { NODES = 64 };
    const struct recording_room room = {NODES, recorder.line_engine != NULL};
    char path[RECORD_DIRECTORY_SIZE + 32];
    snprintf(path, sizeof path, "%s/" SESSION_CALIBRATION_FILE ".%d",
             recorder.options.directory, (int)getpid());
    if (writer_init(&scratch->writer, path, &room, recorder.options.cpu_time, NULL) !=
        PYPERF_OK)
        return false;
    unlink(path);
    scratch->own = recorder_current_thread;
    recorder_current_thread = scratch->thread = writer_thread_start(&scratch->writer);
    return true;
}

static void end_scratch(struct scratch *scratch)
{
    recorder_current_thread = scratch->own;
    interrupted_thread = NULL;
    if (scratch->thread)
        writer_thread_end(scratch->thread);
    writer_detach(&scratch->writer);
}

/* Installs the engine, and measures what it costs. */
static enum pyperf_status install_measured(struct pyperf_error *error)
{
    struct scratch scratch;
    struct calibration *calibration =
        calibration_begin(recorder.engine, recorder.writer.event_clock);
    if (!calibration || !begin_scratch(&scratch)) {
        calibration_free(calibration);
        return recorder.engine->install(error);
    }
    enum pyperf_status status = recorder.engine->install(error);
    if (status == PYPERF_OK && scratch.thread)
        calibration_measure(calibration, scratch.thread, recorder.writer.header->costs,
                            &recorder.instance);
    calibration_free(calibration);
    end_scratch(&scratch);
    return status;
}

/* The same for lines. */
static enum pyperf_status install_lines(struct pyperf_error *error)
{
    struct scratch scratch;
    enum pyperf_status status = lines_init(recorder.options.directory, error);
    if (status != PYPERF_OK)
        return status;
    struct line_calibration *calibration = line_calibration_begin(recorder.writer.event_clock);
    status = recorder.line_engine->install(error);
    if (status == PYPERF_OK && calibration && begin_scratch(&scratch)) {
        if (scratch.thread)
            line_calibration_measure(calibration, scratch.thread,
                                     recorder.writer.header->costs);
        end_scratch(&scratch);
    }
    line_calibration_free(calibration);
    return status;
}

/* Those that are there to be measured against add nothing of their own. */
static bool measures_costs(void)
{
    return recorder.records_calls && recorder.options.engine != RECORD_ENGINE_EMPTY;
}

static enum pyperf_status install(struct pyperf_error *error)
{
    if (!functions_init() || Py_AtExit(finish) != 0)
        return pyperf_error_set(error, PYPERF_UNSUPPORTED,
                                "the interpreter has no room for another exit function or "
                                "code extra");
    recorder.recording = true;
    recorder.interpreter = compat_thread_state()->interp;
    recorder.installed = true;
    /* Other threads may run as soon as there is an engine: the main one shall be the first. */
    struct writer_thread *thread = recorder_thread();
    if (!thread)
        return pyperf_error_set(error, PYPERF_NO_MEMORY, "no room to record in %s",
                                recorder.options.directory);
    enum pyperf_status status =
        measures_costs() ? install_measured(error) : recorder.engine->install(error);
    if (status == PYPERF_OK && recorder.line_engine)
        status = install_lines(error);
    if (status != PYPERF_OK)
        return status;
    recorder.measured = true;
    writer_thread_begin(thread);
    thread_names_take_main(thread);
    if (recorder.options.engine != RECORD_ENGINE_NONE &&
        recorder.options.engine != RECORD_ENGINE_EMPTY)
        greenlets_watch();
    recorder.writer.header->run_started = thread->shared->started;
    return PYPERF_OK;
}

void recorder_precede(void)
{
    if (!recorder.started && measures_costs())
        calibration_precede();
    if (!recorder.started && recorder.line_engine)
        line_calibration_precede();
}

enum pyperf_status recorder_start(struct pyperf_error *error)
{
    if (recorder.started || !recorder.writer.header)
        return PYPERF_OK;
    recorder.started = true;
    struct compat_exception saved = compat_save_exception();
    enum pyperf_status status = install(error);
    if (status != PYPERF_OK)
        recorder.recording = false;
    PyErr_Clear();
    compat_restore_exception(saved);
    return status;
}

void recorder_note_exec(void)
{
    if (!recorder.recording || !own_thread())
        return;
    recorder.writer.header->exec_started = clock_read(recorder.writer.clock);
    interrupted_thread = own_thread();
    recorder_current_thread = NULL;
}

static struct writer_thread *resume_interrupted(void)
{
    recorder_current_thread = interrupted_thread;
    interrupted_thread = NULL;
    recorder.writer.header->exec_started = 0;
    return recorder_current_thread;
}

/* From now on this is the calling thread's record. */
static struct writer_thread *take(struct writer_thread *thread)
{
    recorder_current_thread = thread;
    pthread_setspecific(recorder.thread_key, thread);
    return thread;
}

/* The main thread is the first one that is recorded; others are once costs are known, and with
 * --threads main not at all. */
static bool is_left_out(void)
{
    return recorder.writer.header->counts[RECORDING_THREADS] > 0 &&
           (recorder.options.main_thread || !recorder.measured);
}

static void remove_engines(void)
{
    recorder.engine->remove();
    if (recorder.line_engine)
        recorder.line_engine->remove();
}

struct writer_thread *recorder_attach(void)
{
    struct writer_thread *adopted = recorder.recording ? NULL : processes_adopt();
    if (adopted)
        return take(adopted);
    if (!recorder.recording) {
        if (recorder.installed)
            remove_engines();
        recorder.installed = false;
        return NULL;
    }
    if (interrupted_thread)
        return resume_interrupted();
    if (is_left_out())
        return NULL;
    struct writer_thread *thread =
        unrecordable_thread ? NULL : writer_thread_start(&recorder.writer);
    if (!thread) {
        unrecordable_thread = true;
        recorder.writer.header->lost_calls++;
        return NULL;
    }
    return take(thread);
}
