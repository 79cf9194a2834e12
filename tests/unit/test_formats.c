/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <pyperf/formats.h>

#include "profile_builder.h"

static void choice_by_name_and_suffix(void **state)
{
    (void)state;
    const struct pyperf_format *pstats = pyperf_format_by_name("pstats", NULL);
    assert_non_null(pstats);
    assert_string_equal(pyperf_format_name(pstats), "pstats");
    assert_ptr_equal(pyperf_format_for_path("out.prof"), pstats);
    assert_ptr_equal(pyperf_format_for_path("dir.html/OUT.PROF"), pstats);
    assert_ptr_equal(pyperf_format_for_path("no suffix"), pstats);
    assert_ptr_equal(pyperf_format_for_path("/dev/null"), pstats);
    assert_ptr_equal(pyperf_format_at(0), pstats);
    const struct pyperf_format *ours = pyperf_format_by_name("pyperf", NULL);
    assert_ptr_equal(pyperf_format_for_path("out.pyperf"), ours);
    assert_true(pyperf_format_keeps_recordings(ours));
    assert_false(pyperf_format_keeps_recordings(pstats));
    size_t count = 0;
    while (pyperf_format_at(count))
        count++;
    assert_null(pyperf_format_at(count + 1));
}

static void unknown_names_are_answered_with_the_nearest(void **state)
{
    (void)state;
    struct pyperf_error error = {.status = PYPERF_OK};
    assert_null(pyperf_format_by_name("pstat", &error));
    assert_int_equal(error.status, PYPERF_USAGE);
    assert_string_equal(error.message, "unknown format 'pstat'; did you mean 'pstats'?");
    assert_null(pyperf_format_by_name("xyz", &error));
    assert_contains(error.message, "the default is 'pstats'");
}

static struct pyperf_summary *small_summary(void)
{
    struct pyperf_profile *profile = build_profile("x");
    uint32_t function = build_function(profile, PYPERF_FUNCTION_PYTHON, "\xC3\xA9", 258, "f");
    uint32_t node = build_node(profile, build_thread(profile, 1), function, 3, 0);
    profile->nodes[node].calls = (UINT64_C(1) << 31) + 5;
    profile->run.nanoseconds_per_tick = 5e8;
    build_inclusive(profile);
    struct pyperf_summary *summary;
    assert_int_equal(pyperf_summary_create(profile, &summary, NULL), PYPERF_OK);
    pyperf_profile_free(profile);
    return summary;
}

/* marshal.dumps({...}, 2), which Python itself wrote. */
static void marshal_bytes(void **state)
{
    (void)state;
#define LONG "l\3\0\0\0\5\0\0\0\2\0" /* 2**31 + 5 */
#define ZERO "g\0\0\0\0\0\0\0\0"
#define HALF "g\0\0\0\0\0\0\xE0\x3F"
#define ROOT "(\3\0\0\0u\1\0\0\0~i\0\0\0\0u\x0B\0\0\0<program x>"
    static const char expected[] =
        "{" ROOT "(\5\0\0\0i\1\0\0\0i\1\0\0\0" HALF HALF "{0"
        "(\3\0\0\0u\2\0\0\0\xC3\xA9i\2\1\0\0u\1\0\0\0f"
        "(\5\0\0\0" LONG LONG ZERO ZERO "{" ROOT "(\4\0\0\0" LONG LONG ZERO ZERO "00";
    char path[] = "/tmp/pyperf-test-XXXXXX";
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    close(descriptor);
    struct pyperf_summary *summary = small_summary();
    struct pyperf_export content = {.summary = summary};
    assert_int_equal(pyperf_format_write(pyperf_format_for_path(path), &content, path, NULL),
                     PYPERF_OK);
    pyperf_summary_free(summary);
    char found[1024];
    FILE *stream = fopen(path, "r");
    size_t size = fread(found, 1, sizeof found, stream);
    fclose(stream);
    unlink(path);
    assert_int_equal(size, sizeof expected - 1);
    assert_memory_equal(found, expected, size);
}

static void nothing_is_left_of_what_cannot_be_written(void **state)
{
    (void)state;
    const char *path = "/tmp/pyperf-test-not-written.prof";
    struct pyperf_export nothing = {0};
    struct pyperf_error error;
    assert_int_equal(pyperf_format_write(pyperf_format_at(0), &nothing, path, &error),
                     PYPERF_UNSUPPORTED);
    assert_int_not_equal(access(path, F_OK), 0);
    struct pyperf_summary *summary = small_summary();
    struct pyperf_export content = {.summary = summary};
    assert_int_equal(pyperf_format_write(pyperf_format_at(0), &content, "/dev/full", &error),
                     PYPERF_IO);
    assert_int_equal(pyperf_format_write(pyperf_format_at(0), &content, "/no/dir/x", &error),
                     PYPERF_IO);
    pyperf_summary_free(summary);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(choice_by_name_and_suffix),
        cmocka_unit_test(unknown_names_are_answered_with_the_nearest),
        cmocka_unit_test(marshal_bytes),
        cmocka_unit_test(nothing_is_left_of_what_cannot_be_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
