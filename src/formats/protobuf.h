/* Messages of Google's protocol buffers, as bytes in a buffer.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_FORMATS_PROTOBUF_H
#define PYPERF_FORMATS_PROTOBUF_H

#include <stddef.h>
#include <stdint.h>

#include "base/text_buffer.h"

void protobuf_varint(struct text_buffer *message, uint64_t value);

/* A field whose value is a number; 0, which is what a field that is missing means, is left out.
 */
void protobuf_number(struct text_buffer *message, uint32_t field, uint64_t value);

/* A field whose value is bytes: a string, another message, packed numbers. */
void protobuf_bytes(struct text_buffer *message, uint32_t field, const char *bytes,
                    size_t size);
void protobuf_message(struct text_buffer *message, uint32_t field,
                      const struct text_buffer *inner);

#endif
