/* What the preloaded library and the agents agree on.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_PYTHON_HOSTS_PRELOAD_H
#define PYPERF_PYTHON_HOSTS_PRELOAD_H

/* The library, and the agent of a minor version, lie in one directory. */
#define PRELOAD_LIBRARY    "pyperf-preload.so"
#define PRELOAD_AGENT_NAME "pyperf-agent-%.*s.so" /* "3.11" */

/* What an agent exports under this name. Called before main() with the process's arguments;
 * does not return when the recording cannot be made. */
#define PRELOAD_AGENT_ENTRY "pyperf_agent_start"
typedef void preload_agent_entry(int count, char **arguments, const char *options);

#endif
