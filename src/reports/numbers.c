/* SPDX-License-Identifier: MIT */
#include "reports/numbers.h"

#include <math.h>
#include <stdbool.h>

/* Digits, from the last to the first, in front of `end`; returns where they begin. */
static char *put_digits(char *end, uint64_t number, int at_least)
{
    for (int count = 0; number > 0 || count < at_least; count++, number /= 10)
        *--end = (char)('0' + number % 10);
    return end;
}

static void add_right_aligned(struct text_buffer *text, const char *start, const char *end,
                              size_t width)
{
    size_t length = (size_t)(end - start);
    if (length < width)
        text_buffer_add_repeated(text, ' ', width - length);
    text_buffer_add_bytes(text, start, length);
}

/* A table of 200,000 functions has a million of these, and printf needs ten times as long. The
 * product of the time and 1000 is not exact; which side of the middle between two thousandths
 * it lies on, a fused multiplication tells without rounding. In the middle printf takes the
 * even one. */
void add_seconds(struct text_buffer *text, double seconds)
{
    enum { WIDTH = 8, DIGITS = 3 };
    double magnitude = fabs(seconds);
    if (!(magnitude < 1e12)) {
        text_buffer_printf(text, "%8.3f", seconds);
        return;
    }
    uint64_t thousandths = (uint64_t)(magnitude * 1000);
    double beyond = fma(magnitude, 1000, -((double)thousandths + 0.5));
    thousandths += beyond > 0 || (beyond == 0 && thousandths % 2 == 1);
    char digits[32];
    char *end = digits + sizeof digits;
    char *start = put_digits(end, thousandths % 1000, DIGITS);
    *--start = '.';
    start = put_digits(start, thousandths / 1000, 1);
    if (signbit(seconds))
        *--start = '-';
    add_right_aligned(text, start, end, WIDTH);
}

void add_number(struct text_buffer *text, uint64_t number)
{
    char digits[32];
    char *end = digits + sizeof digits, *start = put_digits(end, number, 1);
    text_buffer_add_bytes(text, start, (size_t)(end - start));
}

void add_calls(struct text_buffer *text, uint64_t calls, uint64_t primitive_calls, size_t width)
{
    char digits[64];
    char *end = digits + sizeof digits, *start = end;
    if (calls != primitive_calls) {
        start = put_digits(start, primitive_calls, 1);
        *--start = '/';
    }
    start = put_digits(start, calls, 1);
    add_right_aligned(text, start, end, width);
}
