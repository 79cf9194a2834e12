/* Writing to the standard streams, in whatever state the profiled program left them.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_STREAM_H
#define PYPERF_CLI_STREAM_H

#include <stddef.h>

/* Opens /dev/null in the place of every standard stream that is closed, so that no file of ours
 * gets its number; programs we start find it closed all the same. */
void stream_fill_standard(void);

/* Writes all of `data`, waiting where the descriptor is non-blocking. Stops early when
 * `interrupt`, a descriptor (or -1), becomes readable. Returns 0, or the errno of the failure,
 * EINTR for an interruption. */
int stream_write(int descriptor, const char *data, size_t size, int interrupt);

/* Writes one line to stderr, after "pyperf: "; to a terminal without control characters. */
void message(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
