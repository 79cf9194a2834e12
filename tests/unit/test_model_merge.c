/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdlib.h>

#include <pyperf/merge.h>

#include "model/check.h"
#include "profile_builder.h"

static struct pyperf_profile *merged(struct pyperf_profile **profiles, size_t count)
{
    struct pyperf_merge *merge = pyperf_merge_create();
    struct pyperf_error error = {.message = ""};
    assert_non_null(merge);
    for (size_t i = 0; i < count; i++) {
        pyperf_merge_add(merge, profiles[i], &error);
        assert_string_equal(error.message, "");
    }
    struct pyperf_profile *sum = pyperf_merge_take(merge);
    pyperf_merge_free(merge);
    assert_non_null(sum);
    assert_int_equal(profile_check(sum, &error), PYPERF_OK);
    return sum;
}

static void free_all(struct pyperf_profile **profiles, size_t count)
{
    for (size_t i = 0; i < count; i++)
        pyperf_profile_free(profiles[i]);
}

/* The node that a path of names leads to, from a thread's root. */
static const struct pyperf_node *node_at(const struct pyperf_profile *profile, uint32_t thread,
                                         const char *const *path)
{
    uint32_t at = profile->threads[thread].root;
    for (; *path; path++) {
        uint32_t found = PYPERF_NO_INDEX;
        for (uint32_t i = 0; i < profile->node_count; i++) {
            uint32_t name = profile->functions[profile->nodes[i].function].name;
            if (profile->nodes[i].parent == at &&
                strcmp(pyperf_profile_string(profile, name), *path) == 0) {
                assert_int_equal(found, PYPERF_NO_INDEX); /* one node for each path */
                found = i;
            }
        }
        assert_int_not_equal(found, PYPERF_NO_INDEX);
        at = found;
    }
    return &profile->nodes[at];
}

#define AT(profile, thread, ...)                                                               \
    node_at(profile, thread, (const char *const[]){__VA_ARGS__, NULL})

/* main calls f `calls` times, and f calls g where `deeper`. */
static struct pyperf_profile *shard(uint64_t calls, bool deeper)
{
    struct pyperf_profile *profile = build_profile("suite.py");
    uint32_t g = deeper ? build_python(profile, "g", 9) : 0;
    uint32_t main_function = build_python(profile, "main", 1);
    uint32_t f = build_python(profile, "f", 5);
    uint32_t root = build_thread(profile, 1);
    profile->threads[0].name = build_string(profile, "MainThread");
    uint32_t top = build_node(profile, root, main_function, 1, 2);
    uint32_t middle = build_node(profile, top, f, calls, 3 * calls);
    if (deeper)
        build_node(profile, middle, g, calls, 5);
    build_process(profile, "suite.py");
    build_inclusive(profile);
    return profile;
}

static void paths_that_are_the_same(void **state)
{
    (void)state;
    struct pyperf_profile *shards[] = {shard(2, false), shard(3, true), shard(5, false)};
    struct pyperf_profile *sum = merged(shards, 3);
    assert_int_equal(sum->node_count, 4);
    assert_int_equal(sum->function_count, 4);
    assert_int_equal(AT(sum, 0, "main")->calls, 3);
    assert_int_equal(AT(sum, 0, "main", "f")->calls, 10);
    assert_int_equal(AT(sum, 0, "main", "f")->inclusive, 35);
    assert_int_equal(AT(sum, 0, "main", "f", "g")->calls, 3);
    assert_int_equal(AT(sum, 0, "main")->inclusive, 41);
    assert_int_equal(sum->run.merged, 3);
    assert_string_equal(pyperf_profile_string(sum, sum->run.program), "suite.py");
    free_all(shards, 3);
    pyperf_profile_free(sum);
}

static void functions_differ_by_all_that_names_them(void **state)
{
    (void)state;
    struct pyperf_profile *profiles[4];
    for (int i = 0; i < 4; i++) {
        struct pyperf_profile *profile = profiles[i] = build_profile("x");
        uint32_t function = build_function(profile, PYPERF_FUNCTION_PYTHON,
                                           i == 1 ? "a.py" : "b.py", i == 2 ? 2 : 1, "f");
        if (i == 3)
            profile->functions[function].qualified_name = build_string(profile, "C.f");
        build_node(profile, build_thread(profile, 0), function, 1, 1);
        build_process(profile, "x");
    }
    struct pyperf_profile *sum = merged(profiles, 4);
    assert_int_equal(sum->function_count, 1 + 4); /* and the root */
    assert_int_equal(sum->node_count, 1 + 4);
    free_all(profiles, 4);
    pyperf_profile_free(sum);
}

