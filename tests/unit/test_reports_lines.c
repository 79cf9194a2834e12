/* The report of lines. Its layout is compared with line_profiler's own by
 * tests/golden/compare_with_line_profiler.py; here is what line_profiler lacks.
 *
 * SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdlib.h>

#include <pyperf/reports.h>

#include "base/text_buffer.h"
#include "lines_builder.h"
#include "profile_builder.h"

static const char source[] = "def f(n):\n"
                             "    g(n,\n"
                             "      1)\n"
                             "    if n:\n"
                             "        h()\n"
                             "    return n\n"
                             "\n"
                             "def g(n, m):\n"
                             "    pass\n";

static struct pyperf_profile *example(void)
{
    struct pyperf_profile *profile = build_lines("x.py");
    uint32_t builtin =
        build_function(profile, PYPERF_FUNCTION_BUILTIN, "~", 0, "<built-in method len>");
    build_source(profile, "/dir/x.py", source);
    uint32_t g = build_line_function(profile, "/dir/x.py", 8, "g", 0, 1500);
    build_line(profile, 9, 2, 1500, 0);
    build_line_function(profile, "/dir/x.py", 1, "f", 0, 10000);
    build_line(profile, 2, 4, 6000, 1500);
    build_line_call(profile, g, 2, 1000);
    build_line_call(profile, builtin, 7, 500);
    build_line(profile, 3, 2, 1000, 0);
    build_line(profile, 4, 2, 1000, 0);
    build_line(profile, 5, 0, 0, 0);
    build_line(profile, 6, 2, 2000, 0);
    return profile;
}

static char *report(const struct pyperf_profile *profile,
                    const struct pyperf_lines_options *options)
{
    struct text_buffer text = {0};
    assert_int_equal(pyperf_report_lines(profile, options, &text, NULL), PYPERF_OK);
    return text.text;
}

static void check_report(const struct pyperf_lines_options *options, const char *expected)
{
    struct pyperf_profile *profile = example();
    char *text = report(profile, options);
    assert_string_equal(text, expected);
    free(text);
    pyperf_profile_free(profile);
}

#define HEADER                                                                                 \
    "Line #      Hits         Time  Per Hit   % Time  Line Contents\n"                         \
    "==============================================================\n"

#define SECOND_FUNCTION                                                                        \
    "Total time: 1.5e-06 s\n"                                                                  \
    "File: /dir/x.py\n"                                                                        \
    "Function: g at line 8\n"                                                                  \
    "\n" HEADER "     8                                           def g(n, m):\n"              \
    "     9         2          1.5      0.8    100.0      pass\n"                              \
    "\n"

static void test_default(void **state)
{
    (void)state;
    const struct pyperf_lines_options options = {.thread = PYPERF_NO_INDEX};
    check_report(&options,
                 "Timer unit: 1e-06 s\n"
                 "\n"
                 "Total time: 1e-05 s\n"
                 "File: /dir/x.py\n"
                 "Function: f at line 1\n"
                 "\n" HEADER "     1                                           def f(n):\n"
                 "     2         4          6.0      1.5     60.0      g(n,\n"
                 "     3         2          1.0      0.5     10.0        1)\n"
                 "     4         2          1.0      0.5     10.0      if n:\n"
                 "     5                                                   h()\n"
                 "     6         2          2.0      1.0     20.0      return n\n"
                 "\n"
                 "   Never reached: line 5.\n"
                 "   15.0 % of the time was spent in functions that it called.\n"
                 "\n" SECOND_FUNCTION);
}

static void test_statements_and_calls(void **state)
{
    (void)state;
    const struct pyperf_lines_options options = {
        .thread = PYPERF_NO_INDEX, .unit = 1e-9, .statements = true, .calls = true};
    check_report(&options,
                 "Timer unit: 1e-09 s\n"
                 "\n"
                 "Total time: 1e-05 s\n"
                 "File: /dir/x.py\n"
                 "Function: f at line 1\n"
                 "\n" HEADER "     1                                           def f(n):\n"
                 "     2         6       7000.0   1166.7     70.0      g(n,\n"
                 "     3                                                 1)\n"
                 "     4         2       1000.0    500.0     10.0      if n:\n"
                 "     5                                                   h()\n"
                 "     6         2       2000.0   1000.0     20.0      return n\n"
                 "\n"
                 "   Never reached: line 5.\n"
                 "   15.0 % of the time was spent in functions that it called.\n"
                 "\n"
                 "Line #     Calls         Time  Called\n"
                 "=====================================\n"
                 "     2                 5500.0  (the line itself)\n"
                 "               2       1000.0  x.py:8(g)\n"
                 "               7        500.0  {built-in method len}\n"
                 "\n"
                 "Total time: 1.5e-06 s\n"
                 "File: /dir/x.py\n"
                 "Function: g at line 8\n"
                 "\n" HEADER "     8                                           def g(n, m):\n"
                 "     9         2       1500.0    750.0    100.0      pass\n"
                 "\n");
}

static void test_order(void **state)
{
    (void)state;
    struct pyperf_profile *profile = example();
    const struct pyperf_lines_options by_time = {.thread = PYPERF_NO_INDEX,
                                                 .order = PYPERF_LINES_BY_TIME};
    const struct pyperf_lines_options as_found = {.thread = PYPERF_NO_INDEX,
                                                  .order = PYPERF_LINES_AS_FOUND};
    char *text = report(profile, &by_time);
    assert_true(strstr(text, "Function: g") < strstr(text, "Function: f"));
    free(text);
    text = report(profile, &as_found);
    assert_true(strstr(text, "Function: g") < strstr(text, "Function: f"));
    free(text);
    pyperf_profile_free(profile);
}

/* Every moment of an inner activation is one of the outer's, too. */
static void test_recursion(void **state)
{
    (void)state;
    struct pyperf_profile *profile = build_lines("x.py");
    build_line_function(profile, "x.py", 1, "f", 0, 1000);
    build_line(profile, 2, 10, 900, 800);
    build_line(profile, 3, 10, 800, 700);
    const struct pyperf_lines_options options = {.thread = PYPERF_NO_INDEX};
    char *text = report(profile, &options);
    assert_contains(text, "Total time: 1e-06 s\n");
    assert_contains(text, "     2        10          0.9      0.1     90.0  \n");
    assert_contains(text, "     3        10          0.8      0.1     80.0  \n");
    assert_contains(text, "80.0 % of the time was spent in recorded functions");
    free(text);
    pyperf_profile_free(profile);
}

