/* The files that kernprof writes and `python -m line_profiler` prints.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_FORMATS_LPROF_H
#define PYPERF_FORMATS_LPROF_H

#include "formats/format.h"

extern const struct pyperf_format format_lprof;

/* Its two halves. */
enum pyperf_status lprof_write(const struct pyperf_export *content, struct output_file *file,
                               struct pyperf_error *error);
enum pyperf_status lprof_read(const unsigned char *bytes, size_t size,
                              struct pyperf_import *import, struct pyperf_error *error);

#endif
