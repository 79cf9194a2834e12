/* Which interpreter the program runs under, and which recorder goes with it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_INTERPRETER_H
#define PYPERF_CLI_INTERPRETER_H

#include <pyperf/error.h>

#include "cli/interpreters/hosts.h"

enum interpreter_outcome {
    INTERPRETER_FOUND,
    INTERPRETER_MISSING,     /* there is no such interpreter */
    INTERPRETER_WITHOUT_HOST /* there is one, but nothing here records it */
};

struct interpreter_choice {
    char *path;              /* what its sys.executable says; the caller frees it */
    const struct host *host; /* borrowed from the list */
};

/* What is asked, and where the answer goes. */
struct interpreter_question {
    /* A path, a command, a virtual environment or a version such as 3.11; NULL stands for the
     * environment's: $VIRTUAL_ENV, else python3 on PATH, else what a recorder embeds. */
    const char *wanted;
    enum host_wish host;
    const struct host_list *hosts;
    struct interpreter_choice *choice;
    struct pyperf_error *error;
};

enum interpreter_outcome interpreter_choose(const struct interpreter_question *question);

#endif