static void add_named_thread(struct pyperf_profile *profile, const char *name, uint64_t self)
{
    build_thread(profile, self);
    struct pyperf_thread *thread = &profile->threads[profile->thread_count - 1];
    thread->name = build_string(profile, name);
    thread->started = 10;
    thread->ended = 10 + self;
    thread->open_frames = 2;
    thread->cpu = self;
    thread->usage_known = true;
}

static void threads_by_name_and_processes_by_command(void **state)
{
    (void)state;
    struct pyperf_profile *profiles[2];
    for (int i = 0; i < 2; i++) {
        struct pyperf_profile *profile = profiles[i] = build_profile("x");
        add_named_thread(profile, "MainThread", 1);
        add_named_thread(profile, i == 0 ? "reader" : "writer", 10);
        build_process(profile, i == 0 ? "one.py" : "two.py"); /* both the program */
        add_named_thread(profile, "MainThread", 100);
        build_process(profile, "worker");
        if (i == 1) {
            add_named_thread(profile, "MainThread", 1000);
            build_process(profile, "other worker");
        }
        profile->processes[1].calls = 7;
        profile->run.wall = 50;
    }
    struct pyperf_profile *sum = merged(profiles, 2);
    static const struct {
        const char *name;
        uint64_t ticks;
    } expected[] = {{"MainThread", 2},
                    {"reader", 10},
                    {"writer", 10},
                    {"MainThread", 200},
                    {"MainThread", 1000}};
    assert_int_equal(sum->thread_count, 5);
    for (int i = 0; i < 5; i++) {
        const struct pyperf_thread *thread = &sum->threads[i];
        assert_string_equal(pyperf_profile_string(sum, thread->name), expected[i].name);
        assert_int_equal(sum->nodes[thread->root].inclusive, expected[i].ticks);
        assert_int_equal(thread->ended - thread->started, expected[i].ticks);
        assert_int_equal(thread->cpu, expected[i].ticks);
    }
    assert_int_equal(sum->threads[0].open_frames, 4);
    assert_int_equal(sum->process_count, 3);
    assert_int_equal(sum->processes[0].thread_count, 3);
    assert_int_equal(sum->processes[1].first_thread, 3);
    assert_int_equal(sum->processes[1].calls, 14);
    assert_int_equal(sum->processes[2].first_thread, 4);
    assert_int_equal(sum->run.wall, 100);
    free_all(profiles, 2);
    pyperf_profile_free(sum);
}

static void clocks_of_other_rates(void **state)
{
    (void)state;
    struct pyperf_profile *shards[] = {shard(1, false), shard(1, false)};
    shards[1]->run.nanoseconds_per_tick *= 4;
    shards[0]->functions[1].durations[5] = 1; /* f: 32 to 63 ticks */
    shards[1]->functions[1].durations[5] = 2; /* of which four make one of these */
    shards[1]->functions[1].longest = 40;
    struct pyperf_profile *sum = merged(shards, 2);
    assert_int_equal(AT(sum, 0, "main", "f")->inclusive, 3 + 4 * 3);
    assert_int_equal(sum->functions[1].durations[5], 1);
    assert_int_equal(sum->functions[1].durations[7], 2);
    assert_int_equal(sum->functions[1].longest, 160);
    free_all(shards, 2);
    pyperf_profile_free(sum);
}

static void times_of_another_kind(void **state)
{
    (void)state;
    struct pyperf_profile *shards[] = {shard(1, false), shard(1, false)};
    struct pyperf_merge *merge = pyperf_merge_create();
    struct pyperf_error error;
    shards[1]->run.cpu_time = true;
    assert_int_equal(pyperf_merge_add(merge, shards[0], &error), PYPERF_OK);
    assert_int_equal(pyperf_merge_add(merge, shards[1], &error), PYPERF_USAGE);
    assert_contains(error.message, "its times are CPU time and those before it on the wall");
    struct pyperf_profile *sum = pyperf_merge_take(merge);
    assert_int_equal(AT(sum, 0, "main")->calls, 1); /* nothing was added */
    assert_int_equal(sum->run.merged, 1);
    pyperf_merge_free(merge);
    pyperf_profile_free(sum);
    free_all(shards, 2);
}

