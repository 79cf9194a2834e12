/* From the bytes of one recording to a profile.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_RECORDING_READER_H
#define PYPERF_RECORDING_READER_H

#include <pyperf/profile.h>

#include "recording/session.h"

/* Checks everything, and closes the calls that were open when the process was seen to end: in
 * nanoseconds of CLOCK_MONOTONIC, or 0 where nobody saw it. */
enum pyperf_status recording_read(const char *path, const struct session_facts *facts,
                                  uint64_t ended_monotonic, struct pyperf_profile **profile,
                                  struct pyperf_error *error);

#endif
