/* `pyperf stats`: prints the report of what was recorded before.
 *
 * SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <pyperf/compensation.h>
#include <pyperf/session.h>

#include "cli/command.h"
#include "cli/kept.h"
#include "cli/options.h"
#include "cli/results.h"
#include "cli/stream.h"
#include "recording/session.h"

enum { KEY_STRIP_DIRS = 0x200, KEY_RAW_TIMES };

static const struct argp_option options_table[] = {
    {"strip-dirs", KEY_STRIP_DIRS, NULL, 0, "no directories in the report", 0},
    {"raw-times", KEY_RAW_TIMES, NULL, 0,
     "keep the measured cost of recording in the figures, instead of taking it off", 0},
    {NULL, 0, NULL, 0, NULL, 0},
};

struct stats_options {
    const char *directory;
    bool strip_directories;
    bool raw_times;
    struct report_options tables;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct stats_options *options = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->tables;
        return 0;
    case KEY_STRIP_DIRS:
        options->strip_directories = options->tables.strip_directories = true;
        return 0;
    case KEY_RAW_TIMES:
        options->raw_times = true;
        return 0;
    case ARGP_KEY_ARG:
        if (options->directory)
            return option_fail(state,
                               "one session directory at a time, please: '%s' is one "
                               "too many (options come before it)",
                               argument);
        options->directory = argument;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {
    {&report_argp, 0, NULL, 0},
    {NULL, 0, NULL, 0},
};

static enum options_outcome stats_options_parse(const struct command *command,
                                                struct stats_options *options, int argc,
                                                char **argv)
{
    const struct argp argp = {
        .options = options_table,
        .parser = parse,
        .args_doc = command->usage,
        .doc = "Prints the report of a recording that `pyperf run` left behind, or is still "
               "writing. Without DIRECTORY it lists them.\v"
               "Example:\n"
               "  pyperf stats -s time -n 20 /tmp/pyperf-k3Xa9Q",
        .children = children,
    };
    return options_parse("pyperf stats", &argp, argc, argv, options);
}

/* Returns the status to end with, or 0 for something that looks like a session. */
static int check_operand(const char *path)
{
    struct stat info;
    if (stat(path, &info) != 0) {
        message("cannot read %s: %s", path, strerror(errno));
        return STATUS_FAILED;
    }
    if (S_ISDIR(info.st_mode))
        return STATUS_OK;
    message("%s is not a directory; so far `pyperf stats` reads the session directories that "
            "`pyperf run` keeps, not profiles (for those: python3 -m pstats %s)",
            path, path);
    return STATUS_USAGE;
}

/* pstats' first line: "Mon Jan 31 23:59:59 2026    NAME". */
static void compose_heading(const struct pyperf_profile *profile, const char *directory,
                            char *heading, size_t size)
{
    time_t started = (time_t)(profile->run.started_at / 1000000000u);
    struct tm local;
    char date[64] = "";
    if (localtime_r(&started, &local))
        strftime(date, sizeof date, "%a %b %e %H:%M:%S %Y", &local);
    snprintf(heading, size, "%s    %s", date, directory);
}

static bool print(const struct stats_options *options, struct pyperf_profile *profile)
{
    struct pyperf_summary *summary = NULL;
    struct pyperf_error error;
    char heading[4200];
    struct session_facts facts;
    bool end_seen = session_facts_read(options->directory, &facts, &error) == PYPERF_OK &&
                    facts.end.moment != 0;
    const struct pyperf_outcome outcome = outcome_of_end(&facts.end);
    compose_heading(profile, options->directory, heading, sizeof heading);
    enum pyperf_status status = pyperf_summary_create(profile, &summary, &error);
    if (status == PYPERF_OK && options->strip_directories)
        status = pyperf_summary_strip_directories(summary, &error);
    bool done = status == PYPERF_OK;
    if (!done)
        message("cannot add up what was recorded: %s", error.message);
    else
        done = results_print(&options->tables, profile, end_seen ? &outcome : NULL, summary,
                             heading);
    pyperf_summary_free(summary);
    return done;
}

/* The session as one profile, with the cost of recording taken off, or NULL. */
static struct pyperf_profile *read_all(const struct stats_options *options)
{
    struct pyperf_session session;
    struct pyperf_error error;
    struct pyperf_profile *profile = NULL;
    enum pyperf_status status =
        pyperf_session_read_all(options->directory, 0, &session, &error);
    for (size_t i = 0; status == PYPERF_OK && !options->raw_times && i < session.count; i++)
        status = pyperf_profile_compensate(session.processes[i], &error);
    if (status == PYPERF_OK)
        profile = pyperf_session_merge(&session, &error);
    if (!profile)
        message("%s", error.message);
    pyperf_session_release(&session);
    return profile;
}

static int report(const struct stats_options *options)
{
    int status = check_operand(options->directory);
    if (status != STATUS_OK)
        return status;
    struct pyperf_profile *profile = read_all(options);
    if (!profile)
        return STATUS_FAILED;
    status = STATUS_FAILED;
    if (profile->run.running)
        message("the program still runs (pid %ju); figures are up to now",
                (uintmax_t)profile->run.pid);
    if (!profile->run.started)
        message("%s: Python never came to run the program, there is nothing to report",
                options->directory);
    else if (print(options, profile))
        status = STATUS_OK;
    pyperf_profile_free(profile);
    return status;
}

static int list(void)
{
    char *directory = getcwd(NULL, 0);
    char *place = kept_place(directory ? directory : ".");
    bool listed = place && kept_list(place);
    free(directory);
    free(place);
    return listed ? STATUS_OK : STATUS_FAILED;
}

static int print_stats(const struct command *command, int argc, char **argv)
{
    struct stats_options options = {0};
    enum options_outcome outcome = stats_options_parse(command, &options, argc, argv);
    int status = outcome == OPTIONS_HELP ? STATUS_OK : STATUS_USAGE;
    if (outcome == OPTIONS_OK)
        status = options.directory ? report(&options) : list();
    report_options_release(&options.tables);
    return status;
}

const struct command cmd_stats = {
    .name = "stats",
    .summary = "print the report of a recording that was kept",
    .usage = "[DIRECTORY]",
    .run = print_stats,
};
