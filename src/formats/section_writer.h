/* The contents of one section of our own files, compressed as they are put in.
 *
 * Failures (no memory) are remembered in `failed`, and asked for once at the end.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_FORMATS_SECTION_WRITER_H
#define PYPERF_FORMATS_SECTION_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

enum { SECTION_PENDING_SIZE = 16 * 1024, SECTION_VARINT_SIZE = 10 };

struct section_writer {
    unsigned char *bytes; /* what is to be stored */
    size_t size;
    size_t capacity;
    bool compressed;
    bool failed;
    z_stream stream;
    unsigned char pending[SECTION_PENDING_SIZE]; /* put in, and not yet in `bytes` */
    size_t pending_size;
};

/* Release it in any case. */
void section_writer_init(struct section_writer *section, bool compressed);
void section_writer_release(struct section_writer *section);

/* Nothing is put in after this; `bytes` are complete unless it failed. */
void section_finish(struct section_writer *section);

/* For the functions below: makes room in `pending`. */
void section_flush(struct section_writer *section);

/* Seven bits a byte, the lowest first; all but the last byte have the eighth bit set. */
static inline void section_put_varint(struct section_writer *section, uint64_t value)
{
    if (section->pending_size > SECTION_PENDING_SIZE - SECTION_VARINT_SIZE)
        section_flush(section);
    while (value >= 0x80) {
        section->pending[section->pending_size++] = (unsigned char)(value | 0x80);
        value >>= 7;
    }
    section->pending[section->pending_size++] = (unsigned char)value;
}

void section_put_bytes(struct section_writer *section, const void *bytes, size_t size);
void section_put_double(struct section_writer *section, double value);

#endif
