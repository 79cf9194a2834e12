/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>
#include <string.h>

#include <pyperf/reports.h>

#include "base/text_buffer.h"
#include "profile_builder.h"

static void assert_facts(struct pyperf_profile *profile, const struct pyperf_outcome *outcome,
                         const char *expected)
{
    struct text_buffer text = {0};
    assert_int_equal(pyperf_report_run_facts(profile, outcome, &text, NULL), PYPERF_OK);
    assert_string_equal(text.text, expected);
    text_buffer_release(&text);
}

static void ordinary_run(void **state)
{
    (void)state;
    struct pyperf_profile *profile = build_profile("x");
    build_thread(profile, 0);
    profile->run.wall = 1234567890;
    struct pyperf_outcome outcome = {
        .user_time = 1100000000, .system_time = 50000000, .peak_memory = 47395635};
    assert_facts(profile, &outcome,
                 "   Wall time 1.235 s, CPU time 1.100 s user and 0.050 s system; "
                 "peak memory 45.2 MiB; 1 thread.\n");
    build_thread(profile, 0);
    assert_facts(profile, NULL, "   Wall time 1.235 s; 2 threads.\n");
    pyperf_profile_free(profile);
}

static struct pyperf_profile *plain(void)
{
    struct pyperf_profile *profile = build_profile("x");
    build_thread(profile, 0);
    return profile;
}

static void assert_mentions(struct pyperf_profile *profile,
                            const struct pyperf_outcome *outcome, const char *line)
{
    struct text_buffer text = {0};
    assert_int_equal(pyperf_report_run_facts(profile, outcome, &text, NULL), PYPERF_OK);
    assert_contains(text.text, line);
    text_buffer_release(&text);
    pyperf_profile_free(profile);
}

static void assert_thread(const struct pyperf_profile *profile, bool for_terminal,
                          const char *expected)
{
    struct text_buffer text = {0};
    assert_int_equal(pyperf_report_thread(profile, 0, for_terminal, &text, NULL), PYPERF_OK);
    assert_string_equal(text.text, expected);
    text_buffer_release(&text);
}

static void threads(void **state)
{
    (void)state;
    struct pyperf_profile *profile = plain();
    build_thread(profile, 0);
    profile->threads[0] = (struct pyperf_thread){.os_id = 4711,
                                                 .name = build_string(profile, "a\033[1m"),
                                                 .started = 1000000000,
                                                 .ended = 2500000000,
                                                 .usage_known = true,
                                                 .cpu = 123456789,
                                                 .voluntary_switches = 7,
                                                 .involuntary_switches = 1};
    assert_thread(profile, true,
                  "   Thread 1 of 2: a\\x1b[1m, native id 4711\n   Wall time 1.500 s, CPU time "
                  "0.123 s, 7 voluntary and 1 involuntary context switch.\n\n");
    profile->threads[0].usage_known = false;
    profile->threads[0].name = 0;
    assert_thread(profile, false,
                  "   Thread 1 of 2: (no name), native id 4711\n   Wall time 1.500 s, CPU time "
                  "and context switches unknown: its end was not seen.\n\n");
    pyperf_profile_free(profile);
}

static void ends(void **state)
{
    (void)state;
    struct pyperf_outcome killed = {.signal = 9};
    assert_mentions(plain(), &killed, "   The program was ended by signal 9 (Killed).\n");
    struct pyperf_outcome failed = {.exit_status = 3};
    assert_mentions(plain(), &failed, "   The program ended with status 3.\n");
    struct pyperf_profile *profile = plain();
    profile->run.running = true;
    assert_mentions(profile, NULL, "   The program was still running when this was read.\n");
    profile = plain();
    profile->run.started = false;
    assert_mentions(profile, NULL, "   Python did not get as far as running the program.\n");
    profile = plain();
    profile->threads[0].open_frames = 1;
    assert_mentions(profile, &killed,
                    "   1 call had not returned; its time counts up to the end.\n");
    profile = plain();
    build_thread(profile, 0);
    profile->threads[0].open_frames = 1000;
    profile->threads[1].open_frames = 234;
    profile->run.running = true;
    assert_mentions(profile, NULL,
                    "   1,234 calls had not returned; their time counts up to the "
                    "moment of reading.\n");
}

static void open_calls(void **state)
{
    (void)state;
    struct pyperf_profile *profile = plain();
    uint32_t f = build_python(profile, "f", 1), g = build_python(profile, "g\033", 9);
    uint32_t outer = build_node(profile, 0, f, 1, 0),
             inner = build_node(profile, outer, g, 1, 0);
    build_open_call(profile, outer);
    build_open_call(profile, inner);
    build_thread(profile, 0); /* in no call */
    build_thread(profile, 0);
    profile->threads[2].os_id = 42;
    build_open_call(profile, PYPERF_NO_INDEX);
    assert_mentions(profile, NULL,
                    "   3 calls had not returned; their time counts up to the end:\n"
                    "      main thread: file.py:1(f) > file.py:9(g\\x1b)\n"
                    "      thread 42: {a call that found no room}\n");
    profile = plain();
    outer = build_node(profile, 0, build_python(profile, "f", 1), 1, 0);
    for (int i = 0; i < 2000; i++)
        build_open_call(profile, outer);
    assert_mentions(profile, NULL,
                    "      main thread: file.py:1(f) > file.py:1(f) > file.py:1(f) > ... 1,988 "
                    "more ... > file.py:1(f) > ");
    profile = plain();
    outer = build_node(profile, 0, build_python(profile, "f", 1), 1, 0);
    for (int i = 0; i < 22; i++) {
        build_thread(profile, 0);
        build_open_call(profile, outer);
    }
    profile->run.end_known = false;
    assert_mentions(profile, NULL, "      and 2 more threads.\n");
}

