/* Recordings that are kept in the directory for temporary files, as users hear of them.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_KEPT_H
#define PYPERF_CLI_KEPT_H

#include <stdbool.h>

/* The directory for temporary files, where sessions are made: $TMPDIR or /tmp. A relative one
 * is below `directory`, the current one when we were started. The caller frees it; NULL: no
 * memory.
 */
char *kept_place(const char *directory);

/* Names what earlier runs left in `place`, on stderr, each recording once in its life. */
void kept_announce(const char *place);

/* Lists all recordings in `place` on stdout. False where that failed; it has been said. */
bool kept_list(const char *place);

#endif
