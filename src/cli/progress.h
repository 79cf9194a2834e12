/* How far long work has come, on stderr, where that is a terminal.
 *
 * The line ends with a carriage return, so that the next message stands in its place. Work that
 * is done within a moment shows nothing.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_PROGRESS_H
#define PYPERF_CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
    const char *noun; /* "files" */
    size_t total;
    uint64_t next; /* nanoseconds of CLOCK_MONOTONIC: when to show more; 0: never */
    bool shown;
};

void progress_begin(struct progress *progress, size_t total, const char *noun, bool wanted);
void progress_show(struct progress *progress, size_t done);

/* Takes the line away. */
void progress_end(struct progress *progress);

#endif
