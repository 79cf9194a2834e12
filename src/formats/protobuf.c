/* SPDX-License-Identifier: MIT */
#include "formats/protobuf.h"

enum wire_type { VARINT = 0, LENGTH_DELIMITED = 2 };

void protobuf_varint(struct text_buffer *message, uint64_t value)
{
    char bytes[10];
    size_t size = 0;
    for (; value >= 0x80; value >>= 7)
        bytes[size++] = (char)(unsigned char)(value | 0x80);
    bytes[size++] = (char)value;
    text_buffer_add_bytes(message, bytes, size);
}

static void add_key(struct text_buffer *message, uint32_t field, enum wire_type type)
{
    protobuf_varint(message, (uint64_t)field << 3 | type);
}

void protobuf_number(struct text_buffer *message, uint32_t field, uint64_t value)
{
    if (value == 0)
        return;
    add_key(message, field, VARINT);
    protobuf_varint(message, value);
}

void protobuf_bytes(struct text_buffer *message, uint32_t field, const char *bytes, size_t size)
{
    add_key(message, field, LENGTH_DELIMITED);
    protobuf_varint(message, size);
    text_buffer_add_bytes(message, bytes, size);
}

void protobuf_message(struct text_buffer *message, uint32_t field,
                      const struct text_buffer *inner)
{
    protobuf_bytes(message, field, text_buffer_text(inner), inner->length);
}
