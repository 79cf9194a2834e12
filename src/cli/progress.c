/* SPDX-License-Identifier: MIT */
#include "cli/progress.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/stream.h"

enum { FIRST = 300000000, INTERVAL = 100000000 /* nanoseconds */ };

void progress_begin(struct progress *progress, size_t total, const char *noun, bool wanted)
{
    *progress = (struct progress){.noun = noun, .total = total};
    if (wanted && isatty(STDERR_FILENO))
        progress->next = clock_monotonic() + FIRST;
}

void progress_show(struct progress *progress, size_t done)
{
    char line[128];
    uint64_t now = progress->next ? clock_monotonic() : 0;
    if (!progress->next || now < progress->next)
        return;
    int length = snprintf(line, sizeof line, "pyperf: %zu of %zu %s\r", done, progress->total,
                          progress->noun);
    stream_write(STDERR_FILENO, line, (size_t)length, -1);
    progress->next = now + INTERVAL;
    progress->shown = true;
}

void progress_end(struct progress *progress)
{
    static const char blank[] = "\r                                                  \r";
    if (progress->shown)
        stream_write(STDERR_FILENO, blank, sizeof blank - 1, -1);
    progress->shown = false;
    progress->next = 0;
}
