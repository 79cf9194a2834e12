/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "analysis/python_text.h"
#include "analysis/selection.h"

static void python_integers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t value;
    } right[] = {{"0", 0},
                 {"007", 7},
                 {"+5", 5},
                 {"-5", -5},
                 {" 12\n", 12},
                 {"1_000", 1000},
                 {"99999999999999999999", INT64_MAX}};
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        int64_t value = -1;
        assert_true(python_parse_integer(right[i].text, &value));
        assert_int_equal(value, right[i].value);
    }
    static const char *const wrong[] = {"",   " ",    "-",    "1.0", "_1",
                                        "1_", "1__0", "0x10", "1 2", "a"};
    int64_t value;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(python_parse_integer(wrong[i], &value));
}

static void python_floats(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double value;
    } right[] = {{"0.5", .5},        {".5", .5},        {"5.", 5}, {"1e-2", .01},
                 {"1_0.2_5", 10.25}, {" -1E+2 ", -100}, {"3", 3},  {"+.0", 0}};
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        double value = -1;
        assert_true(python_parse_float(right[i].text, &value));
        assert_true(value == right[i].value);
    }
    static const char *const wrong[] = {"",     ".",     "e5",    "1e",      "1e+",  "1_.5",
                                        "1._5", "0x1p3", "1.5.2", "infinit", "nano", "1,5"};
    double value;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(python_parse_float(wrong[i], &value));
    assert_true(python_parse_float("-InFinity", &value) && value < -1e308);
    assert_true(python_parse_float("NaN", &value) && value != value);
}

static void float_representation(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {{0, "0.0"},
                 {-0.0, "-0.0"},
                 {1, "1.0"},
                 {0.1, "0.1"},
                 {0.25, "0.25"},
                 {1.0 / 3, "0.3333333333333333"},
                 {1e-4, "0.0001"},
                 {1e-5, "1e-05"},
                 {1.25e-7, "1.25e-07"},
                 {1e15, "1000000000000000.0"},
                 {1e16, "1e+16"},
                 {12.5, "12.5"},
                 {123456789.125, "123456789.125"},
                 {5e-324, "5e-324"},
                 {1.7976931348623157e308, "1.7976931348623157e+308"},
                 {100, "100.0"},
                 {0.012, "0.012"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text_buffer buffer = {0};
        python_repr_float(&buffer, cases[i].value);
        assert_string_equal(buffer.text, cases[i].text);
        text_buffer_release(&buffer);
    }
}

static void string_representation(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        const char *text;
    } cases[] = {{"", "''"},
                 {"plain", "'plain'"},
                 {"it's", "\"it's\""},
                 {"\"it's\"", "'\"it\\'s\"'"},
                 {"a\\b\n\r\t", "'a\\\\b\\n\\r\\t'"},
                 {"\x1b[2J\x7f", "'\\x1b[2J\\x7f'"},
                 {"\xC3\xA9 \xC2\xA0 \xC2\x9B", "'\xC3\xA9 \\xa0 \\x9b'"},
                 {"\xE2\x80\xAE\xEE\x80\x80", "'\\u202e\\ue000'"},
                 {"\xF0\x9F\x90\x8D\xF3\xA0\x80\x81", "'\xF0\x9F\x90\x8D\\U000e0001'"},
                 {"\xED\xA0\x80\xFF", "'\\ud800\\udcff'"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text_buffer buffer = {0};
        python_repr_string(&buffer, cases[i].value);
        assert_string_equal(buffer.text, cases[i].text);
        text_buffer_release(&buffer);
    }
}

static const char *const names[] = {"a.py:1(work)", "{len}", "b.py:22(na\xC3\xAFve)",
                                    "b.py:3(x)", "lone_\xED\xA0\x80:4(work)"};

static uint32_t apply(const char *text, uint32_t rows[5])
{
    struct pyperf_selection *selection = pyperf_selection_create();
    assert_int_equal(pyperf_selection_add(selection, text, NULL), PYPERF_OK);
    uint32_t count = 5;
    for (uint32_t i = 0; i < count; i++)
        rows[i] = 4 - i;
    assert_int_equal(restriction_apply(&selection->restrictions[0], names, rows, &count, NULL),
                     PYPERF_OK);
    pyperf_selection_free(selection);
    return count;
}

static void restrictions(void **state)
{
    (void)state;
    uint32_t rows[5];
    assert_int_equal(apply("3", rows), 3);
    assert_int_equal(rows[0], 4);
    assert_int_equal(apply("0", rows), 0);
    assert_int_equal(apply("-1", rows), 5);
    assert_int_equal(apply("5000000000", rows), 5);
    assert_int_equal(apply("0.3", rows), 2);
    assert_int_equal(apply("0.29", rows), 1);
    assert_int_equal(apply("1.0", rows), 5);
    assert_int_equal(apply("work", rows), 2);
    assert_int_equal(rows[0], 4);
    assert_int_equal(rows[1], 0);
    assert_int_equal(apply("^b", rows), 2);
    assert_int_equal(apply("na\xC3\xAFve", rows), 1);
    assert_int_equal(apply("\\(na\\wve\\)", rows), 1);
    assert_int_equal(apply("nothing", rows), 0);
}

static void refusals(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *explanation;
    } cases[] = {{"1.5", "neither a whole number of rows nor a fraction between 0 and 1"},
                 {"-0.5", "fraction between 0 and 1"},
                 {"inf", "'[i]nf'"},
                 {"nan", "'[n]an'"},
                 {"(a", "'(a' is wrong at character 3: missing closing parenthesis"},
                 {"\xC3\xA9[", "is wrong at character 3"},
                 {"*", "is wrong at character"},
                 {"\xFF", "is wrong at character 1"}};
    struct pyperf_selection *selection = pyperf_selection_create();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pyperf_error error = {.status = PYPERF_OK};
        assert_int_equal(pyperf_selection_add(selection, cases[i].text, &error), PYPERF_USAGE);
        assert_contains(error.message, cases[i].explanation);
    }
    assert_int_equal(selection->count, 0);
    assert_int_equal(pyperf_selection_add_pattern(selection, "1.5", NULL), PYPERF_OK);
    assert_int_equal(selection->restrictions[0].kind, RESTRICTION_PATTERN);
    pyperf_selection_free(selection);
}

static void endless_searches_are_given_up(void **state)
{
    (void)state;
    struct pyperf_selection *selection = pyperf_selection_create();
    assert_int_equal(pyperf_selection_add(selection, "^(a|aa)+$", NULL), PYPERF_OK);
    const char *name = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab";
    uint32_t row = 0;
    uint32_t count = 1;
    struct pyperf_error error;
    assert_int_equal(
        restriction_apply(&selection->restrictions[0], &name, &row, &count, &error),
        PYPERF_UNSUPPORTED);
    assert_contains(error.message, "use a simpler one");
    pyperf_selection_free(selection);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(python_integers),
        cmocka_unit_test(python_floats),
        cmocka_unit_test(float_representation),
        cmocka_unit_test(string_representation),
        cmocka_unit_test(restrictions),
        cmocka_unit_test(refusals),
        cmocka_unit_test(endless_searches_are_given_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
