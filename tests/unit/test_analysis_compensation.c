/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include <pyperf/compensation.h>

#include "profile_builder.h"

static struct pyperf_error error;

/* Each kind of event costs something else, so that a test sees which one was taken. */
static void set_costs(struct pyperf_profile *profile)
{
    static const struct pyperf_cost costs[PYPERF_COST_COUNT] = {
        [PYPERF_COST_CALL] = {10, 20},      [PYPERF_COST_RESUME] = {30, 40},
        [PYPERF_COST_BUILTIN] = {5, 6},     [PYPERF_COST_METHOD] = {7, 8},
        [PYPERF_COST_UNRECORDED] = {0, 50},
    };
    memcpy(profile->run.costs, costs, sizeof costs);
}

static void compensate(struct pyperf_profile *profile)
{
    assert_int_equal(pyperf_profile_compensate(profile, &error), PYPERF_OK);
    assert_true(profile->run.compensated);
}

static void each_event_costs_inside_and_outside(void **state)
{
    (void)state;
    struct pyperf_profile *profile = build_profile("x");
    set_costs(profile);
    uint32_t python = build_python(profile, "f", 1);
    uint32_t builtin = build_function(profile, PYPERF_FUNCTION_BUILTIN, "~", 0, "len");
    uint32_t method = build_function(profile, PYPERF_FUNCTION_BUILTIN_METHOD, "~", 0, "append");
    uint32_t root = build_thread(profile, 1000);
    uint32_t caller = build_node(profile, root, python, 1, 5000);
    uint32_t generator = build_node(profile, caller, python, 2, 1000);
    profile->nodes[generator].resumes = 3;
    uint32_t length = build_node(profile, caller, builtin, 4, 100);
    uint32_t append = build_node(profile, caller, method, 5, 100);
    profile->nodes[caller].unrecorded = 6;
    profile->nodes[caller].recording = 7;
    build_inclusive(profile);
    compensate(profile);

    uint64_t *self = pyperf_profile_self_ticks(profile);
    assert_int_equal(self[length], 100 - 4 * 5);
    assert_int_equal(self[append], 100 - 5 * 7);
    assert_int_equal(self[generator], 1000 - 2 * 10 - 3 * 30);
    assert_int_equal(self[caller], 5000 - 10 - (2 * 20 + 3 * 40 + 4 * 6 + 5 * 8) - 6 * 50 - 7);
    assert_int_equal(self[root], 1000 - 20);
    uint64_t sum = 0;
    for (uint32_t i = 0; i < profile->node_count; i++)
        sum += self[i];
    assert_int_equal(profile->nodes[root].inclusive, sum);
    assert_int_equal((uint64_t)profile->run.overhead, 7200 - sum);
    assert_int_equal((uint64_t)profile->run.unexplained, 0);
    free(self);
    pyperf_profile_free(profile);
}

static void happens_once(void **state)
{
    (void)state;
    struct pyperf_profile *profile = build_profile("x");
    set_costs(profile);
    uint32_t root = build_thread(profile, 1000);
    build_node(profile, root, build_python(profile, "f", 1), 1, 100);
    build_inclusive(profile);
    compensate(profile);
    uint64_t inclusive = profile->nodes[root].inclusive;
    compensate(profile);
    assert_int_equal(profile->nodes[root].inclusive, inclusive);
    pyperf_profile_free(profile);
}

/* Too little in the callee: the caller gives the rest. Too little there, too: it is told. */
static void what_is_missing_is_the_callers_or_unexplained(void **state)
{
    (void)state;
    struct pyperf_profile *profile = build_profile("x");
    set_costs(profile);
    uint32_t f = build_python(profile, "f", 1);
    uint32_t root = build_thread(profile, 1000);
    uint32_t rich = build_node(profile, root, f, 1, 500);
    uint32_t child = build_node(profile, rich, f, 10, 70);
    uint32_t poor = build_node(profile, root, f, 1, 25);
    uint32_t grandchild = build_node(profile, poor, f, 1, 4);
    build_inclusive(profile);
    compensate(profile);

    uint64_t *self = pyperf_profile_self_ticks(profile);
    assert_int_equal(self[child], 0);
    assert_int_equal(self[rich], 500 - 10 - 10 * 20 - 30);
    assert_int_equal(self[grandchild], 0);
    assert_int_equal(self[poor], 0);
    /* `poor` owes 10 + 20 of its own and 6 for its child, and has 25. It passes on the 5 that
     * its own are too much; the child's 6 are passed on no further. */
    assert_int_equal(self[root], 1000 - 2 * 20 - 5);
    assert_int_equal((uint64_t)profile->run.unexplained, 6);
    free(self);
    pyperf_profile_free(profile);
}

