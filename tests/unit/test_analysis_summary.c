/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdlib.h>

#include <pyperf/summary.h>

#include "profile_builder.h"

static struct pyperf_summary *summary_of(struct pyperf_profile *profile)
{
    struct pyperf_summary *summary = NULL;
    assert_int_equal(pyperf_summary_create(profile, &summary, NULL), PYPERF_OK);
    pyperf_profile_free(profile);
    return summary;
}

static uint32_t row_named(const struct pyperf_summary *summary, const char *name)
{
    for (uint32_t i = 0; i < summary->row_count; i++)
        if (strcmp(summary->rows[i].label.name, name) == 0)
            return i;
    fail_msg("there is no row '%s'", name);
    return 0;
}

static void assert_row(const struct pyperf_summary *summary, const char *name,
                       uint64_t primitive, uint64_t calls, double self, double cumulative)
{
    const struct pyperf_summary_row *row = &summary->rows[row_named(summary, name)];
    assert_int_equal(row->primitive_calls, primitive);
    assert_int_equal(row->calls, calls);
    assert_true(row->self == self);
    assert_true(row->cumulative == cumulative);
}

static void assert_edge(const struct pyperf_summary *summary, const char *caller,
                        const char *callee, uint64_t primitive, uint64_t calls, double self,
                        double cumulative)
{
    const struct pyperf_summary_row *row = &summary->rows[row_named(summary, callee)];
    uint32_t from = row_named(summary, caller);
    for (uint32_t i = 0; i < row->caller_count; i++) {
        const struct pyperf_summary_edge *edge = &row->callers[i];
        if (edge->caller != from)
            continue;
        assert_int_equal(edge->primitive_calls, primitive);
        assert_int_equal(edge->calls, calls);
        assert_true(edge->self == self);
        assert_true(edge->cumulative == cumulative);
        return;
    }
    fail_msg("'%s' has no caller '%s'", callee, caller);
}

/* rec(3), as cProfile counts it: (1, 4, …, {itself: (3, 1, …)}). */
static void recursion(void **state)
{
    (void)state;
    struct pyperf_profile *profile = build_profile("x");
    uint32_t function = build_python(profile, "rec", 1);
    uint32_t node = build_thread(profile, 1);
    for (uint64_t i = 0; i < 4; i++)
        node = build_node(profile, node, function, 1, UINT64_C(10) << i);
    build_inclusive(profile);
    struct pyperf_summary *summary = summary_of(profile);
    assert_int_equal(summary->row_count, 2);
    assert_row(summary, "rec", 1, 4, 150, 150);
    assert_edge(summary, "<program x>", "rec", 1, 1, 10, 150);
    assert_edge(summary, "rec", "rec", 1, 3, 140, 140);
    assert_row(summary, "<program x>", 1, 1, 1, 151);
    assert_int_equal(summary->total_calls, 5);
    assert_int_equal(summary->total_primitive_calls, 2);
    assert_true(summary->total_self == 151);
    pyperf_summary_free(summary);
}

/* a → b → a → b, and b → b within: the edge a → b is active already the second time. */
static void mutual_recursion(void **state)
{
    (void)state;
    struct pyperf_profile *profile = build_profile("x");
    uint32_t a = build_python(profile, "a", 1);
    uint32_t b = build_python(profile, "b", 2);
    uint32_t node = build_thread(profile, 0);
    node = build_node(profile, node, a, 2, 1);
    node = build_node(profile, node, b, 3, 2);
    node = build_node(profile, node, a, 5, 4);
    node = build_node(profile, node, b, 7, 8);
    build_node(profile, node, b, 11, 16);
    build_inclusive(profile);
    struct pyperf_summary *summary = summary_of(profile);
    assert_row(summary, "a", 2, 7, 5, 31);
    assert_row(summary, "b", 3, 21, 26, 30);
    assert_edge(summary, "a", "b", 3, 10, 10, 30);
    assert_edge(summary, "b", "a", 5, 5, 4, 28);
    assert_edge(summary, "b", "b", 11, 11, 16, 16);
    pyperf_summary_free(summary);
}

/* Functions with the same label add up, and their nested time counts once. */
static void colliding_labels(void **state)
{
    (void)state;
    struct pyperf_profile *profile = build_profile("x");
    uint32_t first = build_python(profile, "<lambda>", 1);
    uint32_t second = build_python(profile, "<lambda>", 1);
    uint32_t root = build_thread(profile, 0);
    uint32_t outer = build_node(profile, root, first, 5, 10);
    build_node(profile, outer, second, 7, 20);
    build_node(profile, root, second, 2, 40);
    build_inclusive(profile);
    struct pyperf_summary *summary = summary_of(profile);
    assert_int_equal(summary->row_count, 2);
    assert_row(summary, "<lambda>", 7, 14, 70, 70);
    assert_edge(summary, "<program x>", "<lambda>", 7, 7, 50, 70);
    assert_edge(summary, "<lambda>", "<lambda>", 7, 7, 20, 20);
    pyperf_summary_free(summary);
}

