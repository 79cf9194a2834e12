/* Source text as Python reads it: its encoding, its line ends.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_RECORDING_SOURCE_TEXT_H
#define PYPERF_RECORDING_SOURCE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* UTF-8, lines ending in \n, without a byte order mark. `is_raw`: it is as in the file, in the
 * encoding that its first or second line declares (PEP 263); else UTF-8. What is not in that
 * encoding becomes U+FFFD, and an encoding that nobody knows is taken for UTF-8. The caller
 * frees it; NULL: no memory. */
char *source_text_decode(const char *text, bool is_raw, size_t *length);

/* Is the file another one now? `text`: what was in it, when it had that size, in bytes, and
 * that time stamp, in nanoseconds since the epoch. A file that is gone is another one. */
bool source_text_changed(const char *path, const char *text, uint64_t size, int64_t modified);

#endif