static void folded_contexts(void **state)
{
    (void)state;
    struct pyperf_profile *profiles[3];
    for (int i = 0; i < 3; i++) {
        profiles[i] = shard(1, false);
        if (i > 0) {
            uint32_t folded = build_fold_root(profiles[i]);
            build_node(profiles[i], folded, 1, 10, 20);
            profiles[i]->functions[1].folded_primitive_calls = 4;
            profiles[i]->nodes[1].folded = 20;
        }
    }
    struct pyperf_profile *sum = merged(profiles, 3);
    const struct pyperf_thread *thread = &sum->threads[0];
    assert_int_not_equal(thread->fold_root, PYPERF_NO_INDEX);
    assert_int_equal(sum->node_count, 3 + 2);
    assert_int_equal(sum->nodes[sum->node_count - 1].parent, thread->fold_root);
    assert_int_equal(sum->nodes[sum->node_count - 1].calls, 20);
    assert_int_equal(sum->functions[1].folded_primitive_calls, 8);
    assert_int_equal(AT(sum, 0, "main")->folded, 40);
    free_all(profiles, 3);
    pyperf_profile_free(sum);
}

static void merging_a_merge(void **state)
{
    (void)state;
    struct pyperf_profile *shards[] = {shard(1, false), shard(2, true)};
    struct pyperf_profile *twice[] = {merged(shards, 2), shards[0]};
    twice[0]->run.lost_calls = 5;
    struct pyperf_profile *sum = merged(twice, 2);
    assert_int_equal(sum->run.merged, 3);
    assert_int_equal(sum->run.lost_calls, 5);
    assert_int_equal(AT(sum, 0, "main", "f")->calls, 4);
    pyperf_profile_free(twice[0]);
    free_all(shards, 2);
    pyperf_profile_free(sum);
}

/* ---- Lines ---- */

/* A function with two lines, the first of which called `callee`. */
static void give_lines(struct pyperf_profile *profile, uint32_t function, uint32_t callee,
                       const char *text)
{
    struct pyperf_lines *lines = calloc(1, sizeof *lines);
    assert_non_null(lines);
    profile->lines = lines;
    lines->functions = calloc(1, sizeof *lines->functions);
    lines->lines = calloc(2, sizeof *lines->lines);
    lines->calls = calloc(1, sizeof *lines->calls);
    lines->sources = calloc(1, sizeof *lines->sources);
    lines->line_count = 2;
    lines->call_count = lines->source_count = lines->function_count = 1;
    lines->calls_recorded = true;
    lines->functions[0] = (struct pyperf_line_function){
        .function = function, .line_count = 2, .calls = 3, .inclusive = 10};
    lines->lines[0] = (struct pyperf_line){.function = function,
                                           .number = 6,
                                           .call_count = 1,
                                           .hits = 3,
                                           .inclusive = 8,
                                           .callees = 5,
                                           .entries = 2};
    lines->lines[1] = (struct pyperf_line){
        .function = function, .number = 7, .first_call = 1, .hits = 4, .inclusive = 2};
    lines->calls[0] = (struct pyperf_line_call){.callee = callee, .calls = 2, .inclusive = 5};
    lines->sources[0] = (struct pyperf_source){.file = profile->functions[function].file,
                                               .text = build_string(profile, text)};
}

static void check_call(const struct pyperf_profile *sum, const struct pyperf_line *line,
                       uint32_t index, const char *name, uint64_t calls)
{
    const struct pyperf_line_call *call = &sum->lines->calls[line->first_call + index];
    const struct pyperf_function *callee = &sum->functions[call->callee];
    assert_string_equal(pyperf_profile_string(sum, callee->name), name);
    assert_int_equal(call->calls, calls);
    assert_int_equal(call->inclusive, calls * 5 / 2);
}

