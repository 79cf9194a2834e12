/* What a file format is to the table in format.c: one row, one file.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_FORMATS_FORMAT_H
#define PYPERF_FORMATS_FORMAT_H

#include <stdbool.h>

#include <pyperf/formats.h>

#include "base/output_file.h"

struct pyperf_format {
    const char *name;
    const char *const *suffixes; /* with their dots; NULL-terminated */
    const char *prefix;          /* that file names begin with instead, or NULL */
    bool binary;                 /* nothing for a terminal */
    bool holds_lines;            /* what `pyperf lines` records is in it */
    bool holds_no_calls;         /* and what `pyperf run` records is not */
    bool keeps_recordings;       /* wants what was recorded as it was, process by process */
    unsigned wishes;             /* those of enum pyperf_wish that it heeds */
    /* Failures to write are remembered by `file`; this reports only what it cannot express. */
    enum pyperf_status (*write)(const struct pyperf_export *content, struct output_file *file,
                                struct pyperf_error *error);
    /* For formats that are read; else NULL. Do the first bytes look like this format? */
    bool (*recognises)(const unsigned char *bytes, size_t size);
    /* Messages name what is wrong and the byte offset, not the file. */
    enum pyperf_status (*read)(const unsigned char *bytes, size_t size,
                               struct pyperf_import *import, struct pyperf_error *error);
};

/* Who writes it, for formats that say so. */
static inline const char *creator_of(const struct pyperf_export *content)
{
    return content->creator ? content->creator : "pyperf";
}

#endif
