/* How a recorder is started with the program: its command line and its environment.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_HOST_START_H
#define PYPERF_CLI_HOST_START_H

#include <pyperf/error.h>

#include "cli/interpreters/interpreter.h"
#include "cli/program.h"
#include "recording/options.h"

struct host_start {
    char **command;     /* NULL-terminated; command[0] is what is executed */
    char **environment; /* NULL-terminated */
    char options[RECORD_OPTIONS_SIZE];
    char *variables[2]; /* those of the environment that are ours */
};

/* `recording` has the session's directory already. Release `start` in any case; it refers to
 * `program` and `interpreter` until then. */
enum pyperf_status host_start_prepare(struct host_start *start,
                                      const struct interpreter_choice *interpreter,
                                      const char *preload, const struct program *program,
                                      const struct record_options *recording,
                                      struct pyperf_error *error);
void host_start_release(struct host_start *start);

#endif
