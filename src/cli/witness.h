/* Telling a signal that was sent to our process group from one that was sent to us alone.
 *
 * The program runs in our group. Signals for the group (killpg, timeout, a terminal's hang-up)
 * reach it without our help, and passing them on would run its handlers twice; signals for us
 * alone must be passed on. Nothing in a siginfo_t tells the two apart. So there is a third
 * process in the group that has all signals blocked and does nothing: what is pending there
 * went to the group.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_WITNESS_H
#define PYPERF_CLI_WITNESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct witness {
    pid_t pid;            /* 0: there is none, and every signal counts as sent to us alone */
    int control;          /* a byte written here makes it forget what is pending */
    uint64_t seen_at[65]; /* by signal: when it last reached the group, CLOCK_MONOTONIC */
};

/* To be called with all signals blocked. */
void witness_start(struct witness *witness);

/* Whether the signal that has just reached us has reached the whole group. To be asked about
 * every signal, so that what was seen once does not count for the next one. */
bool witness_saw(struct witness *witness, int signal_number);

void witness_stop(struct witness *witness);

#endif
