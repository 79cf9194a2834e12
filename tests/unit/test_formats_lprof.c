/* Files of line_profiler's: what is written is read again, and what is no such file is refused.
 *
 * SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <pyperf/formats.h>
#include <pyperf/reports.h>

#include "base/text_buffer.h"
#include "formats/lprof.h"
#include "lines_builder.h"
#include "profile_builder.h"

/* pickle.dumps(LineStats({("x.py", 1, "f"): [(2, 3, 1000)], ("y", 7, "g"): []}, 1e-9), 4), as
 * line_profiler 5 itself wrote it, without its frame. */
#define WRITTEN                                                                                \
    "\x80\x04\x8c\x1bline_profiler.line_profiler\x94\x8c\tLineStats\x94\x93\x94)\x81\x94}\x94" \
    "(\x8c\x07timings\x94}\x94(\x8c\x04x.py\x94K\x01\x8c\x01"                                  \
    "f\x94\x87\x94]\x94K\x02K\x03M\xe8\x03\x87\x94"                                            \
    "a\x8c\x01y\x94K\x07\x8c\x01g\x94\x87\x94]\x94u\x8c\x04unit\x94G>\x11.\x0b\xe8&"           \
    "\xd6\x95ub."

enum { LARGEST = 4096 };

struct bytes {
    unsigned char data[LARGEST];
    size_t size;
};

static enum pyperf_status read_bytes(const unsigned char *data, size_t size,
                                     struct pyperf_import *import, struct pyperf_error *error)
{
    /* On the heap, so that tools see what is read beyond the end. */
    unsigned char *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    memcpy(copy, data, size);
    *import = (struct pyperf_import){.profile = NULL};
    enum pyperf_status status = format_lprof.read(copy, size, import, error);
    free(copy);
    return status;
}

static struct bytes write_profile(const struct pyperf_profile *profile)
{
    char path[] = "/tmp/pyperf-test-XXXXXX";
    const struct pyperf_export content = {.profile = profile};
    struct pyperf_error error = {.message = ""};
    struct bytes bytes;
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    close(descriptor);
    enum pyperf_status status = pyperf_format_write(&format_lprof, &content, path, &error);
    if (status != PYPERF_OK)
        fail_msg("%s", error.message);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    bytes.size = fread(bytes.data, 1, sizeof bytes.data, file);
    fclose(file);
    unlink(path);
    return bytes;
}

static struct pyperf_profile *example(void)
{
    struct pyperf_profile *profile = build_lines("x.py");
    build_line_function(profile, "/dir/\xC3\xA9.py", 10, "C.f", 0, 0);
    build_line(profile, 11, 1, UINT64_C(5000000000), 0);
    build_line(profile, 12, UINT64_C(3000000000), 70000, 0);
    build_line(profile, 13, 0, 0, 0);
    build_line_function(profile, "/dir/\xC3\xA9.py", 20, "g", 0, 0);
    build_line(profile, 21, 0, 0, 0);
    return profile;
}

static void test_round_trip(void **state)
{
    (void)state;
    struct pyperf_profile *profile = example();
    struct bytes bytes = write_profile(profile);
    struct pyperf_import import;
    assert_true(format_lprof.recognises(bytes.data, bytes.size));
    assert_int_equal(read_bytes(bytes.data, bytes.size, &import, NULL), PYPERF_OK);
    assert_null(import.summary);
    const struct pyperf_lines *lines = import.profile->lines;
    assert_int_equal(lines->function_count, 2);
    assert_int_equal(lines->line_count, 2);
    assert_int_equal(lines->lines[0].number, 11);
    assert_int_equal(lines->lines[0].hits, 1);
    assert_int_equal(lines->lines[0].inclusive, UINT64_C(5000000000));
    assert_int_equal(lines->lines[1].hits, UINT64_C(3000000000));
    assert_int_equal(lines->functions[0].inclusive, UINT64_C(5000070000));
    const struct pyperf_function *function =
        &import.profile->functions[lines->functions[0].function];
    assert_string_equal(pyperf_profile_string(import.profile, function->file),
                        "/dir/\xC3\xA9.py");
    assert_string_equal(pyperf_profile_string(import.profile, function->name), "C.f");
    assert_int_equal(function->line, 10);
    assert_true(import.profile->run.nanoseconds_per_tick == 1);
    pyperf_import_release(&import);
    pyperf_profile_free(profile);
}

static void test_file_of_line_profiler(void **state)
{
    (void)state;
    struct pyperf_import import;
    struct pyperf_error error = {.message = ""};
    static const char file[] = WRITTEN;
    const unsigned char *bytes = (const unsigned char *)file;
    assert_true(format_lprof.recognises(bytes, sizeof file - 1));
    if (read_bytes(bytes, sizeof file - 1, &import, &error) != PYPERF_OK)
        fail_msg("%s", error.message);
    assert_int_equal(import.profile->lines->function_count, 2);
    assert_int_equal(import.profile->lines->line_count, 1);
    assert_int_equal(import.profile->lines->lines[0].inclusive, 1000);
    pyperf_import_release(&import);
}

