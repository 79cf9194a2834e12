/* Opening a page in the user's browser.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_BROWSER_H
#define PYPERF_CLI_BROWSER_H

#include <stdbool.h>

/* Opens `url` in the browser that `command` names: a command line for the shell in which %s, if
 * there is one, stands for the URL. NULL: those of $BROWSER, separated by colons, as Python's
 * webbrowser reads it; else the desktop's. False when none could be started; nothing is said.
 * Does not wait for the browser to end. */
bool browser_open(const char *command, const char *url);

#endif
