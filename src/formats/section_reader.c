/* SPDX-License-Identifier: MIT */
#include "formats/section_reader.h"

#include <stdlib.h>
#include <string.h>

enum { WINDOW_SIZE = 32 * 1024, FEED_SIZE = 1 << 30 };

bool section_reader_init(struct section_reader *section, const unsigned char *bytes,
                         size_t size, bool compressed)
{
    *section = (struct section_reader){.stored = size, .compressed = compressed};
    if (!compressed) {
        section->next = bytes;
        section->end = bytes + size;
        section->exhausted = true;
        return true;
    }
    section->window = malloc(WINDOW_SIZE);
    if (!section->window)
        return false;
    section->next = section->end = section->window;
    section->stream.next_in = (unsigned char *)bytes; /* zlib does not write to it */
    section->unfed = size;
    if (inflateInit(&section->stream) == Z_OK)
        return true;
    free(section->window);
    return false;
}

void section_reader_release(struct section_reader *section)
{
    if (section->compressed)
        inflateEnd(&section->stream);
    free(section->window);
}

void section_fail(struct section_reader *section, const char *problem)
{
    if (!section->problem)
        section->problem = problem;
    section->next = section->end;
    section->exhausted = true;
}

/* Decompresses more, once all that is known has been read. False: there is no more, or there is
 * a problem. */
static bool refill(struct section_reader *section)
{
    z_stream *stream = &section->stream;
    section->next = section->end = section->window;
    while (!section->exhausted && section->next == section->end) {
        if (stream->avail_in == 0) {
            stream->avail_in = section->unfed < FEED_SIZE ? (uInt)section->unfed : FEED_SIZE;
            section->unfed -= stream->avail_in;
        }
        stream->next_out = section->window;
        stream->avail_out = WINDOW_SIZE;
        int result = inflate(stream, Z_NO_FLUSH);
        section->end = section->window + (WINDOW_SIZE - stream->avail_out);
        section->exhausted = result == Z_STREAM_END;
        if (result == Z_STREAM_END && stream->avail_in + section->unfed > 0)
            section_fail(section, "there are bytes behind its compressed contents");
        else if (result == Z_MEM_ERROR)
            section_fail(section, "there is no memory to decompress it");
        else if (result != Z_OK && result != Z_STREAM_END)
            section_fail(section, "it cannot be decompressed");
    }
    return section->next < section->end;
}

static bool has_more(struct section_reader *section)
{
    if (section->next < section->end)
        return true;
    return !section->exhausted && refill(section);
}

static void fail_short(struct section_reader *section)
{
    section_fail(section, "it ends too early");
}

uint64_t section_get_long_varint(struct section_reader *section)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (!has_more(section)) {
            fail_short(section);
            return 0;
        }
        uint64_t byte = *section->next++;
        if (shift == 63 && byte > 1)
            break;
        value |= (byte & 0x7F) << shift;
        if (byte < 0x80)
            return value;
    }
    section_fail(section, "a number has more than 64 bits");
    return 0;
}

uint64_t section_get_limited(struct section_reader *section, uint64_t limit)
{
    uint64_t value = section_get_varint(section);
    if (value <= limit)
        return value;
    section_fail(section, "a number is too large for its place");
    return 0;
}

void section_get_bytes(struct section_reader *section, void *bytes, size_t size)
{
    unsigned char *to = bytes;
    while (size > 0 && has_more(section)) {
        size_t available = (size_t)(section->end - section->next);
        size_t part = size < available ? size : available;
        memcpy(to, section->next, part);
        section->next += part;
        to += part;
        size -= part;
    }
    if (size == 0)
        return;
    memset(to, 0, size);
    fail_short(section);
}

double section_get_double(struct section_reader *section)
{
    unsigned char bytes[8];
    uint64_t bits = 0;
    double value;
    _Static_assert(sizeof bits == sizeof value, "doubles are those of IEEE 754");
    section_get_bytes(section, bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++)
        bits |= (uint64_t)bytes[i] << 8 * i;
    memcpy(&value, &bits, sizeof value);
    return value;
}

void section_expect_end(struct section_reader *section)
{
    if (!section->problem && has_more(section))
        section_fail(section, "there is more in it than there should be");
}
