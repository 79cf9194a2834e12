/* Numbers as people read them.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_REPORTS_NUMBERS_H
#define PYPERF_REPORTS_NUMBERS_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

#include "base/text_buffer.h"

/* "1234567", in a tenth of the time that printf takes. */
void add_number(struct text_buffer *text, uint64_t number);

/* What printf makes of "%8.3f", the cells of pstats' tables. */
void add_seconds(struct text_buffer *text, double seconds);

/* "calls", or "calls/primitive" where these differ, with spaces before it up to `width`. */
void add_calls(struct text_buffer *text, uint64_t calls, uint64_t primitive_calls,
               size_t width);

/* "1,234,567" */
static inline void add_grouped(struct text_buffer *text, uint64_t number)
{
    char digits[32];
    int count = snprintf(digits, sizeof digits, "%" PRIu64, number);
    for (int i = 0; i < count; i++) {
        if (i > 0 && (count - i) % 3 == 0)
            text_buffer_add(text, ",");
        text_buffer_add_bytes(text, &digits[i], 1);
    }
}

#endif
