/* Can a library of ours be preloaded into a program?
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_PRELOADABLE_H
#define PYPERF_CLI_PRELOADABLE_H

/* NULL if so, else what is in the way, to follow the program's name: "is setuid". */
const char *preload_obstacle(const char *program);

#endif