/* Bytes that are no UTF-8 would make a file that Python cannot load. */
static void test_bytes_that_are_no_text(void **state)
{
    (void)state;
    struct pyperf_profile *profile = build_lines("x.py");
    build_line_function(profile, "\xFF.py", 1, "f", 0, 0);
    build_line(profile, 2, 1, 1, 0);
    struct bytes bytes = write_profile(profile);
    assert_non_null(memmem(bytes.data, bytes.size, "\xED\xB3\xBF.py", 6));
    pyperf_profile_free(profile);
}

static void test_profiles_without_lines_are_refused(void **state)
{
    (void)state;
    struct pyperf_profile *profile = build_profile("x");
    const struct pyperf_export content = {.profile = profile};
    struct pyperf_error error;
    assert_int_equal(
        pyperf_format_write(&format_lprof, &content, "/tmp/pyperf-test-none", &error),
        PYPERF_UNSUPPORTED);
    assert_contains(error.message, "pyperf lines");
    assert_int_equal(access("/tmp/pyperf-test-none", F_OK), -1);
    pyperf_profile_free(profile);
}

/* ---- Damage ---- */

static void test_cut_off_anywhere(void **state)
{
    (void)state;
    struct pyperf_profile *profile = example();
    struct bytes bytes = write_profile(profile);
    struct pyperf_import import;
    struct pyperf_error error;
    for (size_t size = 0; size < bytes.size; size++) {
        assert_int_equal(read_bytes(bytes.data, size, &import, &error), PYPERF_BAD_DATA);
        assert_null(import.profile);
    }
    for (size_t size = 0; size < sizeof WRITTEN - 1; size++)
        assert_int_equal(read_bytes((const unsigned char *)WRITTEN, size, &import, &error),
                         PYPERF_BAD_DATA);
    pyperf_profile_free(profile);
}

/* What is read must also be printable: whatever the numbers are. */
static void read_and_print(const unsigned char *data, size_t size)
{
    struct pyperf_import import;
    struct pyperf_error error;
    enum pyperf_status status = read_bytes(data, size, &import, &error);
    assert_true(status == PYPERF_OK || status == PYPERF_BAD_DATA);
    if (status == PYPERF_OK) {
        const struct pyperf_lines_options options = {.thread = PYPERF_NO_INDEX};
        struct text_buffer text = {0};
        assert_int_equal(pyperf_report_lines(import.profile, &options, &text, NULL), PYPERF_OK);
        text_buffer_release(&text);
    }
    pyperf_import_release(&import);
}

static void mutate_each_byte(const unsigned char *data, size_t size)
{
    unsigned char copy[LARGEST];
    static const unsigned char others[] = {0,    1,    0x7F, 0x80, 0x81, 0x94, 0xFF, '(', ')',
                                           ']',  '}',  'e',  'u',  'b',  'h',  'j',  'q', 't',
                                           0x85, 0x86, 0x87, 0x8C, 0x93, 'a',  's',  '.'};
    for (size_t i = 0; i < size; i++)
        for (size_t j = 0; j < sizeof others; j++) {
            memcpy(copy, data, size);
            copy[i] = others[j];
            read_and_print(copy, size);
        }
}

static void test_every_byte_changed(void **state)
{
    (void)state;
    struct pyperf_profile *profile = example();
    struct bytes bytes = write_profile(profile);
    mutate_each_byte(bytes.data, bytes.size);
    mutate_each_byte((const unsigned char *)WRITTEN, sizeof WRITTEN - 1);
    pyperf_profile_free(profile);
}

/* Several changes at once, the same ones in each run. */
static void test_random_changes(void **state)
{
    (void)state;
    struct pyperf_profile *profile = example();
    struct bytes bytes = write_profile(profile);
    uint64_t random = 1;
    for (int round = 0; round < 20000; round++) {
        unsigned char copy[LARGEST];
        memcpy(copy, bytes.data, bytes.size);
        for (int change = 0; change < 1 + round % 5; change++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            copy[(random >> 33) % bytes.size] = (unsigned char)(random >> 20);
        }
        read_and_print(copy, bytes.size);
    }
    pyperf_profile_free(profile);
}

/* ---- What pickles can do ---- */

static void check_refused(const char *bytes, size_t size, const char *why)
{
    struct pyperf_import import;
    struct pyperf_error error;
    assert_int_equal(read_bytes((const unsigned char *)bytes, size, &import, &error),
                     PYPERF_BAD_DATA);
    assert_contains(error.message, why);
}

#define REFUSE(bytes, why) check_refused(bytes, sizeof(bytes) - 1, why)

