/* Texts as Python reads and shows them, where a report must say what pstats says.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_ANALYSIS_PYTHON_TEXT_H
#define PYPERF_ANALYSIS_PYTHON_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text_buffer.h"

/* int(text) and float(text): false where Python raises ValueError. Integers beyond 64 bits stop
 * at the largest. The C library's locale must be "C" as far as numbers go. */
bool python_parse_integer(const char *text, int64_t *value);
bool python_parse_float(const char *text, double *value);

/* repr() of a number and of a string. */
void python_repr_float(struct text_buffer *buffer, double value);
void python_repr_string(struct text_buffer *buffer, const char *text);

#endif
