/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <pyperf/comparison.h>

#include "profile_builder.h"

enum { SIDE_MAX = 10 };

/* Profiles of both sides with what is made of them. */
struct sides {
    struct pyperf_profile *profiles[2 * SIDE_MAX];
    struct pyperf_comparison_input inputs[2 * SIDE_MAX];
    size_t count;
    struct pyperf_comparison *comparison;
};

static void add(struct sides *sides, struct pyperf_profile *profile)
{
    struct pyperf_summary *summary;
    build_inclusive(profile);
    assert_int_equal(pyperf_summary_create(profile, &summary, NULL), PYPERF_OK);
    sides->profiles[sides->count] = profile;
    sides->inputs[sides->count++] = (struct pyperf_comparison_input){profile, summary};
}

static void compare(struct sides *sides, size_t before)
{
    assert_int_equal(pyperf_comparison_create(sides->inputs, before, sides->count - before,
                                              &sides->comparison, NULL),
                     PYPERF_OK);
}

static void release(struct sides *sides)
{
    pyperf_comparison_free(sides->comparison);
    for (size_t i = 0; i < sides->count; i++) {
        pyperf_summary_free((struct pyperf_summary *)sides->inputs[i].summary);
        pyperf_profile_free(sides->profiles[i]);
    }
}

static uint32_t python(struct pyperf_profile *profile, const char *file, uint32_t line,
                       const char *name, const char *qualified)
{
    uint32_t function = build_function(profile, PYPERF_FUNCTION_PYTHON, file, line, name);
    if (qualified)
        profile->functions[function].qualified_name = build_string(profile, qualified);
    return function;
}

static const struct pyperf_compared_function *find(const struct pyperf_comparison *comparison,
                                                   const char *name)
{
    for (uint32_t i = 0; i < comparison->function_count; i++) {
        const struct pyperf_compared_function *function = &comparison->functions[i];
        const char *qualified = function->qualified_name;
        if (strcmp(qualified ? qualified : function->name, name) == 0)
            return function;
    }
    fail_msg("there is no '%s'", name);
    return NULL;
}

static void assert_figures(const struct pyperf_figures *figures, double before, double after)
{
    if (fabs(figures->before - before) > 1e-9 || fabs(figures->after - after) > 1e-9)
        fail_msg("%.12g and %.12g, not %.12g and %.12g", figures->before, figures->after,
                 before, after);
}

static void functions_are_found_again(void **state)
{
    (void)state;
    struct sides sides = {.count = 0};
    struct pyperf_profile *before = build_profile("x");
    uint32_t root = build_thread(before, 0);
    build_node(before, root, python(before, "/old/shop/a.py", 10, "total", "Order.total"), 3,
               5);
    build_node(before, root, python(before, "/old/shop/a.py", 20, "total", "total"), 1, 7);
    build_node(before, root, python(before, "/old/shop/a.py", 30, "gone", "gone"), 1, 1);
    struct pyperf_profile *after = build_profile("x");
    root = build_thread(after, 0);
    build_node(after, root, python(after, "/new/shop/a.py", 1, "total", "total"), 2, 8);
    build_node(after, root, python(after, "/new/shop/a.py", 15, "total", "Order.total"), 4, 6);
    build_node(after, root, python(after, "/new/shop/b.py", 30, "gone", "gone"), 1, 1);
    add(&sides, before);
    add(&sides, after);
    compare(&sides, 1);
    const struct pyperf_compared_function *method = find(sides.comparison, "Order.total");
    assert_int_equal(method->presence, PYPERF_IN_BOTH);
    assert_int_equal(method->line[PYPERF_BEFORE], 10);
    assert_int_equal(method->line[PYPERF_AFTER], 15);
    assert_string_equal(method->file[PYPERF_BEFORE], "/old/shop/a.py");
    assert_string_equal(method->file[PYPERF_AFTER], "/new/shop/a.py");
    assert_figures(&method->figures[PYPERF_METRIC_CALLS], 3, 4);
    assert_figures(&method->figures[PYPERF_METRIC_SELF], 5, 6);
    const struct pyperf_compared_function *function = find(sides.comparison, "total");
    assert_figures(&function->figures[PYPERF_METRIC_SELF], 7, 8);
    /* The same name in another file is another function: one is gone, one is new. */
    unsigned presences[3] = {0, 0, 0};
    for (uint32_t i = 0; i < sides.comparison->function_count; i++)
        presences[sides.comparison->functions[i].presence]++;
    assert_int_equal(presences[PYPERF_IN_BOTH], 3); /* the program itself among them */
    assert_int_equal(presences[PYPERF_GONE], 1);
    assert_int_equal(presences[PYPERF_NEW], 1);
    assert_figures(&sides.comparison->totals[PYPERF_METRIC_SELF], 13, 15);
    assert_figures(&sides.comparison->totals[PYPERF_METRIC_CALLS], 6, 8);
    release(&sides);
}

