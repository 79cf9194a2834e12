/* SPDX-License-Identifier: MIT */
#include "cli/recorded_run.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <pyperf/compensation.h>
#include <pyperf/session.h>

#include "base/output_file.h"
#include "cli/command.h"
#include "cli/inherited.h"
#include "cli/interpreters/host_start.h"
#include "cli/interpreters/hosts.h"
#include "cli/interpreters/interpreter.h"
#include "cli/kept.h"
#include "cli/output_path.h"
#include "cli/results.h"
#include "cli/stream.h"
#include "cli/supervisor.h"
#include "recording/session.h"

/* One run from the command line to the end. */
struct run {
    struct run_request *request;
    const struct run_purpose *purpose;
    struct inherited_descriptors inherited;
    char *directory; /* the current one, when we were started */
    /* Python will say so, and end; what it does besides is of no interest. */
    bool script_missing;
    struct timespec started;
    struct host_list hosts;
    struct interpreter_choice interpreter;
    struct record_options recording;
    struct host_start host;
    struct supervisor supervisor;
};

static void run_release(struct run *run)
{
    inherited_descriptors_release(&run->inherited);
    free(run->directory);
    host_list_release(&run->hosts);
    free(run->interpreter.path);
    host_start_release(&run->host);
}

/* ---- Before the program runs ---- */

static bool check_file(const char *pattern, const struct run *run)
{
    if (!pattern)
        return true;
    char *path = output_path_expand("", pattern, getpid(), run->started.tv_sec);
    struct pyperf_error error = {.message = "out of memory"};
    /* Behind an empty directory stands a slash too many. */
    bool good = path && output_file_check(path + (pattern[0] != '/'), &error) == PYPERF_OK;
    free(path);
    if (!good)
        message("%s", error.message);
    return good;
}

/* What an hour of work must not be lost for. */
static bool check_destinations(struct run *run)
{
    const char *report = run->request->report;
    run->directory = getcwd(NULL, 0);
    if (!run->directory) {
        message("cannot find the current directory: %s", strerror(errno));
        return false;
    }
    return check_file(run->request->output, run) &&
           check_file(report && strcmp(report, "-") != 0 ? report : NULL, run);
}

/* Returns the status to end with, or 0. */
static int choose_interpreter(struct run *run)
{
    struct pyperf_error error;
    if (program_resolve(&run->request->program, &error) != PYPERF_OK) {
        message("%s", error.message);
        return STATUS_USAGE;
    }
    if (host_list_load(&run->hosts, &error) != PYPERF_OK) {
        message("%s", error.message);
        return STATUS_NOT_STARTED;
    }
    const struct interpreter_question question = {
        .wanted =
            run->request->python ? run->request->python : run->request->program.interpreter,
        .host = run->request->host,
        .hosts = &run->hosts,
        .choice = &run->interpreter,
        .error = &error,
    };
    enum interpreter_outcome outcome = interpreter_choose(&question);
    if (outcome == INTERPRETER_FOUND)
        return STATUS_OK;
    message("%s", error.message);
    return outcome == INTERPRETER_MISSING ? STATUS_NOT_FOUND : STATUS_NOT_STARTED;
}

static enum pyperf_status make_session(struct run *run, struct pyperf_error *error)
{
    char *title = program_title(&run->request->program);
    char *parent = kept_place(run->directory);
    enum pyperf_status status = pyperf_error_set(error, PYPERF_NO_MEMORY, "out of memory");
    if (title && parent) {
        const struct session_description description = {
            .program = title,
            .interpreter = run->interpreter.path,
            .started_at =
                (uint64_t)run->started.tv_sec * 1000000000u + (uint64_t)run->started.tv_nsec,
        };
        run->recording = run->request->recording;
        status = session_create(parent, &description, run->recording.directory,
                                sizeof run->recording.directory, error);
    }
    if (status == PYPERF_OK)
        session_hold(run->recording.directory);
    if (status == PYPERF_OK && run->purpose->prepare)
        status = run->purpose->prepare(run->purpose->context, run->recording.directory, error);
    free(title);
    free(parent);
    return status;
}

/* Returns the status to end with, or 0 once the program runs. */
static int start(struct run *run)
{
    const struct program *program = &run->request->program;
    run->script_missing = program->name && !program->option &&
                          strcmp(program->name, "-") != 0 && access(program->name, F_OK) != 0;
    struct pyperf_error error;
    if (make_session(run, &error) != PYPERF_OK) {
        message("%s", error.message);
        return STATUS_FAILED;
    }
    enum pyperf_status status = host_start_prepare(
        &run->host, &run->interpreter, run->hosts.preload, program, &run->recording, &error);
    int failure = 0;
    if (status == PYPERF_OK)
        failure = supervisor_start(&run->supervisor, run->host.command, run->host.environment);
    if (status == PYPERF_OK && !failure)
        return STATUS_OK;
    if (failure)
        message("cannot start the recorder %s: %s", run->host.command[0], strerror(failure));
    else
        message("%s", error.message);
    session_remove(run->recording.directory);
    return STATUS_NOT_STARTED;
}

