/* What pstats itself prints is compared in tests/golden; here is what pstats does not have.
 *
 * SPDX-License-Identifier: MIT */
#include "unit.h"

#include <pyperf/reports.h>

#include "base/text_buffer.h"
#include "profile_builder.h"

static struct pyperf_summary *summary_with(const char *file, const char *name)
{
    struct pyperf_profile *profile = build_profile("x");
    uint32_t function = build_function(profile, PYPERF_FUNCTION_PYTHON, file, 1, name);
    uint32_t node = build_thread(profile, 1);
    node = build_node(profile, node, function, 2, 3);
    build_node(profile, node, function, 1, 4);
    build_inclusive(profile);
    struct pyperf_summary *summary;
    assert_int_equal(pyperf_summary_create(profile, &summary, NULL), PYPERF_OK);
    pyperf_profile_free(profile);
    return summary;
}

static void complete_report(void **state)
{
    (void)state;
    struct pyperf_summary *summary = summary_with("dir/f.py", "f");
    struct pyperf_table_options options = {.heading = "today    out.prof"};
    assert_int_equal(pyperf_sort_parse(&options.sort, "cumulative,name", NULL), PYPERF_OK);
    struct text_buffer text = {0};
    assert_int_equal(pyperf_report_stats(summary, &options, &text, NULL), PYPERF_OK);
    assert_string_equal(text.text,
                        "today    out.prof\n"
                        "\n"
                        "         4 function calls (3 primitive calls) in 8.000 seconds\n"
                        "\n"
                        "   Ordered by: cumulative time, function name\n"
                        "\n"
                        "   ncalls  tottime  percall  cumtime  percall "
                        "filename:lineno(function)\n"
                        "        1    1.000    1.000    8.000    8.000 {program x}\n"
                        "      3/2    7.000    2.333    7.000    3.500 dir/f.py:1(f)\n"
                        "\n"
                        "\n");
    text_buffer_clear(&text);
    assert_int_equal(pyperf_report_callers(summary, &options, &text, NULL), PYPERF_OK);
    assert_string_equal(text.text,
                        "   Ordered by: cumulative time, function name\n"
                        "\n"
                        "Function       was called by...\n"
                        "                   ncalls  tottime  cumtime\n"
                        "{program x}    <- \n"
                        "dir/f.py:1(f)  <-       1    4.000    4.000  dir/f.py:1(f)\n"
                        "                        2    3.000    7.000  {program x}\n"
                        "\n"
                        "\n");
    text_buffer_release(&text);
    pyperf_summary_free(summary);
}

static void control_characters_do_not_reach_terminals(void **state)
{
    (void)state;
    struct pyperf_summary *summary =
        summary_with("\x1b[2J.py", "f\x7f\xC2\x9B\n\xED\xA0\x80\xC3\xA9");
    struct pyperf_table_options options = {.escape_controls = true, .heading = "a\x07z"};
    struct text_buffer text = {0};
    assert_int_equal(pyperf_report_stats(summary, &options, &text, NULL), PYPERF_OK);
    assert_contains(text.text, "a\\x07z\n");
    assert_contains(text.text, " \\x1b[2J.py:1(f\\x7f\\x9b\\x0a\\ud800\xC3\xA9)\n");
    text_buffer_clear(&text);
    assert_int_equal(pyperf_report_callees(summary, &options, &text, NULL), PYPERF_OK);
    assert_contains(text.text, "\n\\x1b[2J.py:1(f\\x7f\\x9b\\x0a\\ud800\xC3\xA9)  ->  ");
    for (const char *at = text.text; *at; at++)
        assert_true(*at == '\n' || (unsigned char)*at >= ' ');
    text_buffer_clear(&text);
    options.escape_controls = false;
    assert_int_equal(pyperf_report_stats(summary, &options, &text, NULL), PYPERF_OK);
    assert_contains(text.text, "\x1b[2J.py:1(f\x7f\xC2\x9B\n\xED\xA0\x80\xC3\xA9)");
    text_buffer_clear(&text);
    pyperf_report_escape(&text, "\x9b"
                                "1m\xC3");
    assert_string_equal(text.text, "\\x9b1m\\xc3");
    text_buffer_release(&text);
    pyperf_summary_free(summary);
}

