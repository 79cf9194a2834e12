/* What lines call, where calls are recorded beside them.
 *
 * SPDX-License-Identifier: MIT */
#include "lines_fixture.h"

/* The engine for calls comes first. */
static void call_both(struct lines_fixture *fixture, uint32_t function,
                      const struct line_code *code, uint64_t identity)
{
    enter(&fixture->base, function, identity);
    if (code)
        assert_true(line_enter(fixture->lines, code, identity));
}

static void return_both(struct lines_fixture *fixture, uint64_t identity)
{
    line_leave(fixture->lines, identity);
    leave(&fixture->base, identity);
}

static const struct pyperf_line_call *find_call(const struct pyperf_profile *profile,
                                                const struct pyperf_line *line,
                                                const char *callee)
{
    for (uint32_t i = 0; i < line->call_count; i++) {
        const struct pyperf_line_call *call = &profile->lines->calls[line->first_call + i];
        if (strcmp(pyperf_profile_string(profile, profile->functions[call->callee].name),
                   callee) == 0)
            return call;
    }
    return NULL;
}

/* a's line 10 calls c twice, which has no lines, and 11 calls a, whose line 10 calls c. */
static void test_what_lines_call(void **state)
{
    struct lines_fixture fixture;
    (void)state;
    start_lines_with(&fixture, true);
    call_both(&fixture, 0, fixture.f, 1);
    line_begin(fixture.lines, 1, 10);
    for (int i = 0; i < 2; i++) {
        call_both(&fixture, 2, NULL, 2);
        spin(&fixture);
        leave(&fixture.base, 2);
    }
    line_begin(fixture.lines, 1, 11);
    call_both(&fixture, 0, fixture.f, 2);
    line_begin(fixture.lines, 2, 10);
    call_both(&fixture, 2, NULL, 3);
    leave(&fixture.base, 3);
    return_both(&fixture, 2);
    line_begin(fixture.lines, 1, 12);
    call_both(&fixture, 3, NULL, 2); /* d, which never returns */
    spin(&fixture);
    struct pyperf_profile *profile = NULL;
    struct pyperf_error error;
    if (pyperf_session_read(fixture.base.directory, clock_monotonic(), &profile, &error) !=
        PYPERF_OK)
        fail_msg("%s", error.message);
    assert_true(profile->lines->calls_recorded);
    const struct pyperf_line *first = find_line(profile, "a", 10);
    const struct pyperf_line *second = find_line(profile, "a", 11);
    const struct pyperf_line *third = find_line(profile, "a", 12);
    assert_int_equal(first->call_count, 1);
    assert_int_equal(find_call(profile, first, "c")->calls, 3);
    assert_true(find_call(profile, first, "c")->inclusive >= 40000);
    assert_true(first->callees >= 40000);
    assert_true(first->inclusive >= first->callees);
    assert_int_equal(find_call(profile, second, "a")->calls, 1);
    assert_true(find_call(profile, second, "a")->inclusive <= second->inclusive);
    assert_int_equal(find_call(profile, third, "d")->calls, 1);
    assert_true(find_call(profile, third, "d")->inclusive >= 20000);
    assert_int_equal(find_line(profile, "a", 13)->call_count, 0);

    /* In the tree there are functions alone. */
    const struct pyperf_node *a = find(profile, profile->threads[0].root, "a");
    const struct pyperf_node *nested = find(profile, index_of(profile, a), "a");
    assert_int_equal(profile->node_count, 6);
    assert_int_equal(a->calls, 1);
    assert_int_equal(find(profile, index_of(profile, a), "c")->calls, 2);
    assert_int_equal(find(profile, index_of(profile, nested), "c")->calls, 1);
    assert_int_equal(find(profile, index_of(profile, a), "d")->calls, 1);
    assert_true(nested->inclusive > 0 && a->inclusive >= nested->inclusive);
    assert_int_equal(profile->threads[0].open_frames, 2);
    pyperf_profile_free(profile);
    finish(&fixture.base);
    clean_up_lines(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_lines_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