static void threads_and_resumes_add_up(void **state)
{
    (void)state;
    struct pyperf_profile *profile = build_profile("x");
    uint32_t function = build_python(profile, "generator", 1);
    uint32_t node = build_node(profile, build_thread(profile, 1), function, 2, 10);
    profile->nodes[node].resumes = 30;
    build_node(profile, build_thread(profile, 2), function, 4, 20);
    build_inclusive(profile);
    struct pyperf_summary *summary = summary_of(profile);
    assert_row(summary, "generator", 36, 36, 30, 30);
    assert_row(summary, "<program x>", 1, 1, 3, 33);
    pyperf_summary_free(summary);
}

static void each_thread_by_itself(void **state)
{
    (void)state;
    struct pyperf_profile *profile = build_profile("x");
    uint32_t both = build_python(profile, "both", 1),
             second = build_python(profile, "second", 2);
    build_node(profile, build_thread(profile, 1), both, 2, 10);
    uint32_t root = build_thread(profile, 2);
    build_node(profile, build_node(profile, root, both, 1, 20), second, 5, 30);
    build_node(profile, build_fold_root(profile), second, 3, 4);
    build_thread(profile, 0);
    build_node(profile, build_fold_root(profile), second, 9, 8);
    profile->functions[second].folded_primitive_calls = 8;
    profile->functions[second].folded_primitive_ticks = 12;
    build_inclusive(profile);
    struct pyperf_summary **each;
    assert_int_equal(pyperf_summary_create_each(profile, &each, NULL), PYPERF_OK);
    assert_int_equal(each[0]->row_count, 2);
    assert_row(each[0], "<program x>", 1, 1, 1, 11);
    assert_row(each[0], "both", 2, 2, 10, 10);
    assert_null(each[0]->rows[0].durations);
    assert_row(each[1], "both", 1, 1, 20, 50);
    assert_row(each[1], "second", 7, 8, 34, 33); /* a quarter of the folded calls is its */
    assert_row(each[2], "second", 6, 9, 8, 9);
    pyperf_summary_free_each(each, profile->thread_count);
    pyperf_profile_free(profile);
}

static void folded_contexts(void **state)
{
    (void)state;
    struct pyperf_profile *profile = build_profile("x");
    uint32_t caller = build_python(profile, "caller", 1);
    uint32_t folded = build_python(profile, "folded", 2);
    uint32_t root = build_thread(profile, 1);
    uint32_t node = build_node(profile, root, caller, 1, 10);
    profile->nodes[node].folded = 100;
    build_node(profile, build_fold_root(profile), caller, 5, 20);
    uint32_t inner = build_node(profile, profile->threads[0].fold_root, folded, 9, 70);
    profile->nodes[inner].folded = 30; /* a call of itself, which counts again */
    profile->nodes[inner].inclusive += 10;
    profile->functions[folded].folded_primitive_calls = 4;
    profile->functions[folded].folded_primitive_ticks = 80;
    profile->functions[caller].folded_primitive_calls = 0;
    build_inclusive(profile);
    struct pyperf_summary *summary = summary_of(profile);
    assert_row(summary, "<program x>", 1, 1, 1, 111);
    assert_row(summary, "<folded contexts>", 1, 1, 0, 0);
    assert_edge(summary, "<program x>", "<folded contexts>", 1, 1, 0, 0);
    assert_row(summary, "caller", 1, 6, 30, 110);
    assert_row(summary, "folded", 4, 9, 80, 80);
    assert_edge(summary, "<folded contexts>", "folded", 4, 9, 80, 80);
    assert_edge(summary, "<folded contexts>", "caller", 0, 5, 20, 0);
    assert_true(summary->total_self == 111);
    pyperf_summary_free(summary);
}

static void names_are_repaired(void **state)
{
    (void)state;
    struct pyperf_profile *profile = build_profile("x");
    uint32_t root = build_thread(profile, 0);
    static const char *const names[] = {"<f at 0x7fAB09>", "<f>", "<f at 0x>",
                                        "<a at 0x1 b at 0x2>"};
    for (size_t i = 0; i < 4; i++)
        build_node(profile, root,
                   build_function(profile, PYPERF_FUNCTION_BUILTIN, "~", 0, names[i]), 1, 1);
    build_node(profile, root, build_python(profile, "python at 0x12", 3), 1, 1);
    build_node(profile, root, build_python(profile, "broken \xFF", 3), 1, 1);
    build_python(profile, "never called", 4);
    build_inclusive(profile);
    struct pyperf_summary *summary = summary_of(profile);
    assert_int_equal(summary->row_count, 6);
    assert_row(summary, "<f>", 2, 2, 2, 2);
    assert_row(summary, "<f at 0x>", 1, 1, 1, 1);
    assert_row(summary, "<a b>", 1, 1, 1, 1);
    assert_row(summary, "python at 0x12", 1, 1, 1, 1);
    assert_row(summary, "broken \xED\xB3\xBF", 1, 1, 1, 1);
    pyperf_summary_free(summary);
}