/* Also where names are printed escaped, expressions go by the names themselves. */
static void expressions_see_real_names(void **state)
{
    (void)state;
    struct pyperf_summary *summary = summary_with("f.py", "a\tb");
    struct pyperf_selection *selection = pyperf_selection_create();
    assert_int_equal(pyperf_selection_add(selection, "a\\sb", NULL), PYPERF_OK);
    struct pyperf_table_options options = {.escape_controls = true, .selection = selection};
    struct text_buffer text = {0};
    assert_int_equal(pyperf_report_stats(summary, &options, &text, NULL), PYPERF_OK);
    assert_contains(text.text, "List reduced from 2 to 1 due to restriction <'a\\\\sb'>\n");
    assert_contains(text.text, "f.py:1(a\\x09b)");
    text_buffer_release(&text);
    pyperf_selection_free(selection);
    pyperf_summary_free(summary);
}

static void hopeless_expressions_are_an_error(void **state)
{
    (void)state;
    struct pyperf_summary *summary = summary_with(
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "f");
    struct pyperf_selection *selection = pyperf_selection_create();
    assert_int_equal(pyperf_selection_add(selection, "^(a|aa)+$", NULL), PYPERF_OK);
    struct pyperf_table_options options = {.selection = selection};
    struct text_buffer text = {0};
    struct pyperf_error error;
    assert_int_equal(pyperf_report_callers(summary, &options, &text, &error),
                     PYPERF_UNSUPPORTED);
    text_buffer_release(&text);
    pyperf_selection_free(selection);
    pyperf_summary_free(summary);
}

static void assert_key(const char *text, enum pyperf_sort_key key)
{
    struct pyperf_sort sort = {.count = 0};
    assert_int_equal(pyperf_sort_parse(&sort, text, NULL), PYPERF_OK);
    assert_int_equal(sort.count, 1);
    assert_int_equal(sort.keys[0], key);
}

static void sort_keys(void **state)
{
    (void)state;
    assert_key("cumtime", PYPERF_SORT_CUMULATIVE);
    assert_key("cum", PYPERF_SORT_CUMULATIVE); /* two names, one meaning */
    assert_key("t", PYPERF_SORT_SELF);
    assert_key("file", PYPERF_SORT_FILE);
    assert_key("p", PYPERF_SORT_PRIMITIVE_CALLS);
    assert_key("name", PYPERF_SORT_NAME);
    struct pyperf_sort sort = {.count = 0};
    assert_int_equal(pyperf_sort_parse(&sort, "time,nfl", NULL), PYPERF_OK);
    assert_int_equal(pyperf_sort_parse(&sort, "stdname", NULL), PYPERF_OK);
    assert_int_equal(sort.count, 3);
    assert_int_equal(sort.keys[1], PYPERF_SORT_NAME_FILE_LINE);
    assert_int_equal(sort.keys[2], PYPERF_SORT_STANDARD_NAME);
}

static void wrong_sort_keys(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *explanation;
    } cases[] = {{"cumulitive", "unknown sort key 'cumulitive'; did you mean 'cumulative'?"},
                 {"xyzzy", "the keys are calls, ncalls, cumtime"},
                 {"", "unknown sort key ''; the keys are"},
                 {"time,", "unknown sort key ''"},
                 {"c", "'c' is ambiguous; it could be calls, cumtime, cumulative"},
                 {"n", "'n' is ambiguous; it could be ncalls, name, nfl"},
                 {"l,l,l,l,l,l,l,l,l,l,l,l,l,l,l,l,l", "more than 16 sort keys"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pyperf_sort sort = {.count = 0};
        struct pyperf_error error;
        assert_int_equal(pyperf_sort_parse(&sort, cases[i].text, &error), PYPERF_USAGE);
        assert_contains(error.message, cases[i].explanation);
        assert_int_equal(sort.count, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(complete_report),
        cmocka_unit_test(control_characters_do_not_reach_terminals),
        cmocka_unit_test(expressions_see_real_names),
        cmocka_unit_test(hopeless_expressions_are_an_error),
        cmocka_unit_test(sort_keys),
        cmocka_unit_test(wrong_sort_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