/* ---- After it has ended ---- */

static uint64_t nanoseconds(struct timeval time)
{
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_usec * 1000u;
}

static struct session_end end_of(const struct supervisor *supervisor)
{
    const struct rusage *usage = &supervisor->usage;
    int status = supervisor->status;
    return (struct session_end){
        .moment = supervisor->ended,
        .user_time = nanoseconds(usage->ru_utime),
        .system_time = nanoseconds(usage->ru_stime),
        .peak_memory = (uint64_t)usage->ru_maxrss * 1024u,
        .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
        .exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 0,
    };
}

static bool deliver_to(const struct run *run, struct delivery *delivery)
{
    const struct session_end end = end_of(&run->supervisor);
    const struct pyperf_outcome outcome = outcome_of_end(&end);
    delivery->outcome = &outcome;
    delivery->session = run->recording.directory;
    return run->purpose->deliver(run->purpose->context, delivery);
}

/* Makes an output file, under the name that the process `pid` makes of the pattern. */
static bool deliver_output(const struct run *run, struct delivery *delivery, pid_t pid)
{
    const char *pattern = run->request->output;
    char *output = output_path_expand(run->directory, pattern, pid, run->started.tv_sec);
    if (!output) {
        message("out of memory");
        return false;
    }
    delivery->output = delivery->output_shown = output;
    if (pattern[0] != '/')
        delivery->output_shown += strlen(run->directory) + 1;
    bool complete = deliver_to(run, delivery);
    free(output);
    return complete;
}

static bool deliver_profile(const struct run *run, struct pyperf_profile *profile, pid_t pid)
{
    struct delivery delivery = {.profile = profile};
    return deliver_output(run, &delivery, pid);
}

static bool keep_recordings(const struct run *run, struct pyperf_profile *const *recordings,
                            size_t count, pid_t pid)
{
    struct delivery delivery = {
        .recordings = recordings,
        .recording_count = count,
        .report = run->request->report, /* it says what was lost, where there is one */
    };
    return deliver_output(run, &delivery, pid);
}

/* One file for all processes, or for each its own. */
static bool keep_all(const struct run *run, const struct pyperf_session *session)
{
    bool complete = true;
    if (!output_path_has_process(run->request->output))
        return keep_recordings(run, session->processes, session->count, run->supervisor.child);
    for (size_t i = 0; i < session->count; i++)
        if (!keep_recordings(run, &session->processes[i], 1,
                             (pid_t)session->processes[i]->run.pid))
            complete = false;
    return complete;
}

static bool deliver_report(const struct run *run, struct pyperf_profile *profile)
{
    struct delivery delivery = {.profile = profile, .report = run->request->report};
    char *file = NULL;
    if (strcmp(delivery.report, "-") != 0) {
        file = output_path_expand(run->directory, delivery.report, run->supervisor.child,
                                  run->started.tv_sec);
        delivery.report = file;
    }
    bool complete = delivery.report && deliver_to(run, &delivery);
    if (!delivery.report)
        message("out of memory");
    free(file);
    return complete;
}

/* One file for each process where the name tells them apart, else one for all. */
static bool deliver(const struct run *run, struct pyperf_session *session)
{
    struct pyperf_error error;
    const char *output = run->request->output;
    bool complete = true, raw = run->request->raw_times;
    if (output && run->purpose->keeps_recordings) {
        complete = keep_all(run, session);
        output = NULL;
        if (!run->request->report)
            return complete;
    }
    bool separate = output && output_path_has_process(output);
    for (size_t i = 0; i < session->count; i++) {
        struct pyperf_profile *profile = session->processes[i];
        if (!raw && pyperf_profile_compensate(profile, &error) != PYPERF_OK) {
            message("%s", error.message);
            return false;
        }
        if (separate && !deliver_profile(run, profile, (pid_t)profile->run.pid))
            complete = false;
    }
    struct pyperf_profile *all = pyperf_session_merge(session, &error);
    if (!all) {
        message("%s", error.message);
        return false;
    }
    if (output && !separate && !deliver_profile(run, all, run->supervisor.child))
        complete = false;
    if (run->request->report && !deliver_report(run, all))
        complete = false;
    pyperf_profile_free(all);
    return complete;
}

