/* SPDX-License-Identifier: MIT */
#include "cli/terminal.h"

#include <fcntl.h>
#include <unistd.h>

/* Passes the terminal from one group to another, if the first one has it. */
static bool pass_on(pid_t from, pid_t to)
{
    /* Not one of the standard streams: all of them may be redirected. */
    int terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal < 0)
        return false;
    bool passed = tcgetpgrp(terminal) == from && tcsetpgrp(terminal, to) == 0;
    close(terminal);
    return passed;
}

bool terminal_lend(pid_t group)
{
    return pass_on(getpgrp(), group);
}

void terminal_take_back(pid_t group)
{
    (void)pass_on(group, getpgrp());
}
