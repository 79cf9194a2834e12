/* Numbers and texts on their way into a page: as bytes, compressed by zlib, in base64.
 *
 * Whole numbers are LEB128: seven bits a byte, the lowest first, the top bit says that more
 * follow. Floating-point numbers are the eight bytes of IEEE 754, the lowest first. Texts are
 * their length in bytes and the bytes.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_FORMATS_PAGE_STREAM_H
#define PYPERF_FORMATS_PAGE_STREAM_H

#include <stddef.h>
#include <stdint.h>

#include "base/output_file.h"

struct page_stream;

/* NULL: no memory. Finish releases it. Failures to write are remembered by `file`. */
struct page_stream *page_stream_create(struct output_file *file);
void page_stream_finish(struct page_stream *stream);

void page_stream_number(struct page_stream *stream, uint64_t value);
void page_stream_float(struct page_stream *stream, double value);
void page_stream_text(struct page_stream *stream, const char *text);

#endif
