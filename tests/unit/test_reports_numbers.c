/* Numbers in tables are what printf makes of them.
 *
 * SPDX-License-Identifier: MIT */
#include "unit.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "reports/numbers.h"

static void check(double seconds)
{
    char expected[512];
    struct text_buffer text = {0};
    snprintf(expected, sizeof expected, "%8.3f", seconds);
    add_seconds(&text, seconds);
    assert_string_equal(text_buffer_text(&text), expected);
    text_buffer_release(&text);
}

static void seconds_at_the_edges(void **state)
{
    (void)state;
    static const double edges[] = {0.0,       -0.0,     0.0005, 0.0015,      0.0025, 0.0625,
                                   0.1875,    0.4375,   0.9995, 0.99949,     1e-300, 999.9995,
                                   9999.9995, 1e11,     1e12,   1e15,        1e300,  DBL_MAX,
                                   DBL_MIN,   INFINITY, 0.5,    4503599.6275};
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) {
        check(edges[i]);
        check(-edges[i]);
        check(nextafter(edges[i], 0));
        check(nextafter(edges[i], INFINITY));
    }
}

/* Middles between two thousandths that are exact, and what lies around them. */
static void seconds_in_the_middle(void **state)
{
    (void)state;
    for (int i = 1; i < 20000; i += 2) {
        double middle = i / 16.0;
        check(middle);
        check(nextafter(middle, 0));
        check(nextafter(middle, INFINITY));
        check((i + 0.5) / 1000);
    }
}

static void seconds_of_all_sizes(void **state)
{
    (void)state;
    srand48(1);
    for (int i = 0; i < 200000; i++)
        check(ldexp(drand48() - 0.5, i % 56 - 14));
}

static void calls(void **state)
{
    (void)state;
    struct text_buffer text = {0};
    add_calls(&text, 7, 7, 9);
    add_calls(&text, 12, 3, 7);
    add_calls(&text, 0, 0, 1);
    add_calls(&text, UINT64_MAX, UINT64_MAX - 1, 9);
    assert_string_equal(text_buffer_text(&text),
                        "        7   12/3018446744073709551615/18446744073709551614");
    text_buffer_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seconds_at_the_edges),
        cmocka_unit_test(seconds_in_the_middle),
        cmocka_unit_test(seconds_of_all_sizes),
        cmocka_unit_test(calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