static void nothing_recorded(void **state)
{
    (void)state;
    struct pyperf_profile *profile = build_profile("x");
    uint32_t root = build_thread(profile, 0);
    build_node(profile, root, build_python(profile, "never returned", 4), 0, 0);
    struct pyperf_summary *summary = summary_of(profile);
    assert_int_equal(summary->row_count, 1);
    assert_row(summary, "<program x>", 1, 1, 0, 0);
    pyperf_summary_free(summary);
    summary = summary_of(build_profile("x")); /* not even a thread */
    assert_row(summary, "<program x>", 1, 1, 0, 0);
    pyperf_summary_free(summary);
}

static void deep_trees(void **state)
{
    (void)state;
    enum { DEPTH = 1000000 };
    struct pyperf_profile *profile = build_profile("x");
    uint32_t functions[2] = {build_python(profile, "even", 1), build_python(profile, "odd", 2)};
    uint32_t root = build_thread(profile, 0);
    free(profile->nodes);
    profile->nodes = calloc(DEPTH + 1, sizeof *profile->nodes);
    profile->nodes[0] = (struct pyperf_node){.parent = PYPERF_NO_INDEX, .function = 2};
    for (uint32_t i = 1; i <= DEPTH; i++)
        profile->nodes[i] = (struct pyperf_node){.parent = i == 1 ? root : i - 1,
                                                 .function = functions[i % 2],
                                                 .calls = 1,
                                                 .inclusive = 1};
    profile->node_count = DEPTH + 1;
    build_inclusive(profile);
    struct pyperf_summary *summary = summary_of(profile);
    assert_row(summary, "odd", 1, DEPTH / 2, DEPTH / 2, DEPTH);
    assert_row(summary, "even", 1, DEPTH / 2, DEPTH / 2, DEPTH - 1);
    assert_edge(summary, "odd", "even", 1, DEPTH / 2, DEPTH / 2, DEPTH - 1);
    pyperf_summary_free(summary);
}

static void impossible_numbers_do_not_wrap(void **state)
{
    (void)state;
    struct pyperf_profile *profile = build_profile("x");
    uint32_t root = build_thread(profile, 0);
    uint32_t function = build_python(profile, "f", 1);
    for (int i = 0; i < 3; i++) {
        uint32_t node = build_node(profile, root, function, UINT64_MAX, UINT64_MAX / 2);
        profile->nodes[node].resumes = 5;
    }
    struct pyperf_summary *summary = summary_of(profile);
    assert_true(summary->rows[1].calls == UINT64_MAX);
    assert_true(summary->rows[1].self >= (double)(UINT64_MAX / 2));
    assert_true(summary->rows[0].self == 0);
    pyperf_summary_free(summary);
}

/* pstats adds rows that become equal up, but lets the last of a row's callers that become
 * equal replace the others. */
static void stripping(void **state)
{
    (void)state;
    struct pyperf_profile *profile = build_profile("x");
    uint32_t one = build_function(profile, PYPERF_FUNCTION_PYTHON, "/a/m.py", 1, "f");
    uint32_t two = build_function(profile, PYPERF_FUNCTION_PYTHON, "/b/m.py", 1, "f");
    uint32_t leaf = build_function(profile, PYPERF_FUNCTION_PYTHON, "leaf.py", 1, "leaf");
    uint32_t root = build_thread(profile, 0);
    build_node(profile, build_node(profile, root, one, 2, 1), leaf, 10, 100);
    build_node(profile, build_node(profile, root, two, 3, 2), leaf, 20, 200);
    build_inclusive(profile);
    struct pyperf_summary *summary = summary_of(profile);
    assert_int_equal(summary->row_count, 4);
    assert_int_equal(pyperf_summary_strip_directories(summary, NULL), PYPERF_OK);
    assert_int_equal(summary->row_count, 3);
    assert_row(summary, "f", 5, 5, 3, 303);
    assert_string_equal(summary->rows[1].label.file, "m.py");
    assert_edge(summary, "<program x>", "f", 5, 5, 3, 303);
    assert_row(summary, "leaf", 30, 30, 300, 300);
    assert_int_equal(summary->rows[2].caller_count, 1);
    assert_edge(summary, "f", "leaf", 20, 20, 200, 200);
    assert_int_equal(summary->total_calls, 36);
    pyperf_summary_free(summary);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recursion),
        cmocka_unit_test(mutual_recursion),
        cmocka_unit_test(colliding_labels),
        cmocka_unit_test(threads_and_resumes_add_up),
        cmocka_unit_test(each_thread_by_itself),
        cmocka_unit_test(folded_contexts),
        cmocka_unit_test(names_are_repaired),
        cmocka_unit_test(nothing_recorded),
        cmocka_unit_test(deep_trees),
        cmocka_unit_test(impossible_numbers_do_not_wrap),
        cmocka_unit_test(stripping),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
