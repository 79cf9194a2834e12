/* Children that were to be recorded and are not: each leaves a note in the session's directory,
 * so that the report can say that they are missing, and why.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_RECORDING_UNRECORDED_H
#define PYPERF_RECORDING_UNRECORDED_H

#include <stdint.h>

enum { UNRECORDED_REASON_SIZE = 256 /* bytes */ };

/* Of the calling process. Where that fails, too, nobody will know. */
void unrecorded_note(const char *directory, const char *reason);

/* How many notes there are; the reason in one of them, "" if there is none. */
uint64_t unrecorded_count(const char *directory, char reason[UNRECORDED_REASON_SIZE]);

#endif
