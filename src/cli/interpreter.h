/* Which interpreter the program runs under, and which recorder embeds it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_INTERPRETER_H
#define PYPERF_CLI_INTERPRETER_H

#include <pyperf/error.h>

#include "cli/hosts.h"

enum interpreter_outcome {
    INTERPRETER_FOUND,
    INTERPRETER_MISSING,     /* there is no such interpreter */
    INTERPRETER_WITHOUT_HOST /* there is one, but nothing here embeds its installation */
};

struct interpreter_choice {
    char *path;              /* what its sys.executable says; the caller frees it */
    const struct host *host; /* borrowed from the list */
};

/* `wanted` is a path, a command, a virtual environment or a version such as 3.11; NULL stands
 * for the environment's: $VIRTUAL_ENV, else python3 on PATH, else what a recorder embeds. */
enum interpreter_outcome interpreter_choose(const char *wanted, const struct host_list *hosts,
                                            struct interpreter_choice *choice,
                                            struct pyperf_error *error);

#endif
