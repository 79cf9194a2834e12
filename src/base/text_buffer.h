/* Text that grows.
 *
 * Running out of memory is remembered in `failed` instead of being reported by every call, so a
 * report is written without a check per line and asked once at its end. A buffer that failed
 * ignores what is added.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_BASE_TEXT_BUFFER_H
#define PYPERF_BASE_TEXT_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

struct text_buffer {
    char *text; /* NUL-terminated, or NULL while nothing was added */
    size_t length;
    size_t capacity;
    bool failed;
};

/* A buffer of zeros is an empty buffer too: struct text_buffer buffer = {0}; */
void text_buffer_init(struct text_buffer *buffer);
void text_buffer_release(struct text_buffer *buffer);

/* Empties the buffer, keeps its memory and forgets a failure. */
void text_buffer_clear(struct text_buffer *buffer);

/* Takes back what was added beyond `length`, which was the buffer's before. */
void text_buffer_truncate(struct text_buffer *buffer, size_t length);

/* The text so far, never NULL; valid until the next addition. */
const char *text_buffer_text(const struct text_buffer *buffer);

void text_buffer_add(struct text_buffer *buffer, const char *text);
void text_buffer_add_bytes(struct text_buffer *buffer, const char *bytes, size_t size);
void text_buffer_add_repeated(struct text_buffer *buffer, char character, size_t count);
void text_buffer_printf(struct text_buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
