/* The rows of formats that know functions and who called them, but no paths: of the profile's
 * tree with qualified names where there is one, else of the summary that was read.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_FORMATS_ROWS_H
#define PYPERF_FORMATS_ROWS_H

#include <pyperf/formats.h>

#include "formats/frames.h"

struct rows {
    const struct pyperf_summary *summary;
    struct frame_table frames;  /* by row */
    struct pyperf_summary *own; /* what `summary` is, where it was made here */
};

/* Refuses, in the name of the format, where there is neither. Release them in any case. */
enum pyperf_status rows_create(struct rows *rows, const struct pyperf_export *content,
                               const char *format, struct pyperf_error *error);
void rows_release(struct rows *rows);

#endif
