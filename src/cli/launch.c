/* SPDX-License-Identifier: MIT */
#include "cli/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

void signals_take(struct inherited_signals *inherited)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &inherited->mask);
    const struct sigaction by_default = {.sa_handler = SIG_DFL};
    sigaction(SIGCHLD, &by_default, &inherited->child);
}

void signals_give_back(const struct inherited_signals *inherited)
{
    sigaction(SIGCHLD, &inherited->child, NULL);
    sigprocmask(SIG_SETMASK, &inherited->mask, NULL);
}

_Noreturn static void become(char *const *argv, char *const *environment,
                             const struct inherited_signals *inherited, int report)
{
    signals_give_back(inherited);
    execve(argv[0], argv, environment);
    int failure = errno;
    (void)!write(report, &failure, sizeof failure);
    _exit(127);
}

int launch(char *const *argv, char *const *environment,
           const struct inherited_signals *inherited, pid_t *child)
{
    /* A successful exec closes the pipe; a failed one writes its errno into it first. */
    int report[2];
    if (pipe2(report, O_CLOEXEC) != 0)
        return errno;
    pid_t pid = fork();
    if (pid == 0)
        become(argv, environment, inherited, report[1]);
    int failure = pid < 0 ? errno : 0;
    close(report[1]);
    ssize_t length = 0;
    if (pid > 0) {
        do
            length = read(report[0], &failure, sizeof failure);
        while (length < 0 && errno == EINTR);
    }
    close(report[0]);
    if (length > 0)
        waitpid(pid, NULL, 0);
    *child = pid;
    return failure;
}
