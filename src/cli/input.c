/* SPDX-License-Identifier: MIT */
#include "cli/input.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <pyperf/compensation.h>
#include <pyperf/formats.h>
#include <pyperf/session.h>

#include "base/text_buffer.h"
#include "cli/command.h"
#include "cli/line_results.h"
#include "cli/results.h"
#include "cli/source_files.h"
#include "cli/stream.h"
#include "recording/session.h"

static int out_of_memory(void)
{
    message("out of memory");
    return STATUS_FAILED;
}

static int compose_heading(struct input *input, time_t moment, const char *path)
{
    struct tm local;
    char date[64] = "";
    if (localtime_r(&moment, &local))
        strftime(date, sizeof date, "%a %b %e %H:%M:%S %Y", &local);
    text_buffer_printf(&input->heading, "%s    %s", date, path);
    return input->heading.failed ? out_of_memory() : STATUS_OK;
}

/* In a tree of calls each thread's root has some below it. */
static bool holds_lines_only(const struct pyperf_profile *profile)
{
    return profile && profile->lines && profile->node_count <= profile->thread_count;
}

/* ---- Sessions ---- */

static enum pyperf_status read_session(struct input *input, const char *directory,
                                       bool raw_times, struct pyperf_error *error)
{
    struct pyperf_session session;
    enum pyperf_status status = pyperf_session_read_all(directory, 0, &session, error);
    for (size_t i = 0; status == PYPERF_OK && !raw_times && i < session.count; i++)
        status = pyperf_profile_compensate(session.processes[i], error);
    if (status == PYPERF_OK) {
        input->profile = pyperf_session_merge(&session, error);
        status = input->profile ? PYPERF_OK : PYPERF_NO_MEMORY;
    }
    pyperf_session_release(&session);
    return status;
}

static int take_session(struct input *input, const char *directory, bool raw_times)
{
    struct pyperf_error error;
    if (read_session(input, directory, raw_times, &error) != PYPERF_OK) {
        message("%s", error.message);
        return STATUS_FAILED;
    }
    const struct pyperf_run *run = &input->profile->run;
    input->lines_only = holds_lines_only(input->profile);
    if (run->running)
        message("the program still runs (pid %ju); figures are up to now", (uintmax_t)run->pid);
    if (!run->started) {
        message("%s: Python never came to run the program, there is nothing to report",
                directory);
        return STATUS_FAILED;
    }
    struct session_facts facts;
    input->end_seen =
        session_facts_read(directory, &facts, &error) == PYPERF_OK && facts.end.moment != 0;
    if (input->end_seen)
        input->outcome = outcome_of_end(&facts.end);
    return compose_heading(input, (time_t)(run->started_at / 1000000000u), directory);
}

/* ---- Files ---- */

/* Files of line_profiler's name the source files only. In ours a text that is missing was not
 * there when the program ran. */
static bool has_lines_without_source(const struct pyperf_profile *profile)
{
    return profile && profile->lines && profile->lines->source_count == 0 &&
           !line_results_know_run(profile);
}

/* Makes one profile of those of all processes. */
static enum pyperf_status unite(struct pyperf_import *import, bool raw_times,
                                struct pyperf_error *error)
{
    enum pyperf_status status = PYPERF_OK;
    if (import->profile && !raw_times)
        status = pyperf_profile_compensate(import->profile, error);
    for (size_t i = 0; i < import->child_count && status == PYPERF_OK && !raw_times; i++)
        status = pyperf_profile_compensate(import->children[i], error);
    if (status == PYPERF_OK)
        status = pyperf_profile_append(import->profile, import->children, import->child_count,
                                       error);
    return status;
}

static void warn_of_taken_off(const struct pyperf_import *import, const char *path)
{
    if (import->profile && import->profile->run.compensated)
        message("%s: what recording cost was taken off before it was written; these are not "
                "raw times",
                path);
}

