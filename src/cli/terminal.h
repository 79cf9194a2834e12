/* Lending the terminal to the process group of a program that has left ours.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_TERMINAL_H
#define PYPERF_CLI_TERMINAL_H

#include <stdbool.h>
#include <sys/types.h>

/* Makes `group` the foreground group of the controlling terminal if our own is. SIGTTOU must be
 * blocked. Returns whether it now is. */
bool terminal_lend(pid_t group);

/* Makes our group the foreground group again if `group` still is. */
void terminal_take_back(pid_t group);

#endif
