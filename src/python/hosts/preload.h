/* What the preloaded library and the agents agree on.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_PYTHON_HOSTS_PRELOAD_H
#define PYPERF_PYTHON_HOSTS_PRELOAD_H

#include <pyperf/error.h>

/* The agent of a minor version lies in the library's directory. */
#define PRELOAD_AGENT_NAME "pyperf-agent-%.*s.so" /* "3.11" */

/* What an agent exports under this name. Called before main() with the process's arguments,
 * what to record (recording/options.h), and the preloaded library's path. */
#define PRELOAD_AGENT_ENTRY "pyperf_agent_start"
typedef enum pyperf_status preload_agent_entry(int count, char **arguments, const char *options,
                                               const char *preload, struct pyperf_error *error);

#endif
