/* Compresses what is written to an output file, as gzip does.
 *
 * The same bytes give the same file: neither a name nor a time is in it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_BASE_GZIP_WRITER_H
#define PYPERF_BASE_GZIP_WRITER_H

#include <stddef.h>
#include <zlib.h>

#include "base/output_file.h"

enum { GZIP_BUFFER_SIZE = 16 * 1024 }; /* bytes */

struct gzip_writer {
    z_stream stream;
    struct output_file *file;
    unsigned char buffer[GZIP_BUFFER_SIZE];
};

/* On success gzip_writer_finish must follow. */
enum pyperf_status gzip_writer_init(struct gzip_writer *gzip, struct output_file *file,
                                    struct pyperf_error *error);

/* Failures to write are the file's to remember. */
void gzip_writer_add(struct gzip_writer *gzip, const void *bytes, size_t size);

/* Hands what is left to the file and releases the writer. */
void gzip_writer_finish(struct gzip_writer *gzip);

#endif
