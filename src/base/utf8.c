/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

#include <string.h>

static bool is_continuation(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

size_t utf8_decode(const char *text, uint32_t *code_point)
{
    const unsigned char *bytes = (const unsigned char *)text;
    if (bytes[0] < 0x80) {
        *code_point = bytes[0];
        return 1;
    }
    size_t length = bytes[0] < 0xC2   ? 0
                    : bytes[0] < 0xE0 ? 2
                    : bytes[0] < 0xF0 ? 3
                    : bytes[0] < 0xF5 ? 4
                                      : 0;
    if (length == 0)
        return 0;
    uint32_t value = bytes[0] & (0x7Fu >> length);
    for (size_t i = 1; i < length; i++) {
        if (!is_continuation(bytes[i]))
            return 0;
        value = value << 6 | (bytes[i] & 0x3Fu);
    }
    bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
    if (overlong || value > 0x10FFFF)
        return 0;
    *code_point = value;
    return length;
}

size_t utf8_encode(uint32_t code_point, char bytes[4])
{
    if (code_point < 0x80) {
        bytes[0] = (char)code_point;
        return 1;
    }
    size_t length = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--) {
        bytes[i] = (char)(0x80 | (code_point & 0x3F));
        code_point >>= 6;
    }
    bytes[0] = (char)((0xF00u >> length & 0xF0) | code_point);
    return length;
}

bool utf8_valid(const char *text)
{
    uint32_t code_point;
    while (*text) {
        size_t size = utf8_decode(text, &code_point);
        if (size == 0)
            return false;
        text += size;
    }
    return true;
}

bool utf8_valid_bytes(const char *bytes, size_t size)
{
    uint32_t code_point;
    while (size > 0) {
        char rest[4] = ""; /* the last three, and a NUL that ends them */
        const char *next = size < sizeof rest ? memcpy(rest, bytes, size) : bytes;
        size_t length = utf8_decode(next, &code_point);
        if (length == 0)
            return false;
        bytes += length;
        size -= length;
    }
    return true;
}

size_t utf8_length(const char *text)
{
    size_t length = 0;
    uint32_t code_point;
    for (; *text; length++) {
        size_t size = utf8_decode(text, &code_point);
        text += size ? size : 1;
    }
    return length;
}
