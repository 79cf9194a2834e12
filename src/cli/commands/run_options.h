/* The command line of `pyperf run`.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_COMMANDS_RUN_OPTIONS_H
#define PYPERF_CLI_COMMANDS_RUN_OPTIONS_H

#include "cli/command.h"
#include "cli/interpreters/hosts.h"
#include "cli/options.h"
#include "cli/program.h"
#include "cli/results.h"
#include "recording/options.h"

/* Strings are borrowed from the command line. */
struct run_options {
    struct program program;
    const char *python;               /* --python, or NULL */
    enum host_wish host;              /* --host */
    struct record_options recording;  /* but for the directory */
    const char *output;               /* --output as given, or NULL */
    const char *format;               /* --format, or NULL */
    const char *report;               /* a file, "-" for stdout, NULL for none */
    struct destinations destinations; /* but for format, output and report */
};

/* Release the options in any case. */
enum options_outcome run_options_parse(const struct command *command,
                                       struct run_options *options, int argc, char **argv);
void run_options_release(struct run_options *options);

#endif
