/* Comma-separated values (RFC 4180).
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_BASE_CSV_H
#define PYPERF_BASE_CSV_H

#include "base/text_buffer.h"

/* Appends a field that holds a name, in quotes where it needs them, with a comma before it
 * unless the line begins with it. Spreadsheets take cells that begin with = + - @ for formulas,
 * which names in profiles must not become: such a field gets an apostrophe in front. */
void csv_add_name(struct text_buffer *line, const char *name);

/* The same for a number or another text of our own. */
void csv_add(struct text_buffer *line, const char *value);

/* Ends the line. */
void csv_end(struct text_buffer *line);

#endif
