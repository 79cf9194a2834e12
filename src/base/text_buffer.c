/* SPDX-License-Identifier: MIT */
#include "base/text_buffer.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

void text_buffer_init(struct text_buffer *buffer)
{
    *buffer = (struct text_buffer){0};
}

void text_buffer_release(struct text_buffer *buffer)
{
    free(buffer->text);
    text_buffer_init(buffer);
}

void text_buffer_clear(struct text_buffer *buffer)
{
    buffer->length = 0;
    buffer->failed = false;
    if (buffer->text)
        buffer->text[0] = '\0';
}

void text_buffer_truncate(struct text_buffer *buffer, size_t length)
{
    if (length >= buffer->length)
        return;
    buffer->length = length;
    buffer->text[length] = '\0';
}

const char *text_buffer_text(const struct text_buffer *buffer)
{
    return buffer->text ? buffer->text : "";
}

/* Room for `size` more bytes and the terminating NUL. */
static bool reserve(struct text_buffer *buffer, size_t size)
{
    if (buffer->failed)
        return false;
    if (size < buffer->capacity - buffer->length) /* most often */
        return true;
    if (size > SIZE_MAX - buffer->length - 1 ||
        !array_reserve((void **)&buffer->text, &buffer->capacity, buffer->length + size + 1, 1))
        buffer->failed = true;
    return !buffer->failed;
}

void text_buffer_add_bytes(struct text_buffer *buffer, const char *bytes, size_t size)
{
    if (size == 0 || !reserve(buffer, size))
        return;
    memcpy(buffer->text + buffer->length, bytes, size);
    buffer->length += size;
    buffer->text[buffer->length] = '\0';
}

void text_buffer_add(struct text_buffer *buffer, const char *text)
{
    text_buffer_add_bytes(buffer, text, strlen(text));
}

void text_buffer_add_repeated(struct text_buffer *buffer, char character, size_t count)
{
    if (count == 0 || !reserve(buffer, count))
        return;
    memset(buffer->text + buffer->length, character, count);
    buffer->length += count;
    buffer->text[buffer->length] = '\0';
}

void text_buffer_printf(struct text_buffer *buffer, const char *format, ...)
{
    enum { USUAL_SIZE = 64 };
    va_list arguments;
    if (!reserve(buffer, USUAL_SIZE))
        return;
    for (;;) {
        size_t room = buffer->capacity - buffer->length;
        va_start(arguments, format);
        int size = vsnprintf(buffer->text + buffer->length, room, format, arguments);
        va_end(arguments);
        if (size < 0)
            buffer->failed = true;
        else if ((size_t)size < room)
            buffer->length += (size_t)size;
        else if (reserve(buffer, (size_t)size))
            continue;
        buffer->text[buffer->length] = '\0';
        return;
    }
}
