/* The part of reader.c that is about lines.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_RECORDING_READER_LINES_H
#define PYPERF_RECORDING_READER_LINES_H

#include <stdbool.h>
#include <stdint.h>

#include <pyperf/profile.h>

#include "recording/reader_calls.h"
#include "recording/recording_file.h"

/* Ends the lines that were open at the moment `ended`, in ticks, and gives a profile, whose
 * functions, threads and strings are there, its lines; none, where none were recorded. False:
 * no memory. */
bool reader_convert_lines(struct recording_file *file, uint64_t ended,
                          struct reader_calls *calls, struct pyperf_profile *profile);

#endif
