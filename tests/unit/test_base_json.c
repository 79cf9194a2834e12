/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "base/json_writer.h"
#include "base/text_buffer.h"

static void collect(void *context, const char *bytes, size_t size)
{
    text_buffer_add_bytes(context, bytes, size);
}

static void assert_json(void (*write)(struct json_writer *), const char *expected)
{
    struct text_buffer text = {0};
    struct json_writer json;
    json_writer_init(&json, collect, &text);
    write(&json);
    json_writer_finish(&json);
    assert_string_equal(text_buffer_text(&text), expected);
    text_buffer_release(&text);
}

static void write_structure(struct json_writer *json)
{
    json_begin_object(json);
    json_member_unsigned(json, "a", UINT64_MAX);
    json_key(json, "b");
    json_begin_array(json);
    json_signed(json, INT64_MIN);
    json_boolean(json, true);
    json_null(json);
    json_begin_object(json);
    json_end_object(json);
    json_begin_array(json);
    json_end_array(json);
    json_end_array(json);
    json_member_boolean(json, "c", false);
    json_end_object(json);
}

static void commas_come_by_themselves(void **state)
{
    (void)state;
    assert_json(write_structure, "{\"a\": 18446744073709551615,\"b\": [-9223372036854775808,"
                                 "true,null,{},[]],\"c\": false}\n");
}

static void write_lines(struct json_writer *json)
{
    json_begin_array(json);
    json_line(json);
    json_unsigned(json, 1);
    json_line(json);
    json_unsigned(json, 2);
    json_line(json);
    json_end_array(json);
}

static void lines_break_after_commas(void **state)
{
    (void)state;
    assert_json(write_lines, "[\n1,\n2\n]\n");
}

static void write_strings(struct json_writer *json)
{
    json_begin_array(json);
    json_string(json, "");
    json_string(json, "a\"b\\c\n\t\x01\x7F");
    json_string(json, "\xC3\xA9 \xF0\x9F\x90\x8D \xC2\x9B \xE2\x80\xA8");
    json_string(json, "\xED\xB3\xBF \xED\xA0\x80"); /* lone surrogates */
    json_string(json, "\xFF \xC3 \xE2\x82");        /* no UTF-8 */
    json_string(json, "<module> </script> <!--");
    json_string_bytes(json, "\xC3\xA9", 1); /* the end cuts a character in two */
    json_end_array(json);
}

static void strings_are_escaped(void **state)
{
    (void)state;
    assert_json(write_strings,
                "[\"\",\"a\\\"b\\\\c\\n\\t\\u0001\\u007f\","
                "\"\xC3\xA9 \xF0\x9F\x90\x8D \\u009b \\u2028\",\"\\udcff \\ud800\","
                "\"\\udcff \\udcc3 \\udce2\\udc82\",\"<module> \\u003c/script> \\u003c!--\","
                "\"\\udcc3\"]\n");
}

static void write_doubles(struct json_writer *json)
{
    json_begin_array(json);
    json_double(json, 0.1);
    json_double(json, 1.0 / 3);
    json_double(json, 1e300);
    json_double(json, -2.5);
    json_double(json, (double)INFINITY);
    json_double(json, (double)NAN);
    json_end_array(json);
}

static void doubles_read_back(void **state)
{
    (void)state;
    assert_json(write_doubles, "[0.1,0.3333333333333333,1e+300,-2.5,null,null]\n");
}

static void write_long(struct json_writer *json)
{
    enum { SIZE = 3 * JSON_BUFFER_SIZE };
    char *text = malloc(SIZE);
    assert_non_null(text);
    memset(text, 'x', SIZE);
    json_begin_array(json);
    json_string_bytes(json, text, SIZE);
    for (int i = 0; i < 5000; i++)
        json_unsigned(json, 7);
    json_end_array(json);
    free(text);
}

static void buffer_does_not_show(void **state)
{
    (void)state;
    struct text_buffer text = {0};
    struct json_writer json;
    json_writer_init(&json, collect, &text);
    write_long(&json);
    json_writer_finish(&json);
    assert_int_equal(text.length, 1 + 2 + 3 * JSON_BUFFER_SIZE + 5000 * 2 + 1 + 1);
    assert_int_equal(strspn(text.text + 2, "x"), 3 * JSON_BUFFER_SIZE);
    text_buffer_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commas_come_by_themselves), cmocka_unit_test(lines_break_after_commas),
        cmocka_unit_test(strings_are_escaped),       cmocka_unit_test(doubles_read_back),
        cmocka_unit_test(buffer_does_not_show),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
