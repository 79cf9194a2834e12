/* The contents of one section of our own files, decompressed as they are read: nothing is ever
 * held of them but a small window, whatever they claim to be.
 *
 * The first problem is remembered, and from then on every number read is zero; so readers ask
 * for problems once after a loop whose length something else bounds.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_FORMATS_SECTION_READER_H
#define PYPERF_FORMATS_SECTION_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

struct section_reader {
    const unsigned char *next; /* read so far up to here, */
    const unsigned char *end;  /* known so far up to here */
    size_t stored;             /* bytes in the file */
    bool compressed;
    bool exhausted; /* nothing comes after `end` */
    size_t unfed;   /* stored bytes that zlib has not been given yet */
    z_stream stream;
    unsigned char *window;
    const char *problem; /* NULL: none so far */
};

/* `bytes` must live as long. False, with nothing to release: no memory. */
bool section_reader_init(struct section_reader *section, const unsigned char *bytes,
                         size_t size, bool compressed);
void section_reader_release(struct section_reader *section);

void section_fail(struct section_reader *section, const char *problem);

/* For section_get_varint: numbers of more than one byte, and whatever needs more input. */
uint64_t section_get_long_varint(struct section_reader *section);

static inline uint64_t section_get_varint(struct section_reader *section)
{
    if (section->next < section->end && *section->next < 0x80)
        return *section->next++;
    return section_get_long_varint(section);
}

/* A varint that is at most `limit`. */
uint64_t section_get_limited(struct section_reader *section, uint64_t limit);

/* Zeros where the section has not that much. */
void section_get_bytes(struct section_reader *section, void *bytes, size_t size);
double section_get_double(struct section_reader *section);

/* Is all of it read? If not, that is a problem. */
void section_expect_end(struct section_reader *section);

#endif
