/* Text from a profile as it can be shown: on terminals, and in files that other programs read.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_BASE_VISIBLE_TEXT_H
#define PYPERF_BASE_VISIBLE_TEXT_H

#include "base/text_buffer.h"

/* Adds `text` with control characters (C0, DEL, C1) and bytes that are not UTF-8 as \xNN, and
 * lone surrogates as \uNNNN: one line of valid UTF-8. */
void text_buffer_add_visible(struct text_buffer *buffer, const char *text);

/* The same, but line feeds remain: as many lines as the text has. */
void text_buffer_add_visible_lines(struct text_buffer *buffer, const char *text);

#endif
