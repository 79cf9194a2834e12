/* SPDX-License-Identifier: MIT */
#include "cli/supervisor.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/terminal.h"

/* The program's input is its own: once it closes its end of a pipe, whoever writes to it must
 * notice. */
static void leave_input(void)
{
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (nothing < 0)
        return;
    dup2(nothing, STDIN_FILENO);
    if (nothing != STDIN_FILENO)
        close(nothing);
}

int supervisor_start(struct supervisor *supervisor, char *const *argv, char *const *environment)
{
    *supervisor = (struct supervisor){0};
    signals_take(&supervisor->inherited);
    witness_start(&supervisor->witness);
    int failure = launch(argv, environment, &supervisor->inherited, &supervisor->child);
    if (failure) {
        witness_stop(&supervisor->witness);
        signals_give_back(&supervisor->inherited);
        return failure;
    }
    leave_input();
    return 0;
}

static bool is_terminal_stop(int signal_number)
{
    return signal_number == SIGTTIN || signal_number == SIGTTOU;
}

/* The child's process group if it has left ours, else 0. */
static pid_t own_group_of_child(const struct supervisor *supervisor)
{
    pid_t group = getpgid(supervisor->child);
    return group > 0 && group != getpgrp() ? group : 0;
}

/* A program that calls os.setpgrp() keeps the terminal when a shell starts it, because it leads
 * the shell's job already; under us it does not. So when it then stops for want of the terminal
 * and the terminal is ours, it gets it. */
static bool lend_terminal(struct supervisor *supervisor)
{
    pid_t group = own_group_of_child(supervisor);
    if (!group || !terminal_lend(group))
        return false;
    supervisor->terminal_group = group;
    return true;
}

static void continue_child(const struct supervisor *supervisor)
{
    pid_t group = own_group_of_child(supervisor);
    kill(group ? -group : supervisor->child, SIGCONT);
}

/* Stops this process as the child was stopped, so that whoever waits for us sees it; returns
 * when we are continued. */
static void stop_too(const struct supervisor *supervisor)
{
    int signal_number = supervisor->stopped_by;
    bool by_terminal = signal_number == SIGTSTP || is_terminal_stop(signal_number);
    if (!by_terminal || own_group_of_child(supervisor)) {
        kill(getpid(), SIGSTOP);
        return;
    }
    /* The same signal, for shells that print it. It does not stop an orphaned group, but then
     * it would not have stopped the child either. */
    const struct sigaction by_default = {.sa_handler = SIG_DFL};
    struct sigaction before;
    sigset_t only, all;
    sigemptyset(&only);
    sigaddset(&only, signal_number);
    sigfillset(&all);
    sigaction(signal_number, &by_default, &before);
    kill(getpid(), signal_number);
    sigprocmask(SIG_UNBLOCK, &only, NULL);
    sigprocmask(SIG_SETMASK, &all, NULL);
    sigaction(signal_number, &before, NULL);
}

static void note_stop(struct supervisor *supervisor, int signal_number)
{
    supervisor->stopped_by = signal_number;
    if (is_terminal_stop(signal_number) && lend_terminal(supervisor)) {
        continue_child(supervisor);
        return;
    }
    /* Where both are to go on already, stopping would throw that signal away. */
    sigset_t pending;
    sigpending(&pending);
    if (!sigismember(&pending, SIGCONT))
        stop_too(supervisor);
}

/* Takes note of what happened to the child since the last call; true when it has ended. */
static bool collect(struct supervisor *supervisor)
{
    /* As the first process of a container we are also the parent of every orphan. */
    pid_t whom = getpid() == 1 ? -1 : supervisor->child;
    int status;
    struct rusage usage;
    pid_t pid;
    while ((pid = wait4(whom, &status, WNOHANG | WUNTRACED | WCONTINUED, &usage)) > 0) {
        uint64_t now = clock_monotonic();
        if (pid == supervisor->witness.pid && (WIFEXITED(status) || WIFSIGNALED(status)))
            supervisor->witness.pid = 0;
        if (pid != supervisor->child)
            continue;
        if (WIFCONTINUED(status)) {
            supervisor->stopped_by = 0;
        } else if (WIFSTOPPED(status)) {
            note_stop(supervisor, WSTOPSIG(status));
        } else {
            supervisor->status = status;
            supervisor->usage = usage;
            supervisor->ended = now;
            return true;
        }
    }
    return false;
}

