/* SPDX-License-Identifier: MIT */
#include "base/gzip_writer.h"

#include <limits.h>
#include <stdbool.h>

enum pyperf_status gzip_writer_init(struct gzip_writer *gzip, struct output_file *file,
                                    struct pyperf_error *error)
{
    enum { GZIP_HEADER = 16 };
    gzip->file = file;
    gzip->stream = (z_stream){.next_out = gzip->buffer, .avail_out = sizeof gzip->buffer};
    int result = deflateInit2(&gzip->stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED,
                              MAX_WBITS + GZIP_HEADER, MAX_MEM_LEVEL - 1, Z_DEFAULT_STRATEGY);
    if (result == Z_OK)
        return PYPERF_OK;
    return pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory to compress with");
}

static void flush(struct gzip_writer *gzip)
{
    output_file_write(gzip->file, gzip->buffer, sizeof gzip->buffer - gzip->stream.avail_out);
    gzip->stream.next_out = gzip->buffer;
    gzip->stream.avail_out = sizeof gzip->buffer;
}

void gzip_writer_add(struct gzip_writer *gzip, const void *bytes, size_t size)
{
    const unsigned char *next = bytes;
    while (size > 0) {
        uInt part = size < UINT_MAX ? (uInt)size : UINT_MAX;
        gzip->stream.next_in = (unsigned char *)next;
        gzip->stream.avail_in = part;
        while (gzip->stream.avail_in > 0) {
            (void)deflate(&gzip->stream, Z_NO_FLUSH);
            if (gzip->stream.avail_out == 0)
                flush(gzip);
        }
        next += part;
        size -= part;
    }
}

void gzip_writer_finish(struct gzip_writer *gzip)
{
    while (deflate(&gzip->stream, Z_FINISH) != Z_STREAM_END)
        flush(gzip);
    flush(gzip);
    deflateEnd(&gzip->stream);
}
