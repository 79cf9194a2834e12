/* The command line of `pyperf run`.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_COMMANDS_RUN_OPTIONS_H
#define PYPERF_CLI_COMMANDS_RUN_OPTIONS_H

#include "cli/command.h"
#include "cli/options.h"
#include "cli/results.h"
#include "cli/run_request.h"

/* Strings are borrowed from the command line. */
struct run_options {
    struct run_request request;
    struct destinations destinations; /* but for output and report */
    bool decorated;                   /* --decorated */
};

/* Release the options in any case. */
enum options_outcome run_options_parse(const struct command *command,
                                       struct run_options *options, int argc, char **argv);
void run_options_release(struct run_options *options);

#endif