/* Lambdas of one file: as many on both sides go by order, else equal lines go first. */
static void equal_names_go_by_line(void **state)
{
    (void)state;
    static const struct {
        uint32_t before[4];
        uint32_t after[4];
        uint32_t pairs[4][2]; /* lines; 0: not there */
    } cases[] = {
        {{10, 20}, {11, 21}, {{10, 11}, {20, 21}}},
        {{10, 11, 12}, {11, 12, 13}, {{10, 11}, {11, 12}, {12, 13}}},
        {{10, 20, 30}, {20, 30}, {{10, 0}, {20, 20}, {30, 30}}},
        {{20}, {10, 20}, {{20, 20}, {0, 10}}},
        {{5}, {10, 20}, {{5, 10}, {0, 20}}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sides sides = {.count = 0};
        for (int side = 0; side < 2; side++) {
            struct pyperf_profile *profile = build_profile("x");
            uint32_t root = build_thread(profile, 0);
            const uint32_t *lines = side ? cases[i].after : cases[i].before;
            for (int j = 0; j < 4 && lines[j]; j++)
                build_node(profile, root, build_python(profile, "<lambda>", lines[j]), 1, 1);
            add(&sides, profile);
        }
        compare(&sides, 1);
        for (int j = 0; j < 4 && (cases[i].pairs[j][0] || cases[i].pairs[j][1]); j++) {
            bool found = false;
            for (uint32_t k = 0; k < sides.comparison->function_count; k++)
                found = found || (memcmp(sides.comparison->functions[k].line, cases[i].pairs[j],
                                         sizeof cases[i].pairs[j]) == 0 &&
                                  !sides.comparison->functions[k].builtin);
            if (!found)
                fail_msg("case %zu lacks %u and %u", i, cases[i].pairs[j][0],
                         cases[i].pairs[j][1]);
        }
        release(&sides);
    }
}

static void longest_ends_of_paths_decide(void **state)
{
    (void)state;
    static const char *const before[] = {"/ci/1/a/__init__.py", "/ci/1/b/__init__.py",
                                         "/usr/lib/python3.11/json/decoder.py", "same.py"};
    static const char *const after[] = {"/ci/2/b/__init__.py", "/ci/2/c/__init__.py",
                                        "/usr/lib/python3.12/json/decoder.py", "/x/same.py"};
    static const int pairs[][2] = {{1, 0}, {2, 2}, {3, 3}};
    struct sides sides = {.count = 0};
    for (int side = 0; side < 2; side++) {
        struct pyperf_profile *profile = build_profile(side ? "y" : "x");
        uint32_t root = build_thread(profile, 0);
        for (int i = 0; i < 4; i++)
            build_node(profile, root,
                       python(profile, side ? after[i] : before[i], 1, "<module>", NULL), 1, 1);
        add(&sides, profile);
    }
    compare(&sides, 1);
    const struct pyperf_comparison *comparison = sides.comparison;
    assert_int_equal(comparison->function_count, 1 + 5);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        bool found = false;
        for (uint32_t j = 0; j < comparison->function_count; j++) {
            const char *const *files = comparison->functions[j].file;
            found =
                found || (files[0] && files[1] && strcmp(files[0], before[pairs[i][0]]) == 0 &&
                          strcmp(files[1], after[pairs[i][1]]) == 0);
        }
        if (!found)
            fail_msg("%s is not %s", before[pairs[i][0]], after[pairs[i][1]]);
    }
    release(&sides);
}

