/* SPDX-License-Identifier: MIT */
#include "formats/section_writer.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

/* Higher levels take two to nine times as long, and save less than a fortieth. */
enum { LEVEL = 3, ROOM_STEP = 32 * 1024 };

void section_writer_init(struct section_writer *section, bool compressed)
{
    *section = (struct section_writer){.compressed = compressed};
    if (compressed && deflateInit(&section->stream, LEVEL) != Z_OK) {
        section->compressed = false; /* there is nothing to end */
        section->failed = true;
    }
}

void section_writer_release(struct section_writer *section)
{
    if (section->compressed)
        deflateEnd(&section->stream);
    free(section->bytes);
}

static bool make_room(struct section_writer *section, size_t more)
{
    if (!array_reserve((void **)&section->bytes, &section->capacity, section->size + more, 1))
        section->failed = true;
    return !section->failed;
}

static void deflate_pending(struct section_writer *section, int flush)
{
    z_stream *stream = &section->stream;
    int result;
    stream->next_in = section->pending;
    stream->avail_in = (uInt)section->pending_size;
    do {
        if (!make_room(section, ROOM_STEP))
            return;
        stream->next_out = section->bytes + section->size;
        stream->avail_out = ROOM_STEP;
        result = deflate(stream, flush);
        section->size += ROOM_STEP - stream->avail_out;
    } while (flush == Z_FINISH ? result == Z_OK : stream->avail_out == 0);
    if (result == Z_STREAM_ERROR)
        section->failed = true;
}

static void copy_pending(struct section_writer *section)
{
    if (!make_room(section, section->pending_size))
        return;
    memcpy(section->bytes + section->size, section->pending, section->pending_size);
    section->size += section->pending_size;
}

void section_flush(struct section_writer *section)
{
    if (!section->failed && section->compressed)
        deflate_pending(section, Z_NO_FLUSH);
    else if (!section->failed)
        copy_pending(section);
    section->pending_size = 0;
}

void section_finish(struct section_writer *section)
{
    if (!section->failed && section->compressed)
        deflate_pending(section, Z_FINISH);
    else if (!section->failed)
        copy_pending(section);
    section->pending_size = 0;
}

void section_put_bytes(struct section_writer *section, const void *bytes, size_t size)
{
    const unsigned char *from = bytes;
    while (size > 0) {
        size_t room = SECTION_PENDING_SIZE - section->pending_size;
        size_t part = size < room ? size : room;
        memcpy(section->pending + section->pending_size, from, part);
        section->pending_size += part;
        from += part;
        size -= part;
        if (section->pending_size == SECTION_PENDING_SIZE)
            section_flush(section);
    }
}

void section_put_double(struct section_writer *section, double value)
{
    unsigned char bytes[8];
    uint64_t bits;
    _Static_assert(sizeof bits == sizeof value, "doubles are those of IEEE 754");
    memcpy(&bits, &value, sizeof bits);
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(bits >> 8 * i);
    section_put_bytes(section, bytes, sizeof bytes);
}
