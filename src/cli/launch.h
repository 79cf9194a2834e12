/* Starting a program exactly as our own parent would have started it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_LAUNCH_H
#define PYPERF_CLI_LAUNCH_H

#include <signal.h>
#include <sys/types.h>

/* How signals were treated when we were started. */
struct inherited_signals {
    sigset_t mask;
    struct sigaction
        child; /* for SIGCHLD: where it is ignored, statuses of children get lost */
};

/* Blocks every signal, so that they are met one by one with sigwaitinfo, and makes sure that
 * the statuses of children are kept. Other dispositions are never touched: that a signal is
 * ignored (nohup, background jobs of simple shells) must reach the program. */
void signals_take(struct inherited_signals *inherited);

/* Back to what signals_take found. */
void signals_give_back(const struct inherited_signals *inherited);

/* Starts argv[0] with this environment and the inherited signals in our process group, on our
 * streams. Returns 0, or the errno of what failed, exec included. */
int launch(char *const *argv, char *const *environment,
           const struct inherited_signals *inherited, pid_t *child);

#endif
