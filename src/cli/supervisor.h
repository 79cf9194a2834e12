/* Runs a program so that nobody can tell that there is a process in between.
 *
 * The program gets our process group, terminal, streams, environment and signal dispositions.
 * Signals sent to us are passed on, we stop and continue together, and in the end we end as it
 * ended.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_SUPERVISOR_H
#define PYPERF_CLI_SUPERVISOR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "cli/launch.h"
#include "cli/witness.h"

struct supervisor {
    struct inherited_signals inherited;
    struct witness witness;
    pid_t child;
    int stopped_by;       /* the signal that stopped the child, or 0 while it runs */
    pid_t terminal_group; /* the child's own group, once the terminal was lent to it */
    int status;           /* what wait() said of its end */
    struct rusage usage;  /* the child's, with the children it waited for */
    uint64_t ended;       /* CLOCK_MONOTONIC, nanoseconds */
};

/* Starts argv[0]. Returns 0, or the errno of what failed; then signals are as before. From a
 * successful start on all signals are blocked. */
int supervisor_start(struct supervisor *supervisor, char *const *argv,
                     char *const *environment);

/* Returns when the program has ended. Signals stay blocked, so that an impatient Ctrl-C does
 * not cost what is still to be written. */
void supervisor_wait(struct supervisor *supervisor);

/* A descriptor that becomes readable when somebody asks us to end (SIGINT, SIGTERM, SIGHUP,
 * SIGQUIT) from now on, or -1. */
int supervisor_interrupts(void);

/* Ends this process as the program ended: with its status, or by the same signal. */
_Noreturn void supervisor_end(const struct supervisor *supervisor);

#endif