static void ends_that_nobody_saw(void **state)
{
    (void)state;
    struct pyperf_profile *profile = plain();
    build_open_call(profile, build_node(profile, 0, build_python(profile, "f", 1), 1, 0));
    profile->run.end_known = false;
    assert_mentions(
        profile, NULL,
        "   Nobody saw the program's end: it was killed together with pyperf, or "
        "after it.\n   1 call had not returned; its time counts up to the last event "
        "that was recorded:\n      main thread: file.py:1(f)\n");
    profile = plain();
    profile->run.replaced = true;
    assert_mentions(profile, NULL,
                    "   The program became another one (exec), which is not recorded.\n");
}

static void losses(void **state)
{
    (void)state;
    struct pyperf_profile *profile = plain();
    uint32_t function = build_python(profile, "f", 1);
    uint32_t fold_root = build_fold_root(profile);
    build_node(profile, fold_root, function, 1234560, 0);
    uint32_t resumed = build_node(profile, fold_root, function, 0, 0);
    profile->nodes[resumed].resumes = 7;
    assert_mentions(profile, NULL,
                    "   1,234,567 calls came after the recording had reached its limit of "
                    "4,000,000 call paths\n   (raise it with --max-nodes)");
    profile = plain();
    profile->run.recording_error = ENOSPC;
    assert_mentions(profile, NULL, "could not grow to the end: No space left on device.");
    profile = plain();
    profile->run.lost_calls = 1;
    assert_mentions(
        profile, NULL,
        "   1 call found no room in the recording; its time is its caller's own.\n");
    profile = plain();
    profile->run.resynchronised = 2;
    assert_mentions(profile, NULL,
                    "   2 returns ended calls that had none of their own; times nearby may be "
                    "off.\n");
    profile = plain();
    profile->run.unmatched = 1;
    assert_mentions(profile, NULL,
                    "   1 return had no call on record (it began unrecorded).\n");
    profile = plain();
    profile->run.unmatched = 3;
    profile->run.resynchronised = 1;
    assert_mentions(profile, NULL,
                    "   3 returns had no call on record (it began unrecorded); 1 return ended "
                    "calls that had none of their own; times nearby may be off.\n");
    profile = plain();
    profile->run.beyond_depth = 2;
    assert_mentions(profile, NULL,
                    "   2 calls came so deep in the C stack that what they called is not "
                    "recorded;\n   its time is in those calls. Calls of other threads "
                    "meanwhile may be missing, too.\n");
    profile = plain();
    profile->run.displaced = 3;
    profile->run.displaced_time = 1234567890;
    profile->run.displaced_where = build_string(profile, "/dir/x.py:12");
    assert_mentions(
        profile, NULL,
        "   A profiler of the program's own took the place of this one 3 times, first "
        "at /dir/x.py:12, for 1.235 s in all; calls made under it are missing.\n");
    profile = plain();
    profile->run.displaced = 1;
    assert_mentions(
        profile, NULL,
        "   A profiler of the program's own took the place of this one 1 time, before "
        "the program began, for 0.000 s; calls made under it are missing.\n");
}

/* A second in a Python function, with costs that are known. */
static struct pyperf_profile *compensated(const char *engine, const char *version)
{
    struct pyperf_profile *profile = build_profile("x");
    uint32_t root = build_thread(profile, 0);
    build_node(profile, root, build_python(profile, "f", 1), 1, 1000);
    build_inclusive(profile);
    profile->run.nanoseconds_per_tick = 1e6;
    profile->run.engine = build_string(profile, engine);
    profile->run.python_version = build_string(profile, version);
    profile->run.costs[PYPERF_COST_CALL].inside = 1;
    profile->run.compensated = true;
    profile->run.overhead = 500;
    return profile;
}

static void overhead(void **state)
{
    (void)state;
    assert_mentions(compensated("monitoring", "3.13.0"), NULL,
                    "   Recording took 0.500 s, which the times above are without.\n");
    struct pyperf_profile *profile = compensated("monitoring", "3.13.0");
    profile->run.unexplained = 20;
    assert_mentions(profile, NULL,
                    "   Recording took 0.500 s, which the times above are without; another "
                    "0.020 s was\n   expected and not found in them.\n");
    profile = compensated("monitoring", "3.13.0");
    profile->run.costs[PYPERF_COST_CALL].inside = 0;
    assert_mentions(profile, NULL,
                    "   What recording cost could not be measured, so it is still in the times "
                    "above.\n");
    profile = compensated("monitoring", "3.13.0");
    profile->run.cpu_time = true;
    assert_mentions(profile, NULL, "   Times in the table are CPU time of the threads.\n");
}

static void slow_bytecode(void **state)
{
    (void)state;
    static const char line[] = "Python 3.11 runs all bytecode up to 2.5 times slower";
    assert_mentions(compensated("setprofile", "3.11.2"), NULL, line);
    const struct {
        const char *engine, *version;
    } others[] = {{"frames", "3.11.2"}, {"setprofile", "3.12.1"}, {"setprofile", "3.8.18"}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct pyperf_profile *profile = compensated(others[i].engine, others[i].version);
        struct text_buffer text = {0};
        assert_int_equal(pyperf_report_run_facts(profile, NULL, &text, NULL), PYPERF_OK);
        assert_null(strstr(text.text, line));
        text_buffer_release(&text);
        pyperf_profile_free(profile);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ordinary_run),
        cmocka_unit_test(threads),
        cmocka_unit_test(ends),
        cmocka_unit_test(open_calls),
        cmocka_unit_test(ends_that_nobody_saw),
        cmocka_unit_test(losses),
        cmocka_unit_test(overhead),
        cmocka_unit_test(slow_bytecode),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