/* A summary without a profile, as of a .prof file, has no qualified names. */
static void plain_names_do_without_profiles(void **state)
{
    (void)state;
    struct sides sides = {.count = 0};
    for (int side = 0; side < 2; side++) {
        struct pyperf_profile *profile = build_profile("x");
        uint32_t root = build_thread(profile, 0);
        build_node(profile, root, python(profile, "a.py", 5, "total", "Order.total"), 1, 1);
        build_node(profile, root, python(profile, "a.py", 9, "total", "total"), 1, 2);
        build_node(profile, root,
                   build_function(profile, PYPERF_FUNCTION_BUILTIN, "~", 0, "<f at 0x12>"), 1,
                   3);
        add(&sides, profile);
    }
    sides.inputs[1].profile = NULL;
    compare(&sides, 1);
    assert_int_equal(sides.comparison->function_count, 4);
    assert_null(sides.comparison->paths);
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(sides.comparison->functions[i].presence, PYPERF_IN_BOTH);
    assert_figures(&find(sides.comparison, "Order.total")->figures[PYPERF_METRIC_SELF], 1, 1);
    assert_figures(&find(sides.comparison, "total")->figures[PYPERF_METRIC_SELF], 2, 2);
    release(&sides);
}

static void paths_are_told_apart(void **state)
{
    (void)state;
    struct sides sides = {.count = 0};
    for (int side = 0; side < 2; side++) {
        struct pyperf_profile *profile = build_profile("x");
        uint32_t a = build_python(profile, "a", 1);
        uint32_t b = build_python(profile, "b", 2);
        uint32_t leaf = build_python(profile, "leaf", 3);
        uint32_t root = build_thread(profile, 1);
        build_node(profile, build_node(profile, root, a, 1, 2), leaf, 10, 4);
        build_node(profile, build_node(profile, root, b, 1, 2), leaf, 10, side ? 9 : 4);
        root = build_thread(profile, 0); /* another thread, the same paths */
        build_node(profile, build_node(profile, root, a, 1, 2), leaf, 10, 4);
        add(&sides, profile);
    }
    compare(&sides, 1);
    const struct pyperf_comparison *comparison = sides.comparison;
    assert_int_equal(comparison->path_count, 5);
    assert_int_equal(comparison->paths[0].parent, PYPERF_NO_INDEX);
    assert_figures(&comparison->paths[0].figures[PYPERF_METRIC_CUMULATIVE], 19, 24);
    for (uint32_t i = 1; i < comparison->path_count; i++) {
        const struct pyperf_compared_path *path = &comparison->paths[i];
        if (path->parent == 0)
            continue;
        const struct pyperf_compared_path *caller = &comparison->paths[path->parent];
        bool below_a = strcmp(comparison->functions[caller->function].name, "a") == 0;
        assert_figures(&path->figures[PYPERF_METRIC_SELF], below_a ? 8 : 4, below_a ? 8 : 9);
        assert_figures(&path->figures[PYPERF_METRIC_CALLS], below_a ? 20 : 10,
                       below_a ? 20 : 10);
    }
    release(&sides);
}