static void test_threads_and_equal_labels(void **state)
{
    (void)state;
    struct pyperf_profile *profile = build_lines("x.py");
    build_thread(profile, 0);
    profile->run.nanoseconds_per_tick = 1000;
    uint32_t f = build_line_function(profile, "x.py", 1, "f", 0, 5);
    build_line(profile, 2, 1, 5, 0);
    build_line_function_again(profile, f, 1, 7);
    build_line(profile, 2, 1, 3, 0);
    build_line(profile, 3, 1, 4, 0);
    build_line_function(profile, "x.py", 1, "f", 0, 2);
    build_line(profile, 3, 2, 2, 0);
    struct pyperf_lines_options options = {.thread = PYPERF_NO_INDEX};
    char *text = report(profile, &options);
    assert_contains(text, "Total time: 1.4e-05 s\n");
    assert_contains(text, "     2         2          8.0      4.0     57.1  \n");
    assert_contains(text, "     3         3          6.0      2.0     42.9  \n");
    free(text);
    options.thread = 1;
    text = report(profile, &options);
    assert_contains(text, "Total time: 7e-06 s\n");
    assert_contains(text, "     2         1          3.0      3.0     42.9  \n");
    free(text);
    pyperf_profile_free(profile);
}

static void test_what_never_ran(void **state)
{
    (void)state;
    struct pyperf_profile *profile = build_lines("x.py");
    build_source(profile, "x.py", "def f():\n    a\n    b\n");
    build_line_function(profile, "x.py", 1, "f", 0, 0);
    build_line(profile, 2, 0, 0, 0);
    build_line(profile, 3, 0, 0, 0);
    struct pyperf_lines_options options = {.thread = PYPERF_NO_INDEX};
    char *text = report(profile, &options);
    assert_contains(text, "Total time: 0 s\n");
    assert_contains(text, "   Never called.\n");
    free(text);
    options.skip_zero = true;
    text = report(profile, &options);
    assert_string_equal(text, "Timer unit: 1e-06 s\n\n");
    free(text);
    pyperf_profile_free(profile);
}

static void test_parts_and_modules(void **state)
{
    (void)state;
    struct pyperf_profile *profile = build_lines("x.py");
    build_source(profile, "x.py", "a = 1\ndef f():\n    a = [x\n         for x in y]\nb\n");
    build_line_function(profile, "x.py", 1, "<module>", 0, 1);
    build_line(profile, 1, 1, 1, 0);
    build_line_function(profile, "x.py", 3, "f.<locals>.<listcomp>", 0, 1);
    build_line(profile, 4, 1, 1, 0);
    const struct pyperf_lines_options options = {.thread = PYPERF_NO_INDEX};
    char *text = report(profile, &options);
    assert_contains(text, "     5                                           b\n\nTotal");
    assert_contains(text,
                    "     4         1          0.0      0.0    100.0           for x in y]\n"
                    "\n");
    free(text);
    pyperf_profile_free(profile);
}

static void test_terminals(void **state)
{
    (void)state;
    struct pyperf_profile *profile = build_lines("x.py");
    build_source(profile, "x.py", "def f():\n\ta = '\033[2J'\n");
    build_line_function(profile, "x.py", 1, "f", 0, 10);
    build_line(profile, 2, 1, 10, 0);
    struct pyperf_lines_options options = {.thread = PYPERF_NO_INDEX, .escape_controls = true};
    char *text = report(profile, &options);
    assert_contains(text, "100.0  \ta = '\\x1b[2J'\n");
    free(text);
    options.colour = true;
    text = report(profile, &options);
    assert_contains(text, "\033[1;31m     2 ");
    assert_contains(text, "2J'\033[0m\n");
    free(text);
    pyperf_profile_free(profile);
}

/* A made-up file can name lines that lie two thousand million apart. */
static void test_gaps_are_short(void **state)
{
    (void)state;
    struct pyperf_profile *profile = build_lines("x.py");
    build_line_function(profile, "x.py", 1, "f", 0, 2);
    build_line(profile, 2, 1, 1, 0);
    build_line(profile, INT32_MAX, 1, 1, 0);
    const struct pyperf_lines_options options = {.thread = PYPERF_NO_INDEX};
    char *text = report(profile, &options);
    assert_true(strlen(text) < 2000);
    assert_contains(text, "\n2147483647         1 ");
    free(text);
    pyperf_profile_free(profile);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_default),
        cmocka_unit_test(test_statements_and_calls),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_recursion),
        cmocka_unit_test(test_threads_and_equal_labels),
        cmocka_unit_test(test_what_never_ran),
        cmocka_unit_test(test_parts_and_modules),
        cmocka_unit_test(test_terminals),
        cmocka_unit_test(test_gaps_are_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