static void lines_add_up(void **state)
{
    (void)state;
    struct pyperf_profile *shards[] = {shard(1, false), shard(1, true), shard(1, false),
                                       shard(1, false)};
    give_lines(shards[0], 1, 0, "def f():\n");
    give_lines(shards[1], 2, 0, "def f():\n"); /* f, which calls g there, not main */
    give_lines(shards[3], 1, 0, "def f():\n");
    struct pyperf_profile *sum = merged(shards, 4);
    const struct pyperf_lines *lines = sum->lines;
    assert_non_null(lines);
    assert_true(lines->calls_recorded);
    assert_int_equal(lines->function_count, 1);
    assert_int_equal(lines->functions[0].line_count, 2);
    assert_int_equal(lines->functions[0].calls, 9);
    assert_int_equal(lines->functions[0].inclusive, 30);
    assert_int_equal(lines->line_count, 2);
    assert_int_equal(lines->lines[0].number, 6);
    assert_int_equal(lines->lines[0].hits, 9);
    assert_int_equal(lines->lines[0].inclusive, 24);
    assert_int_equal(lines->lines[0].callees, 15);
    assert_int_equal(lines->lines[0].entries, 6);
    assert_int_equal(lines->lines[0].call_count, 2);
    check_call(sum, &lines->lines[0], 0, "main", 4);
    check_call(sum, &lines->lines[0], 1, "g", 2);
    assert_int_equal(lines->lines[1].hits, 12);
    assert_int_equal(lines->lines[1].call_count, 0);
    assert_int_equal(lines->call_count, 2);
    assert_int_equal(lines->source_count, 1);
    assert_false(lines->sources[0].changed);
    free_all(shards, 4);
    pyperf_profile_free(sum);
}

/* More than the sum lets lie unsorted. */
static void lines_of_many(void **state)
{
    (void)state;
    enum { MANY = 5000 };
    struct pyperf_profile *one = shard(1, false), **shards = calloc(MANY, sizeof *shards);
    assert_non_null(shards);
    give_lines(one, 1, 0, "def f():\n");
    for (int i = 0; i < MANY; i++)
        shards[i] = one;
    struct pyperf_profile *sum = merged(shards, MANY);
    assert_int_equal(sum->lines->line_count, 2);
    assert_int_equal(sum->lines->call_count, 1);
    assert_int_equal(sum->lines->lines[1].hits, 4 * MANY);
    assert_int_equal(sum->lines->calls[0].calls, 2 * MANY);
    free(shards);
    pyperf_profile_free(one);
    pyperf_profile_free(sum);
}

/* Threads are put in another order at the end: lines stay with theirs. */
static void lines_of_threads(void **state)
{
    (void)state;
    struct pyperf_profile *profiles[2];
    for (int i = 0; i < 2; i++) {
        struct pyperf_profile *profile = profiles[i] = build_profile("x");
        uint32_t f = build_python(profile, "f", 5);
        add_named_thread(profile, "MainThread", 1);
        if (i == 1)
            add_named_thread(profile, "reader", 10);
        build_process(profile, "x");
        add_named_thread(profile, "MainThread", 100);
        build_process(profile, "worker");
        give_lines(profile, f, f, "def f():\n");
        for (int j = 0; j < 2; j++)
            profile->lines->lines[j].thread = profile->lines->functions[0].thread = 1;
    }
    struct pyperf_profile *sum = merged(profiles, 2);
    assert_int_equal(sum->lines->function_count, 2);
    for (uint32_t i = 0; i < 2; i++) {
        const struct pyperf_line_function *function = &sum->lines->functions[i];
        const struct pyperf_thread *thread = &sum->threads[function->thread];
        assert_string_equal(pyperf_profile_string(sum, thread->name),
                            i == 0 ? "reader" : "MainThread");
        assert_int_equal(function->thread, 1 + i);
        assert_int_equal(function->calls, 3);
    }
    free_all(profiles, 2);
    pyperf_profile_free(sum);
}

static void sources_that_changed_between_runs(void **state)
{
    (void)state;
    struct pyperf_profile *shards[] = {shard(1, false), shard(1, false)};
    give_lines(shards[0], 1, 0, "def f():\n");
    give_lines(shards[1], 1, 0, "def f(x):\n");
    struct pyperf_profile *sum = merged(shards, 2);
    assert_int_equal(sum->lines->source_count, 1);
    assert_true(sum->lines->sources[0].changed);
    assert_string_equal(pyperf_profile_string(sum, sum->lines->sources[0].text), "def f():\n");
    free_all(shards, 2);
    pyperf_profile_free(sum);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_that_are_the_same),
        cmocka_unit_test(functions_differ_by_all_that_names_them),
        cmocka_unit_test(threads_by_name_and_processes_by_command),
        cmocka_unit_test(clocks_of_other_rates),
        cmocka_unit_test(times_of_another_kind),
        cmocka_unit_test(folded_contexts),
        cmocka_unit_test(merging_a_merge),
        cmocka_unit_test(lines_add_up),
        cmocka_unit_test(lines_of_many),
        cmocka_unit_test(lines_of_threads),
        cmocka_unit_test(sources_that_changed_between_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