/* A program whose function `work` takes `ticks` of milliseconds, beside others. */
static struct pyperf_profile *measured(uint64_t ticks)
{
    struct pyperf_profile *profile = build_profile("x");
    profile->run.nanoseconds_per_tick = 1e6;
    uint32_t root = build_thread(profile, 0);
    build_node(profile, root, build_python(profile, "work", 1), 4, ticks);
    build_node(profile, root, build_python(profile, "rest", 9), 4, 1000);
    return profile;
}

static void medians_and_verdicts(void **state)
{
    (void)state;
    static const uint64_t before[] = {1000, 1010, 990, 5000, 1005};
    static const uint64_t slower[] = {1200, 1210, 1190, 100, 1205};
    struct sides sides = {.count = 0};
    for (int i = 0; i < 5; i++)
        add(&sides, measured(before[i]));
    for (int i = 0; i < 5; i++)
        add(&sides, measured(slower[i] + 500));
    compare(&sides, 5);
    const struct pyperf_figures *self =
        &find(sides.comparison, "work")->figures[PYPERF_METRIC_SELF];
    assert_figures(self, 1.005, 1.7);
    assert_true(self->interval_known);
    assert_true(self->low <= self->after / self->before &&
                self->after / self->before <= self->high);
    assert_int_equal(sides.comparison->verdict, PYPERF_VERDICT_SAME); /* too spread out */
    release(&sides);

    sides = (struct sides){.count = 0};
    for (int i = 0; i < 10; i++)
        add(&sides, measured((uint64_t)(i < 5 ? 1000 + i : 1300 + i)));
    compare(&sides, 5);
    assert_int_equal(sides.comparison->verdict, PYPERF_VERDICT_SLOWER);
    release(&sides);

    sides = (struct sides){.count = 0};
    for (int i = 0; i < 9; i++)
        add(&sides, measured((uint64_t)(i < 5 ? 1000 + i : 1300 + i)));
    compare(&sides, 5); /* four are too few */
    assert_int_equal(sides.comparison->verdict, PYPERF_VERDICT_UNKNOWN);
    assert_false(sides.comparison->totals[PYPERF_METRIC_SELF].interval_known);
    release(&sides);
}

/* ---- Conditions ---- */

static void assert_refused(const char *text, const char *reason)
{
    struct pyperf_condition *condition;
    struct pyperf_error error;
    if (pyperf_condition_parse(text, &condition, &error) != PYPERF_USAGE)
        fail_msg("'%s' was taken", text);
    assert_contains(error.message, reason);
}

static void conditions_are_read(void **state)
{
    (void)state;
    assert_refused("", "must begin with");
    assert_refused("speed > 1%", "must begin with");
    assert_refused("cumulativ > 1%", "did you mean 'cumulative'?");
    assert_refused("self", "character 5: '>' or '<' is missing");
    assert_refused("self(f", "not closed");
    assert_refused("self() > 1%", "no pattern");
    assert_refused("self(f) >", "a number is missing");
    assert_refused("self(f) >= 5%", "a number is missing");
    assert_refused("self(f) > nan%", "a number is missing");
    assert_refused("self(f) > 0x10%", "a number is missing");
    assert_refused("self(f) > 5", "the unit must be");
    assert_refused("self(f) > 5 minutes", "the unit must be");
    assert_refused("calls(f) > 5ms", "has no unit");
    assert_refused("self(f) > 5% or > 3ms", "character 14: nothing but 'and'");
    assert_refused("self(f) > 5% and", "'>' or '<' is missing");
    static const char *const fine[] = {
        "self > 5%",
        "calls(len) > 100",
        "  cumtime ( orders:report )>+10%and>5 ms ",
        "time < -1.5s",
        "tottime(f(x)) > .5us and > 1e-3 % and < 10s",
    };
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
        struct pyperf_condition *condition;
        struct pyperf_error error;
        if (pyperf_condition_parse(fine[i], &condition, &error) != PYPERF_OK)
            fail_msg("%s", error.message);
        assert_string_equal(pyperf_condition_text(condition), fine[i]);
        pyperf_condition_free(condition);
    }
}

