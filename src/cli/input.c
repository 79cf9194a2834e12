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
#include "cli/input_sum.h"
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
                     struct input_wishes wishes)
{
    struct pyperf_import import = {.without_callers = wishes.without_callers};
    struct pyperf_error error;
    if (pyperf_format_read(path, &import, &error) != PYPERF_OK) {
        message("%s", error.message);
        return STATUS_FAILED;
    }
    if (wishes.raw_times)
        warn_of_taken_off(&import, path);
    int status = STATUS_OK;
    if (unite(&import, wishes.raw_times, &error) != PYPERF_OK) {
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

/* What is read is gone: a pipe would seem empty, and a file would count twice. */
static int take_standard_input(struct input *input, struct input_wishes wishes)
{
    static bool taken;
    if (taken) {
        message("standard input can be read once, and - names it again");
        return STATUS_FAILED;
    }
    taken = true;
    return take_file(input, "-", NULL, wishes);
}

static int take(struct input *input, const char *path, struct input_wishes wishes)
{
    struct stat info;
    if (strcmp(path, "-") == 0)
        return take_standard_input(input, wishes);
    if (stat(path, &info) != 0) {
        message("cannot read %s: %s", path, strerror(errno));
        return STATUS_FAILED;
    }
    return S_ISDIR(info.st_mode) ? take_session(input, path, wishes.raw_times)
                                 : take_file(input, path, &info, wishes);
}

int input_load(struct input *input, const char *path, struct input_wishes wishes)
{
    *input = (struct input){.profile = NULL};
    return take(input, path, wishes);
}

enum pyperf_status input_sum_up(struct input *input, struct pyperf_error *error)
{
    return input->summary ? PYPERF_OK
                          : pyperf_summary_create(input->profile, &input->summary, error);
}

int input_read(struct input *input, const char *path, struct input_wishes wishes)
{
    struct pyperf_error error;
    int status = input_load(input, path, wishes);
    if (status == STATUS_OK && input_sum_up(input, &error) != PYPERF_OK) {
        message("cannot add up what was recorded: %s", error.message);
        status = STATUS_FAILED;
    }
    return status;
}

bool input_has_calls(const struct input *input, const char *path)
{
    if (input->lines_only)
        message("%s: a profile of lines, without calls; pyperf stats %s prints it", path, path);
    return !input->lines_only;
}

/* ---- Several ---- */

struct reading {
    struct input *all; /* is to be the sum; has its heading so far */
    struct input_sum sum;
    struct input_wishes wishes;
};

static int add_heading(struct input *all, const struct input *input)
{
    if (all->heading.length > 0)
        text_buffer_add(&all->heading, "\n");
    text_buffer_add(&all->heading, text_buffer_text(&input->heading));
    return all->heading.failed ? out_of_memory() : STATUS_OK;
}

static int add(struct reading *reading, const char *path)
{
    struct input input;
    struct pyperf_error error;
    int status = input_load(&input, path, reading->wishes);
    if (status == STATUS_OK && input_sum_add(&reading->sum, &input, &error) != PYPERF_OK) {
        message("cannot add %s up with the other profiles: %s", path, error.message);
        status = STATUS_FAILED;
    }
    if (status == STATUS_OK)
        status = add_heading(reading->all, &input);
    input_release(&input);
    return status;
}

/* pstats adds to the first the others from the last on: sums of fractions depend on it. In
 * other sums the order of what is printed is that of the files. */
static int add_all(struct reading *reading, const char *const *paths, size_t count)
{
    int status = add(reading, paths[0]);
    size_t front = 1, back = count;
    bool from_front = reading->sum.trees != NULL;
    while (front < back && status == STATUS_OK)
        status = add(reading, paths[from_front ? front++ : --back]);
    return status;
}

static int take_sum(struct reading *reading)
{
    struct input *all = reading->all;
    struct pyperf_error error;
    if (input_sum_take(&reading->sum, &all->profile, &all->summary, &error) != PYPERF_OK) {
        message("%s", error.message);
        return STATUS_FAILED;
    }
    all->lines_only = holds_lines_only(all->profile);
    all->end_seen = reading->sum.outcome_known;
    all->outcome = reading->sum.outcome;
    return STATUS_OK;
}

int input_read_all(struct input *input, const char *const *paths, size_t count,
                   struct input_wishes wishes)
{
    if (count == 1)
        return input_read(input, paths[0], wishes);
    *input = (struct input){.profile = NULL};
    struct reading reading = {.all = input, .wishes = wishes};
    int status =
        input_sum_begin(&reading.sum, true) ? add_all(&reading, paths, count) : out_of_memory();
    if (status == STATUS_OK)
        status = take_sum(&reading);
    input_sum_release(&reading.sum);
    return status;
}

void input_release(struct input *input)
{
    text_buffer_release(&input->heading);
    pyperf_profile_free(input->profile);
    pyperf_summary_free(input->summary);
}
