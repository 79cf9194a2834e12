/* From a file that cProfile, the module profile, or another profiler wrote for pstats, to a
 * summary.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_FORMATS_PSTATS_READ_H
#define PYPERF_FORMATS_PSTATS_READ_H

#include "formats/format.h"

/* See struct pyperf_format. */
bool pstats_recognises(const unsigned char *bytes, size_t size);
enum pyperf_status pstats_read(const unsigned char *bytes, size_t size,
                               struct pyperf_import *import, struct pyperf_error *error);

#endif