static bool holds(struct pyperf_comparison *comparison, const char *text, uint32_t count)
{
    struct pyperf_condition *condition;
    struct pyperf_condition_result result;
    struct pyperf_error error;
    assert_int_equal(pyperf_condition_parse(text, &condition, NULL), PYPERF_OK);
    if (pyperf_condition_check(condition, comparison, 1, &result, &error) != PYPERF_OK)
        fail_msg("%s", error.message);
    assert_int_equal(result.count, count);
    bool found = result.holds;
    pyperf_condition_result_release(&result);
    pyperf_condition_free(condition);
    return found;
}

static void conditions_are_checked(void **state)
{
    (void)state;
    struct sides sides = {.count = 0};
    add(&sides, measured(100));
    add(&sides, measured(120));
    compare(&sides, 1);
    struct pyperf_comparison *comparison = sides.comparison;
    assert_true(holds(comparison, "self(work) > 10%", 1));
    assert_true(holds(comparison, "self(work) > 10% and > 19ms", 1));
    assert_false(holds(comparison, "self(work) > 10% and > 21ms", 1));
    assert_false(holds(comparison, "self(work) > 21%", 1));
    assert_false(holds(comparison, "self(work) < 0%", 1));
    assert_true(holds(comparison, "self(*) > 10%", 3));
    assert_false(holds(comparison, "self(rest) > 0%", 1));
    assert_false(holds(comparison, "calls(work) > 0", 1));
    assert_true(holds(comparison, "self > 1%", 1));
    assert_false(holds(comparison, "self > 2%", 1)); /* 20 ms of 1100 */
    assert_true(holds(comparison, "cumulative > 1% and < 2%", 1));
    assert_true(holds(comparison, "calls < 1", 1));
    struct pyperf_condition *condition;
    struct pyperf_condition_result result;
    struct pyperf_error error;
    assert_int_equal(pyperf_condition_parse("self(file:wrok) > 1%", &condition, NULL),
                     PYPERF_OK);
    assert_int_equal(pyperf_condition_check(condition, comparison, 1, &result, &error),
                     PYPERF_USAGE);
    assert_contains(error.message, "matches 'file:wrok'; is it 'work' in dir/file.py?");
    pyperf_condition_free(condition);
    release(&sides);
}

/* With intervals a difference must be sure, and surer the more functions are looked at. */
static void conditions_ask_for_certainty(void **state)
{
    (void)state;
    struct sides sides = {.count = 0};
    static const uint64_t before[] = {100, 90, 140, 95, 130};
    static const uint64_t after[] = {150, 95, 160, 100, 155};
    for (int i = 0; i < 5; i++)
        add(&sides, measured(before[i]));
    for (int i = 0; i < 5; i++)
        add(&sides, measured(after[i]));
    compare(&sides, 5);
    assert_false(holds(sides.comparison, "self(work) > 10%", 1));
    release(&sides);
    sides = (struct sides){.count = 0};
    for (int i = 0; i < 10; i++)
        add(&sides, measured((uint64_t)(i < 5 ? 100 + i : 120 + i)));
    compare(&sides, 5);
    assert_true(holds(sides.comparison, "self(work) > 10%", 1));
    assert_false(holds(sides.comparison, "self(work) < 90%", 1)); /* it did not shrink */
    release(&sides);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_are_found_again),
        cmocka_unit_test(equal_names_go_by_line),
        cmocka_unit_test(longest_ends_of_paths_decide),
        cmocka_unit_test(plain_names_do_without_profiles),
        cmocka_unit_test(paths_are_told_apart),
        cmocka_unit_test(medians_and_verdicts),
        cmocka_unit_test(conditions_are_read),
        cmocka_unit_test(conditions_are_checked),
        cmocka_unit_test(conditions_ask_for_certainty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
