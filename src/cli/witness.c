/* SPDX-License-Identifier: MIT */
#include "cli/witness.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

/* Waits for the byte that makes it forget its pending signals; ends when the other end of the
 * pipe is gone, which is when we are, whatever killed us. */
_Noreturn static void bear_witness(int control)
{
    prctl(PR_SET_NAME, "pyperf-witness");
    /* Whoever is at the other end of the program's descriptors waits for them to be closed. */
    if (control > 0)
        (void)close_range(0, (unsigned int)control - 1, 0);
    (void)close_range((unsigned int)control + 1, UINT_MAX, 0);
    sigset_t all;
    sigfillset(&all);
    char byte;
    for (;;) {
        ssize_t length = read(control, &byte, 1);
        if (length == 0 || (length < 0 && errno != EINTR))
            _exit(0);
        const struct timespec now = {0};
        while (sigtimedwait(&all, NULL, &now) > 0)
            continue;
    }
}

void witness_start(struct witness *witness)
{
    *witness = (struct witness){.control = -1};
    int control[2];
    if (pipe2(control, O_CLOEXEC) != 0)
        return;
    pid_t pid = fork();
    if (pid == 0) {
        close(control[1]);
        bear_witness(control[0]);
    }
    close(control[0]);
    if (pid < 0) {
        close(control[1]);
        return;
    }
    witness->pid = pid;
    witness->control = control[1];
}

/* The set of signals pending for the whole process, a bit each; 0 where it cannot be read. */
static uint64_t pending_signals(pid_t pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *status = fopen(path, "re");
    if (!status)
        return 0;
    uint64_t pending = 0;
    char line[256];
    while (fgets(line, sizeof line, status)) {
        if (sscanf(line, "ShdPnd: %" SCNx64, &pending) == 1)
            break;
    }
    fclose(status);
    return pending;
}

/* Takes over what is pending in the witness. */
static void look(struct witness *witness)
{
    uint64_t pending = pending_signals(witness->pid);
    if (!pending)
        return;
    uint64_t now = clock_monotonic();
    for (int i = 1; i <= 64; i++) {
        if (pending >> (i - 1) & 1)
            witness->seen_at[i] = now;
    }
    (void)!write(witness->control, "", 1);
}

static bool seen_lately(const struct witness *witness, int signal_number)
{
    /* `timeout` signals its child and then the group: two for us, of which one is pending when
     * we look, and both mean the same. */
    const uint64_t together = 20000000; /* nanoseconds */
    uint64_t seen_at = witness->seen_at[signal_number];
    return seen_at != 0 && clock_monotonic() - seen_at < together;
}

bool witness_saw(struct witness *witness, int signal_number)
{
    if (witness->pid == 0)
        return false;
    look(witness);
    if (seen_lately(witness, signal_number))
        return true;
    /* The kernel goes through a group from its newest member to its oldest, so the witness had
     * it before us; but whoever signals one process after the other may begin with us. */
    const struct timespec moment = {.tv_nsec = 2000000};
    nanosleep(&moment, NULL);
    look(witness);
    return seen_lately(witness, signal_number);
}

void witness_stop(struct witness *witness)
{
    if (witness->pid == 0)
        return;
    close(witness->control);
    kill(witness->pid, SIGKILL);
    while (waitpid(witness->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    witness->pid = 0;
}