/* We were continued. A shell continues the whole group, and then the child with us; but a
 * single process can be continued too, and the child may have a group of its own. Returns true
 * when the child has ended. */
static bool continue_together(struct supervisor *supervisor)
{
    witness_saw(&supervisor->witness, SIGCONT);
    sigset_t child_signal;
    sigemptyset(&child_signal);
    sigaddset(&child_signal, SIGCHLD);
    const struct timespec moment = {.tv_nsec = 20000000};
    while (supervisor->stopped_by) {
        if (sigtimedwait(&child_signal, NULL, &moment) < 0)
            break;
        if (collect(supervisor))
            return true;
    }
    if (!supervisor->stopped_by)
        return false;
    if (supervisor->terminal_group || is_terminal_stop(supervisor->stopped_by))
        lend_terminal(supervisor);
    continue_child(supervisor);
    return false;
}

/* Whether a signal is one that the kernel sends to whole groups only: Ctrl-C, Ctrl-\, Ctrl-Z, a
 * new window size. Others it sends to single processes too: the hang-up to a session's leader,
 * the alarm of a timer that was set before we were started. */
static bool is_key_press(const siginfo_t *info)
{
    int number = info->si_signo;
    return info->si_code == SI_KERNEL &&
           (number == SIGINT || number == SIGQUIT || number == SIGTSTP || number == SIGWINCH);
}

/* Passes on what was sent to us alone. */
static void forward(struct supervisor *supervisor, const siginfo_t *info)
{
    bool sent_to_group = witness_saw(&supervisor->witness, info->si_signo);
    /* What the program sends to its parent or to its own group is not meant for itself again.
     */
    if (sent_to_group || is_key_press(info) ||
        (info->si_code <= 0 && info->si_pid == supervisor->child))
        return;
    if (info->si_code == SI_QUEUE)
        sigqueue(supervisor->child, info->si_signo, info->si_value);
    else
        kill(supervisor->child, info->si_signo);
}

void supervisor_wait(struct supervisor *supervisor)
{
    sigset_t all;
    sigfillset(&all);
    bool ended = false;
    while (!ended) {
        siginfo_t info;
        int signal_number = sigwaitinfo(&all, &info);
        if (signal_number == SIGCHLD)
            ended = collect(supervisor);
        else if (signal_number == SIGCONT && supervisor->stopped_by)
            ended = continue_together(supervisor);
        else if (signal_number > 0)
            forward(supervisor, &info);
    }
    witness_stop(&supervisor->witness);
    if (supervisor->terminal_group)
        terminal_take_back(supervisor->terminal_group);
}

int supervisor_interrupts(void)
{
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGHUP);
    sigaddset(&ends, SIGQUIT);
    const struct timespec now = {0};
    while (sigtimedwait(&ends, NULL, &now) > 0)
        continue;
    return signalfd(-1, &ends, SFD_CLOEXEC);
}

_Noreturn void supervisor_end(const struct supervisor *supervisor)
{
    if (WIFEXITED(supervisor->status))
        exit(WEXITSTATUS(supervisor->status));
    int signal_number = WTERMSIG(supervisor->status);
    /* The one core file is the program's. */
    prctl(PR_SET_DUMPABLE, 0);
    const struct sigaction by_default = {.sa_handler = SIG_DFL};
    sigaction(signal_number, &by_default, NULL);
    kill(getpid(), signal_number);
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, signal_number);
    sigprocmask(SIG_UNBLOCK, &only, NULL);
    /* Still here: the first process of a container cannot kill itself. */
    _exit(128 + signal_number);
}
