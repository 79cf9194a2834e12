/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>

#include "base/nearest.h"
#include "base/string_pool.h"
#include "base/text_buffer.h"
#include "base/utf8.h"

static void text_grows(void **state)
{
    (void)state;
    struct text_buffer buffer = {0};
    assert_string_equal(text_buffer_text(&buffer), "");
    for (int i = 0; i < 1000; i++)
        text_buffer_printf(&buffer, "%d,", i);
    assert_int_equal(buffer.length, 10 * 2 + 90 * 3 + 900 * 4);
    assert_int_equal(strlen(buffer.text), buffer.length);
    assert_string_equal(buffer.text + buffer.length - 8, "998,999,");
    text_buffer_clear(&buffer);
    text_buffer_add(&buffer, "a");
    text_buffer_add_repeated(&buffer, '-', 3);
    text_buffer_add_bytes(&buffer, "bcd", 2);
    text_buffer_printf(&buffer, "%s", "");
    assert_string_equal(buffer.text, "a---bc");
    text_buffer_release(&buffer);
}

static void text_remembers_failure(void **state)
{
    (void)state;
    struct text_buffer buffer = {0};
    text_buffer_add(&buffer, "kept");
    text_buffer_add_repeated(&buffer, 'x', SIZE_MAX - 2);
    assert_true(buffer.failed);
    text_buffer_add(&buffer, "ignored");
    assert_string_equal(text_buffer_text(&buffer), "kept");
    text_buffer_clear(&buffer);
    assert_false(buffer.failed);
    text_buffer_release(&buffer);
}

static void pool_keeps_one_of_each(void **state)
{
    (void)state;
    enum { COUNT = 20000 };
    static const char *kept[COUNT];
    struct string_pool pool = {0};
    char text[32];
    for (int i = 0; i < COUNT; i++) {
        snprintf(text, sizeof text, "name %d", i);
        kept[i] = string_pool_add(&pool, text);
        assert_ptr_not_equal(kept[i], text);
    }
    for (int i = 0; i < COUNT; i++) {
        snprintf(text, sizeof text, "name %d", i);
        assert_string_equal(kept[i], text);
        assert_ptr_equal(string_pool_add(&pool, text), kept[i]);
    }
    assert_ptr_equal(string_pool_add_bytes(&pool, "name 1234567", 9), kept[1234]);
    assert_ptr_not_equal(string_pool_add(&pool, "name"), kept[0]);
    assert_string_equal(string_pool_add(&pool, ""), "");
    string_pool_release(&pool);
}

static void pool_takes_long_strings(void **state)
{
    (void)state;
    static char text[300000];
    memset(text, 'x', sizeof text - 1);
    struct string_pool pool = {0};
    const char *kept = string_pool_add(&pool, text);
    assert_string_equal(kept, text);
    assert_string_equal(string_pool_add(&pool, "short"), "short");
    assert_ptr_equal(string_pool_add(&pool, text), kept);
    string_pool_release(&pool);
}

static void utf8_round_trip(void **state)
{
    (void)state;
    for (uint32_t code_point = 1; code_point <= 0x10FFFF; code_point++) {
        char bytes[5] = {0};
        uint32_t decoded = 0;
        size_t size = utf8_encode(code_point, bytes);
        if (utf8_decode(bytes, &decoded) != size || decoded != code_point)
            fail_msg("U+%04X does not survive", (unsigned)code_point);
    }
}

static void utf8_refuses(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "\x80",         "\xC0\x80",         "\xC1\xBF",         "\xC3",
        "\xC3\x28",     "\xE0\x80\x80",     "\xE6\x96",         "\xE6\x96x",
        "\xF0\x9F\x90", "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80",
        "\xFF",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        uint32_t code_point;
        assert_int_equal(utf8_decode(wrong[i], &code_point), 0);
        assert_false(utf8_valid(wrong[i]));
        assert_false(utf8_valid_bytes(wrong[i], strlen(wrong[i])));
    }
    static const char good[] = "a\xC3\xA9\xED\xA0\x80\xF0\x9F\x90\x8D";
    for (size_t size = 0; size <= strlen(good); size++)
        assert_int_equal(utf8_valid_bytes(good, size),
                         size == 0 || size == 1 || size == 3 || size == 6 || size == 10);
    assert_true(utf8_valid(good));
    assert_int_equal(utf8_length(good), 4);
    assert_int_equal(utf8_length("\xFF\xFE"
                                 "a"),
                     3);
}

static void nearest_is_what_was_meant(void **state)
{
    (void)state;
    static const char *const names[] = {"cumulative", "calls", "stdname", "tottime"};
    assert_string_equal(nearest_name("cumulitive", names, 4), "cumulative");
    assert_string_equal(nearest_name("cumul", names, 4), "cumulative");
    assert_string_equal(nearest_name("clals", names, 4), "calls");
    assert_string_equal(nearest_name("totime", names, 4), "tottime");
    assert_null(nearest_name("xyzzy", names, 4));
    assert_null(nearest_name("", names, 4));
    assert_null(nearest_name("x", names, 4));
    static char endless[500];
    memset(endless, 'c', sizeof endless - 1);
    assert_null(nearest_name(endless, names, 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_grows),
        cmocka_unit_test(text_remembers_failure),
        cmocka_unit_test(pool_keeps_one_of_each),
        cmocka_unit_test(pool_takes_long_strings),
        cmocka_unit_test(utf8_round_trip),
        cmocka_unit_test(utf8_refuses),
        cmocka_unit_test(nearest_is_what_was_meant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
