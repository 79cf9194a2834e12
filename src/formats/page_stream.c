/* SPDX-License-Identifier: MIT */
#include "formats/page_stream.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* What is compressed leaves in pieces whose size is a multiple of three, so that only the last
 * one's base64 is padded. */
enum { RAW_SIZE = 1 << 15, PACKED_SIZE = 3 << 14 };

struct page_stream {
    struct output_file *file;
    z_stream deflate;
    size_t raw_size;
    unsigned char raw[RAW_SIZE];
    unsigned char packed[PACKED_SIZE];
};

struct page_stream *page_stream_create(struct output_file *file)
{
    struct page_stream *stream = malloc(sizeof *stream);
    if (!stream)
        return NULL;
    stream->file = file;
    stream->raw_size = 0;
    stream->deflate = (z_stream){.next_out = stream->packed, .avail_out = PACKED_SIZE};
    if (deflateInit(&stream->deflate, Z_DEFAULT_COMPRESSION) == Z_OK)
        return stream;
    free(stream);
    return NULL;
}

static void put_base64(struct output_file *file, const unsigned char *bytes, size_t size)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < size; i += 3) {
        size_t length = size - i < 3 ? size - i : 3;
        uint32_t bits = (uint32_t)bytes[i] << 16;
        if (length > 1)
            bits |= (uint32_t)bytes[i + 1] << 8;
        if (length > 2)
            bits |= bytes[i + 2];
        const char text[] = {digits[bits >> 18], digits[bits >> 12 & 63],
                             length > 1 ? digits[bits >> 6 & 63] : '=',
                             length > 2 ? digits[bits & 63] : '='};
        output_file_write(file, text, sizeof text);
    }
}

/* Hands on what has been compressed so far. */
static void drain(struct page_stream *stream)
{
    put_base64(stream->file, stream->packed, PACKED_SIZE - stream->deflate.avail_out);
    stream->deflate.next_out = stream->packed;
    stream->deflate.avail_out = PACKED_SIZE;
}

static void compress_raw(struct page_stream *stream, int flush)
{
    z_stream *deflating = &stream->deflate;
    deflating->next_in = stream->raw;
    deflating->avail_in = (uInt)stream->raw_size;
    stream->raw_size = 0;
    int result;
    do {
        if (deflating->avail_out == 0)
            drain(stream);
        result = deflate(deflating, flush);
    } while (flush == Z_FINISH ? result == Z_OK || result == Z_BUF_ERROR
                               : deflating->avail_in > 0);
}

static void put_bytes(struct page_stream *stream, const void *bytes, size_t size)
{
    const unsigned char *from = bytes;
    while (size > 0) {
        if (stream->raw_size == RAW_SIZE)
            compress_raw(stream, Z_NO_FLUSH);
        size_t piece = RAW_SIZE - stream->raw_size;
        if (piece > size)
            piece = size;
        memcpy(stream->raw + stream->raw_size, from, piece);
        stream->raw_size += piece;
        from += piece;
        size -= piece;
    }
}

void page_stream_finish(struct page_stream *stream)
{
    compress_raw(stream, Z_FINISH);
    drain(stream);
    deflateEnd(&stream->deflate);
    free(stream);
}

void page_stream_number(struct page_stream *stream, uint64_t value)
{
    unsigned char bytes[10];
    size_t size = 0;
    while (value > 0x7F) {
        bytes[size++] = (unsigned char)(value | 0x80);
        value >>= 7;
    }
    bytes[size++] = (unsigned char)value;
    put_bytes(stream, bytes, size);
}

void page_stream_float(struct page_stream *stream, double value)
{
    uint64_t bits;
    _Static_assert(sizeof bits == sizeof value, "doubles are those of IEEE 754");
    memcpy(&bits, &value, sizeof bits);
    unsigned char bytes[sizeof bits];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(bits >> 8 * i);
    put_bytes(stream, bytes, sizeof bytes);
}

void page_stream_text(struct page_stream *stream, const char *text)
{
    size_t size = strlen(text);
    page_stream_number(stream, size);
    put_bytes(stream, text, size);
}
