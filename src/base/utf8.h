/* Python's text as bytes: UTF-8 in which lone surrogates are encoded like any other code point
 * ("surrogatepass").
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_BASE_UTF8_H
#define PYPERF_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads the code point that `text` (not empty) begins with. Returns its length in bytes, or 0
 * when the bytes encode none. Never reads beyond a terminating NUL. */
size_t utf8_decode(const char *text, uint32_t *code_point);

/* Writes at most 4 bytes, without a NUL; returns how many. */
size_t utf8_encode(uint32_t code_point, char bytes[4]);

bool utf8_valid(const char *text);

/* The same for bytes that no NUL ends. */
bool utf8_valid_bytes(const char *bytes, size_t size);

/* The number of code points, as Python's len(); a byte that encodes none counts as one. */
size_t utf8_length(const char *text);

#endif