/* The recorded processes that still run. */
static size_t count_running(const struct run *run)
{
    return run->recording.scope == RECORD_SCOPE_PROGRAM
               ? 0
               : pyperf_session_running(run->recording.directory);
}

/* multiprocessing's helpers end when they see that the program has: a little later. */
static size_t wait_for_stragglers(const struct run *run)
{
    enum { STEPS = 60 };
    const struct timespec step = {.tv_nsec = 5000000};
    size_t running = count_running(run);
    for (int i = 0; i < STEPS && running > 0; i++) {
        nanosleep(&step, NULL);
        running = count_running(run);
    }
    return running;
}

/* A host that cannot record ends so before it starts Python. */
static bool host_refused(const struct supervisor *supervisor)
{
    return WIFEXITED(supervisor->status) && WEXITSTATUS(supervisor->status) == STATUS_FAILED;
}

/* Python says itself why it did not come to run the program, but not what killed it. */
static void explain_nothing(const struct run *run)
{
    int status = run->supervisor.status;
    if (WIFSIGNALED(status))
        message(
            "Python was ended by signal %d (%s) before it ran the program; there is nothing "
            "to report",
            WTERMSIG(status), strsignal(WTERMSIG(status)));
}

static void say_unreadable(const struct pyperf_session *session)
{
    if (session->unreadable > 0)
        message("%zu recording%s of children cannot be read (%s)", session->unreadable,
                session->unreadable == 1 ? "" : "s", session->first_unreadable.message);
}

/* What becomes of the recording: whoever still writes to it keeps it alive. */
static void part_with(const struct run *run, bool done, size_t running)
{
    const char *session = run->recording.directory;
    if (done && running == 0) /* one that was only about to begin may have, by now */
        running = count_running(run);
    if (done && running == 0) {
        session_remove(session);
        return;
    }
    if (access(session, F_OK) != 0)
        return;
    (void)session_note_named(session);
    if (done)
        message("%zu recorded process%s still run%s; with what %s until then: pyperf stats %s",
                running, running == 1 ? "" : "es", running == 1 ? "s" : "",
                running == 1 ? "it does" : "they do", session);
    else
        message("the recording is kept; try again with: pyperf stats %s", session);
}

/* False when something that was asked for could not be made: then the recording is kept. */
static bool finish(struct run *run)
{
    const char *directory = run->recording.directory;
    struct pyperf_error error;
    struct pyperf_session session;
    size_t running = wait_for_stragglers(run);
    /* Where this fails (a full disk) the latest moment in the recording has to do. */
    const struct session_end end = end_of(&run->supervisor);
    (void)session_note_end(directory, &end, NULL);
    enum pyperf_status status =
        pyperf_session_read_all(directory, run->supervisor.ended, &session, &error);
    if (status != PYPERF_OK && host_refused(&run->supervisor)) {
        session_remove(directory); /* nothing is in it, and the host has said why */
        return false;
    }
    if (status != PYPERF_OK)
        message("cannot read what was recorded: %s", error.message);
    bool done = status == PYPERF_OK;
    if (done && !session.processes[0]->run.started) {
        explain_nothing(run);
    } else if (done && !run->script_missing) {
        say_unreadable(&session);
        done = deliver(run, &session);
    }
    pyperf_session_release(&session);
    part_with(run, done, running);
    return done;
}

/* Recordings of runs whose pyperf was killed, so that they are not forgotten. */
static void announce_kept(const struct run *run)
{
    char *place = run->request->quiet ? NULL : kept_place(run->directory);
    if (place)
        kept_announce(place);
    free(place);
}

int recorded_run(struct run_request *request, const struct run_purpose *purpose)
{
    struct run run = {.request = request, .purpose = purpose};
    /* Under `ulimit -f` a failed write is to be an error, not our end. Python ignores this
     * signal as well, so the program does not see that it was ignored before. */
    signal(SIGXFSZ, SIG_IGN);
    clock_gettime(CLOCK_REALTIME, &run.started);
    inherited_descriptors_note(&run.inherited);
    int status = check_destinations(&run) ? choose_interpreter(&run) : STATUS_USAGE;
    if (status == STATUS_OK)
        status = start(&run);
    if (status == STATUS_OK) {
        inherited_descriptors_close(&run.inherited, request->output, request->report);
        supervisor_wait(&run.supervisor);
        status = finish(&run) ? STATUS_OK : STATUS_FAILED;
        announce_kept(&run);
    }
    run_release(&run);
    if (status != STATUS_OK)
        return status;
    supervisor_end(&run.supervisor);
}
