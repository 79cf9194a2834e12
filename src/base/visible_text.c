/* SPDX-License-Identifier: MIT */
#include "base/visible_text.h"

#include <stdbool.h>
#include <stdint.h>

#include "base/utf8.h"

static bool is_control(uint32_t code_point)
{
    return code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0);
}

static bool is_surrogate(uint32_t code_point)
{
    return code_point >= 0xD800 && code_point < 0xE000;
}

static void add(struct text_buffer *buffer, const char *text, bool keep_line_feeds)
{
    while (*text) {
        uint32_t code_point;
        size_t size = utf8_decode(text, &code_point);
        if (keep_line_feeds && *text == '\n') {
            text_buffer_add(buffer, "\n");
        } else if (size == 0) {
            size = 1;
            text_buffer_printf(buffer, "\\x%02x", (unsigned char)*text);
        } else if (is_control(code_point)) {
            text_buffer_printf(buffer, "\\x%02x", (unsigned)code_point);
        } else if (is_surrogate(code_point)) {
            text_buffer_printf(buffer, "\\u%04x", (unsigned)code_point);
        } else {
            text_buffer_add_bytes(buffer, text, size);
        }
        text += size;
    }
}

void text_buffer_add_visible(struct text_buffer *buffer, const char *text)
{
    add(buffer, text, false);
}

void text_buffer_add_visible_lines(struct text_buffer *buffer, const char *text)
{
    add(buffer, text, true);
}