static void test_nothing_is_called(void **state)
{
    (void)state;
    /* os.system("id") */
    REFUSE("\x80\x02"
           "cos\nsystem\nX\2\0\0\0id\x85R.",
           "does more than hold data, at byte");
    REFUSE("\x80\x02"
           "cos\nsystem\nX\2\0\0\0id\x85\x81.",
           "made in a way that is not supported");
    REFUSE("\x80\x02"
           "cos\nsystem\n)\x81.",
           "something else");
    REFUSE("\x80\x02N.", "something else");
    REFUSE("\x80\x02"
           "cline_profiler._line_profiler\nLineStats\n)\x81N"
           "b.",
           "no timings");
    REFUSE("\x80\x02"
           "ios\nsystem\n.",
           "does more than hold data");
    REFUSE("\x80\x06N.", "protocol");
}

#define BEGIN                                                                                  \
    "\x80\x02"                                                                                 \
    "cline_profiler._line_profiler\nLineStats\n)\x81}("
#define TIMINGS "X\7\0\0\0timings}("
#define UNIT    "X\4\0\0\0unitG>\x11.\x0b\xe8&\xd6\x95"

static void test_wrong_shapes(void **state)
{
    (void)state;
    REFUSE(BEGIN UNIT "ub.", "no timings");
    REFUSE(BEGIN TIMINGS "uub.", "no unit");
    REFUSE(BEGIN TIMINGS "uX\4\0\0\0unitG\0\0\0\0\0\0\0\0ub.", "no unit");
    REFUSE(BEGIN TIMINGS "K\1]u" UNIT "ub.", "not (file, line, name)");
    REFUSE(BEGIN TIMINGS "K\1K\1K\1\x87]u" UNIT "ub.", "name is no string");
    REFUSE(BEGIN TIMINGS "X\1\0\0\0fJ\xFF\xFF\xFF\xFFX\1\0\0\0f\x87]u" UNIT "ub.",
           "not (file, line, name)");
    REFUSE(BEGIN TIMINGS "X\1\0\0\0fK\1X\1\0\0\0\0\x87]u" UNIT "ub.", "NUL");
    REFUSE(BEGIN TIMINGS "X\1\0\0\0fK\1X\1\0\0\0\xFF\x87]u" UNIT "ub.", "not UTF-8");
    REFUSE(BEGIN TIMINGS "X\1\0\0\0fK\1X\1\0\0\0f\x87Nu" UNIT "ub.", "no list");
    REFUSE(BEGIN TIMINGS "X\1\0\0\0fK\1X\1\0\0\0f\x87](K\1K\1\x86"
                         "eu" UNIT "ub.",
           "not (number, hits, time)");
    REFUSE(BEGIN TIMINGS "X\1\0\0\0fK\1X\1\0\0\0f\x87](K\1J\xFF\xFF\xFF\xFFK\1\x87"
                         "eu" UNIT "ub.",
           "not (number, hits, time)");
    REFUSE(BEGIN TIMINGS "u", "cut off");
    REFUSE("\x80\x02q\5.", "numbered out of order");
    REFUSE("\x80\x02Nh\0.", "no value of that number");
    REFUSE("\x80\x02(e.", "belong to nothing");
    REFUSE("\x80\x02N](u.", "belong to nothing");
    REFUSE("\x80\x02.", "holds nothing");
}

/* A list that many functions share would be copied for each of them. */
static void test_shared_lists_do_not_multiply(void **state)
{
    (void)state;
    struct text_buffer file = {0};
    text_buffer_add_bytes(&file, BEGIN TIMINGS, sizeof BEGIN TIMINGS - 1);
    text_buffer_add_bytes(&file, "X\1\0\0\0fK\1X\1\0\0\0f\x87]q\0(", 19);
    for (int i = 0; i < 300; i++)
        text_buffer_add_bytes(&file, "K\1K\1K\1\x87", 7);
    text_buffer_add(&file, "e");
    for (int i = 0; i < 300; i++)
        text_buffer_add_bytes(&file, "X\1\0\0\0fK\1X\1\0\0\0f\x87h\0", 17);
    text_buffer_add_bytes(&file, "u" UNIT "ub.", sizeof "u" UNIT "ub." - 1);
    check_refused(file.text, file.length, "share their lines");
    text_buffer_release(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_file_of_line_profiler),
        cmocka_unit_test(test_bytes_that_are_no_text),
        cmocka_unit_test(test_profiles_without_lines_are_refused),
        cmocka_unit_test(test_cut_off_anywhere),
        cmocka_unit_test(test_every_byte_changed),
        cmocka_unit_test(test_random_changes),
        cmocka_unit_test(test_nothing_is_called),
        cmocka_unit_test(test_wrong_shapes),
        cmocka_unit_test(test_shared_lists_do_not_multiply),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
