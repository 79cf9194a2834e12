/* Names of output files with parts that are known only when the program runs.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_OUTPUT_PATH_H
#define PYPERF_CLI_OUTPUT_PATH_H

#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

/* `pattern` with %p replaced by the process id, %h by the host's name, %t by the local time as
 * 20260131T235959, and %% by %; other % stay as they are. What is relative is put behind
 * `directory`. The caller frees it; NULL when there is no memory. */
char *output_path_expand(const char *directory, const char *pattern, pid_t pid, time_t started);

/* Has every process a name of its own: is there a %p? */
bool output_path_has_process(const char *pattern);

#endif
