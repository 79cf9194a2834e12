/* Durations of single calls: what the writer counts, what the summary makes of it.
 *
 * SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include <pyperf/reports.h>
#include <pyperf/summary.h>

#include "base/text_buffer.h"
#include "profile_builder.h"

static struct pyperf_error error;

static void quantiles_lie_in_their_step(void **state)
{
    (void)state;
    struct pyperf_durations durations = {.unit = 1e-9, .longest = 1.9e-6};
    durations.counts[3] = 90;  /* 8 to 16 ns */
    durations.counts[10] = 10; /* 1024 to 2048 ns */
    double median = pyperf_durations_quantile(&durations, 0.5);
    double late = pyperf_durations_quantile(&durations, 0.95);
    assert_true(median > 8e-9 && median < 16e-9);
    assert_true(late > 1024e-9 && late < 1.9e-6);
    assert_float_equal(pyperf_durations_quantile(&durations, 1.0), 1.9e-6, 1e-12);
    assert_true(pyperf_durations_quantile(&durations, 0.9) <= 16.1e-9);
    assert_true(pyperf_durations_quantile(&durations, 0.91) >= 1023e-9);
}

static void a_single_call_is_known_exactly(void **state)
{
    (void)state;
    struct pyperf_durations durations = {.unit = 1e-9, .longest = 1.1e-6};
    durations.counts[10] = 1;
    assert_float_equal(pyperf_durations_quantile(&durations, 0.5), 1.1e-6, 1e-12);
    struct pyperf_durations none = {.unit = 1e-9};
    assert_float_equal(pyperf_durations_quantile(&none, 0.5), 0, 0);
}

/* Two functions whose labels collide once directories are gone: three calls of 4 seconds, one
 * of 100. */
static struct pyperf_profile *build(void)
{
    struct pyperf_profile *profile = build_profile("x");
    uint32_t root = build_thread(profile, 0);
    uint32_t first = build_function(profile, PYPERF_FUNCTION_PYTHON, "a/file.py", 1, "f");
    uint32_t second = build_function(profile, PYPERF_FUNCTION_PYTHON, "b/file.py", 1, "f");
    build_node(profile, root, first, 3, 12);
    build_node(profile, root, second, 1, 100);
    build_inclusive(profile);
    profile->functions[first].durations[2] = 3;
    profile->functions[first].longest = 4;
    profile->functions[first].duration_scale = 1;
    profile->functions[second].durations[6] = 1;
    profile->functions[second].longest = 100;
    profile->functions[second].duration_scale = 0.5;
    return profile;
}

static void the_summary_scales_and_adds_up(void **state)
{
    (void)state;
    struct pyperf_profile *profile = build();
    struct pyperf_summary *summary;
    assert_int_equal(pyperf_summary_create(profile, &summary, &error), PYPERF_OK);
    assert_int_equal(summary->row_count, 3);
    assert_float_equal(summary->rows[1].durations->longest, 4, 1e-9);
    assert_float_equal(summary->rows[2].durations->longest, 100, 1e-9);
    assert_int_equal(pyperf_summary_strip_directories(summary, &error), PYPERF_OK);
    assert_int_equal(summary->row_count, 2);
    const struct pyperf_durations *both = summary->rows[1].durations;
    assert_int_equal(both->counts[2], 3);
    assert_int_equal(both->counts[6], 1);
    assert_float_equal(both->longest, 100, 1e-9);
    assert_float_equal(both->unit, 0.875, 1e-9);
    pyperf_summary_free(summary);
    pyperf_profile_free(profile);
}

static void the_report_shows_what_is_known(void **state)
{
    (void)state;
    struct pyperf_profile *profile = build();
    struct pyperf_summary *summary;
    struct text_buffer text = {0};
    const struct pyperf_table_options options = {
        .sort = {.keys = {PYPERF_SORT_CUMULATIVE}, .count = 1}};
    assert_int_equal(pyperf_summary_create(profile, &summary, &error), PYPERF_OK);
    assert_int_equal(pyperf_report_spread(summary, &options, &text, &error), PYPERF_OK);
    assert_string_equal(text_buffer_text(&text),
                        "   Duration of single calls, callees included\n"
                        "   Ordered by: cumulative time\n"
                        "\n"
                        "    calls     median       95 %    longest  "
                        "filename:lineno(function)\n"
                        "        1     100  s     100  s     100  s  b/file.py:1(f)\n"
                        "        3    4.00  s    4.00  s    4.00  s  a/file.py:1(f)\n"
                        "\n\n");
    text_buffer_release(&text);
    pyperf_summary_free(summary);
    pyperf_profile_free(profile);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_lie_in_their_step),
        cmocka_unit_test(a_single_call_is_known_exactly),
        cmocka_unit_test(the_summary_scales_and_adds_up),
        cmocka_unit_test(the_report_shows_what_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
