/* pyperf: finds the command and hands over to it.
 *
 * SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/nearest.h"
#include "cli/command.h"
#include "cli/interpreters/hosts.h"
#include "cli/options.h"
#include "cli/stream.h"
#include "recording/options.h"
#include "recording/preload_list.h"

static const struct command *const commands[] = {
    &cmd_run,   &cmd_lines, &cmd_stats,  &cmd_diff,
    &cmd_merge, &cmd_view,  &cmd_export, &cmd_pythons,
};

enum { COMMAND_COUNT = sizeof commands / sizeof *commands };

/* What stands before the command. */
struct main_options {
    bool version;
    int command; /* index of the command in argv, or 0 */
};

static const struct argp_option options_table[] = {
    {"version", 'V', NULL, 0, "show the version, and every interpreter that can be run", 0},
    {NULL, 0, NULL, 0, NULL, 0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    (void)argument;
    struct main_options *options = state->input;
    switch (key) {
    case 'V':
        options->version = true;
        options_end(state);
        return 0;
    case ARGP_KEY_ARG:
        options->command = state->next - 1;
        options_end(state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static char *add_commands(int key, const char *text, void *input)
{
    (void)input;
    if (key != ARGP_KEY_HELP_EXTRA)
        return (char *)text;
    static const char header[] = "Commands:\n";
    char *list = NULL;
    size_t size;
    FILE *stream = open_memstream(&list, &size);
    if (!stream)
        return NULL;
    fputs(header, stream);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(stream, "  %-8s %s\n", commands[i]->name, commands[i]->summary);
    fputs("`pyperf COMMAND --help` has the options of each.\n", stream);
    fclose(stream);
    return list;
}

static int print_version(void)
{
    printf("pyperf %s\n", PYPERF_VERSION);
    struct host_list hosts;
    struct pyperf_error error;
    bool found = host_list_load(&hosts, &error) == PYPERF_OK;
    if (!found)
        message("%s", error.message);
    for (size_t i = 0; i < hosts.count; i++) {
        const struct host *host = &hosts.hosts[i];
        if (host->version && host->kind == HOST_AGENT)
            printf("Python %-8s any installation (%s)\n", host->version, host->engine);
        else if (host->version)
            printf("Python %-8s %s (%s)\n", host->version, host->interpreter, host->engine);
        else
            message("the recorder %s does not start", host->path);
    }
    host_list_release(&hosts);
    return found ? STATUS_OK : STATUS_FAILED;
}

static int refuse_command(const char *name)
{
    const char *names[COMMAND_COUNT];
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        names[i] = commands[i]->name;
    const char *nearest = nearest_name(name, names, COMMAND_COUNT);
    if (nearest)
        message("unknown command '%s'; did you mean '%s'?", name, nearest);
    else if (access(name, F_OK) == 0)
        message("unknown command '%s'; did you mean: pyperf run %s", name, name);
    else
        message("unknown command '%s'; see `pyperf --help`", name);
    return STATUS_USAGE;
}

/* What could still wait in stdout's buffer. */
static int flush(int status)
{
    if (fflush(stdout) == 0 || status != STATUS_OK)
        return status;
    message("cannot write to stdout");
    return STATUS_FAILED;
}

/* Below a `pyperf run --children all` we are one of the programs that are given its recorder,
 * and what we run is recorded by us. */
static void leave_other_recording(void)
{
    if (!getenv(RECORD_OPTIONS_VARIABLE))
        return;
    unsetenv(RECORD_OPTIONS_VARIABLE);
    preload_list_leave_environment();
}

int main(int argc, char **argv)
{
    stream_fill_standard();
    leave_other_recording();
    static const struct argp argp = {
        .options = options_table,
        .parser = parse,
        .args_doc = "COMMAND ...",
        .doc = "An exact profiler for Python programs.\v"
               "Example:\n"
               "  pyperf run script.py",
        .help_filter = add_commands,
    };
    struct main_options options = {0};
    switch (options_parse("pyperf", &argp, argc, argv, &options)) {
    case OPTIONS_HELP:
        return flush(STATUS_OK);
    case OPTIONS_WRONG:
        return STATUS_USAGE;
    case OPTIONS_OK:
        break;
    }
    if (options.version)
        return flush(print_version());
    if (!options.command) {
        message("name a command, such as: pyperf run script.py (see `pyperf --help`)");
        return STATUS_USAGE;
    }
    char **rest = argv + options.command;
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(rest[0], commands[i]->name) == 0)
            return flush(commands[i]->run(commands[i], argc - options.command, rest));
    }
    return refuse_command(rest[0]);
}
