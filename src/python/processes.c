/* SPDX-License-Identifier: MIT */
#include "python/processes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "python/hosts/children.h"
#include "python/lines.h"
#include "recording/session.h"
#include "recording/unrecorded.h"
#include "recording/writer_fork.h"

/* What the thread that forks had open; made before the fork, used by the child. NULL: it is not
 * recorded itself, or there was no memory. */
static __thread struct writer_snapshot *snapshot;

/* This is a forked child before its first event, with its parent's recording still mapped. */
static bool pending;

/* The lines that the forking thread was in: the child's own copy of that memory. */
static const struct line_thread *forked_lines;

static bool follows(void)
{
    return recorder.options.scope != RECORD_SCOPE_PROGRAM;
}

enum pyperf_status processes_open_recording(struct recording_writer *writer,
                                            const struct record_options *options,
                                            struct pyperf_error *error)
{
    char path[RECORD_DIRECTORY_SIZE + 64];
    int length = snprintf(path, sizeof path, "%s/" SESSION_RECORDING_FILE, options->directory);
    /* A process that becomes another program keeps its number, and gets a second recording. */
    for (int i = 0; options->scope == RECORD_SCOPE_CHILD && (i == 0 || access(path, F_OK) == 0);
         i++)
        snprintf(path + length, sizeof path - (size_t)length, ".%d.%d", (int)getpid(), i);
    const struct recording_room room = {options->max_nodes, options->lines};
    return writer_init(writer, path, &room, options->cpu_time, error);
}

static void before_fork(void)
{
    const struct writer_thread *thread = recorder_own_thread();
    if (recorder.recording && follows() && thread)
        snapshot = writer_snapshot_take(thread);
}

static void in_parent(void)
{
    if (pending)
        return; /* it is a child itself, which has not come to use it */
    free(snapshot);
    snapshot = NULL;
}

/* A child that is not followed runs on without being recorded: the next event finds no record
 * and takes the engine out. */
static void in_child(void)
{
    if (!recorder.writer.header)
        return;
    if (!pending && recorder.recording && follows()) {
        pending = true;
        forked_lines = recorder_own_thread()->lines;
    }
    recorder_forget_threads();
    pthread_setspecific(recorder.thread_key, NULL);
    if (!pending)
        writer_detach(&recorder.writer);
}

int processes_watch_forks(void)
{
    return pthread_atfork(before_fork, in_parent, in_child);
}

/* What the parent found out holds for the child as well. */
static void copy_facts(struct recording_header *to, const struct recording_header *from)
{
    memcpy(to->costs, from->costs, sizeof to->costs);
    memcpy(to->engine, from->engine, sizeof to->engine);
    memcpy(to->python_version, from->python_version, sizeof to->python_version);
    memcpy(to->command_line, from->command_line, sizeof to->command_line);
    to->follows = from->follows;
    to->records_lines = from->records_lines;
    to->records_line_calls = from->records_line_calls;
}

static struct writer_thread *begin(const struct recording_writer *parent)
{
    struct record_options options = recorder.options;
    options.scope = RECORD_SCOPE_CHILD;
    struct pyperf_error error;
    if (processes_open_recording(&recorder.writer, &options, &error) != PYPERF_OK) {
        unrecorded_note(options.directory, error.message);
        return NULL;
    }
    copy_facts(recorder.writer.header, parent->header);
    struct writer_thread *thread = writer_thread_start(&recorder.writer);
    if (!thread) {
        writer_detach(&recorder.writer);
        return NULL;
    }
    if (snapshot)
        writer_thread_inherit(thread, parent, snapshot);
    if (recorder.line_engine)
        lines_inherit(thread, parent, forked_lines);
    recorder.writer.header->run_started = thread->shared->started;
    recorder.recording = true;
    children_count(&recorder.writer.header->children);
    return thread;
}

struct writer_thread *processes_adopt(void)
{
    if (!pending)
        return NULL;
    pending = false;
    struct recording_writer parent = recorder.writer;
    struct writer_thread *thread = begin(&parent);
    writer_detach(&parent);
    if (!thread)
        recorder.writer.header = NULL;
    free(snapshot);
    snapshot = NULL;
    return thread;
}