static int take_file(struct input *input, const char *path, const struct stat *info,
                     bool raw_times)
{
    struct pyperf_import import;
    struct pyperf_error error;
    if (pyperf_format_read(path, &import, &error) != PYPERF_OK) {
        message("%s", error.message);
        return STATUS_FAILED;
    }
    if (raw_times)
        warn_of_taken_off(&import, path);
    int status = STATUS_OK;
    if (unite(&import, raw_times, &error) != PYPERF_OK) {
        message("%s: %s", path, error.message);
        status = STATUS_FAILED;
    }
    if (status == STATUS_OK && has_lines_without_source(import.profile) &&
        !source_files_add(import.profile))
        status = out_of_memory();
    input->profile = import.profile;
    input->lines_only = holds_lines_only(import.profile);
    input->summary = import.summary;
    input->end_seen = import.outcome_known;
    input->outcome = import.outcome;
    import.profile = NULL;
    import.summary = NULL;
    pyperf_import_release(&import);
    return status == STATUS_OK
               ? compose_heading(input, info ? info->st_mtime : time(NULL), path)
               : status;
}

/* ---- Both ---- */

static int take(struct input *input, const char *path, bool raw_times)
{
    struct stat info;
    if (strcmp(path, "-") == 0)
        return take_file(input, path, NULL, raw_times);
    if (stat(path, &info) != 0) {
        message("cannot read %s: %s", path, strerror(errno));
        return STATUS_FAILED;
    }
    return S_ISDIR(info.st_mode) ? take_session(input, path, raw_times)
                                 : take_file(input, path, &info, raw_times);
}

int input_load(struct input *input, const char *path, bool raw_times)
{
    *input = (struct input){.profile = NULL};
    return take(input, path, raw_times);
}

int input_read(struct input *input, const char *path, bool raw_times)
{
    struct pyperf_error error;
    int status = input_load(input, path, raw_times);
    if (status == STATUS_OK && !input->summary &&
        pyperf_summary_create(input->profile, &input->summary, &error) != PYPERF_OK) {
        message("cannot add up what was recorded: %s", error.message);
        status = STATUS_FAILED;
    }
    return status;
}

bool input_has_calls(const struct input *input, const char *path)
{
    if (input->lines_only)
        message("%s: a profile of lines, without calls; pyperf stats %s prints it, alone", path,
                path);
    return !input->lines_only;
}

/* ---- Several ---- */

static int add(struct input *input, const char *path, bool raw_times)
{
    struct input other;
    struct pyperf_error error;
    int status = input_read(&other, path, raw_times);
    if (status == STATUS_OK && !input_has_calls(&other, path))
        status = STATUS_FAILED;
    if (status == STATUS_OK &&
        pyperf_summary_add(input->summary, other.summary, &error) != PYPERF_OK) {
        message("cannot add %s up with the other profiles: %s", path, error.message);
        status = STATUS_FAILED;
    }
    if (status == STATUS_OK) {
        text_buffer_add(&input->heading, "\n");
        text_buffer_add(&input->heading, text_buffer_text(&other.heading));
        status = input->heading.failed ? out_of_memory() : STATUS_OK;
    }
    input_release(&other);
    return status;
}

int input_read_all(struct input *input, const char *const *paths, size_t count, bool raw_times)
{
    int status = input_read(input, paths[0], raw_times);
    if (status == STATUS_OK && count > 1 && !input_has_calls(input, paths[0]))
        status = STATUS_FAILED;
    if (count > 1) {
        pyperf_profile_free(input->profile);
        input->profile = NULL;
        input->end_seen = false;
    }
    for (size_t i = count; i-- > 1 && status == STATUS_OK;)
        status = add(input, paths[i], raw_times);
    return status;
}

void input_release(struct input *input)
{
    text_buffer_release(&input->heading);
    pyperf_profile_free(input->profile);
    pyperf_summary_free(input->summary);
}