static void folded_times_shrink_alike(void **state)
{
    (void)state;
    struct pyperf_profile *profile = build_profile("x");
    set_costs(profile);
    uint32_t f = build_python(profile, "f", 1);
    uint32_t root = build_thread(profile, 1000);
    uint32_t caller = build_node(profile, root, f, 1, 500);
    profile->nodes[caller].folded = 800;
    profile->functions[f].folded_primitive_ticks = 800;
    uint32_t fold_root = build_fold_root(profile);
    uint32_t folded = build_node(profile, fold_root, f, 10, 800);
    build_inclusive(profile);
    compensate(profile);

    /* 10 × 10 inside and 10 × 20 outside: 500 of 800 remain. */
    assert_int_equal(profile->nodes[folded].inclusive, 500);
    assert_int_equal(profile->nodes[caller].folded, 500);
    assert_int_equal(profile->functions[f].folded_primitive_ticks, 500);
    assert_int_equal(profile->nodes[caller].inclusive, 500 - 10 + 500);
    assert_int_equal(profile->nodes[root].inclusive, 1000 - 20 + 500 - 10 + 500);
    pyperf_profile_free(profile);
}

static void durations_shrink_with_inclusive_time(void **state)
{
    (void)state;
    struct pyperf_profile *profile = build_profile("x");
    set_costs(profile);
    uint32_t f = build_python(profile, "f", 1);
    uint32_t root = build_thread(profile, 1000);
    build_node(profile, root, f, 4, 160);
    build_inclusive(profile);
    compensate(profile);
    assert_float_equal(profile->functions[f].duration_scale, 120.0 / 160.0, 1e-9);
    pyperf_profile_free(profile);
}

/* A thousand calls of 120 ticks, 60 of them cost, hide one of a million ticks. */
static void the_longest_loses_the_cost_of_one_call(void **state)
{
    (void)state;
    struct pyperf_profile *profile = build_profile("x");
    profile->run.costs[PYPERF_COST_CALL].inside = 60;
    uint32_t f = build_python(profile, "f", 1);
    uint32_t root = build_thread(profile, 1000);
    build_node(profile, root, f, 1001, 1000 * 120 + 1000000);
    build_inclusive(profile);
    profile->functions[f].durations[6] = 1000;
    profile->functions[f].durations[19] = 1;
    profile->functions[f].longest = 1000000;
    compensate(profile);
    assert_int_equal(profile->functions[f].longest, 1000000 - 60);
    pyperf_profile_free(profile);
}

static void unknown_costs_take_nothing(void **state)
{
    (void)state;
    struct pyperf_profile *profile = build_profile("x");
    uint32_t root = build_thread(profile, 1000);
    build_node(profile, root, build_python(profile, "f", 1), 1, 100);
    profile->nodes[root].recording = 50;
    build_inclusive(profile);
    assert_false(pyperf_profile_has_costs(profile));
    compensate(profile);
    assert_int_equal(profile->nodes[root].inclusive, 1100);
    set_costs(profile);
    assert_true(pyperf_profile_has_costs(profile));
    pyperf_profile_free(profile);
}

/* What no run produces, but a damaged recording may hold. */
static void absurd_numbers_do_no_harm(void **state)
{
    (void)state;
    struct pyperf_profile *profile = build_profile("x");
    set_costs(profile);
    uint32_t f = build_python(profile, "f", 1);
    uint32_t root = build_thread(profile, 1000);
    uint32_t node = build_node(profile, root, f, UINT64_MAX, 100);
    build_inclusive(profile);
    profile->nodes[node].inclusive = UINT64_MAX;
    profile->nodes[node].folded = UINT64_MAX / 2;
    profile->nodes[node].unrecorded = UINT64_MAX;
    profile->nodes[node].recording = UINT64_MAX;
    profile->nodes[root].resumes = UINT64_MAX;
    compensate(profile);
    assert_true(profile->nodes[root].inclusive >= profile->nodes[node].inclusive);
    pyperf_profile_free(profile);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_event_costs_inside_and_outside),
        cmocka_unit_test(happens_once),
        cmocka_unit_test(what_is_missing_is_the_callers_or_unexplained),
        cmocka_unit_test(folded_times_shrink_alike),
        cmocka_unit_test(durations_shrink_with_inclusive_time),
        cmocka_unit_test(the_longest_loses_the_cost_of_one_call),
        cmocka_unit_test(unknown_costs_take_nothing),
        cmocka_unit_test(absurd_numbers_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
