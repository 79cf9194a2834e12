/* Recordings: what the writer records, the reader gives back, whatever happened in between.
 *
 * SPDX-License-Identifier: MIT */
#include "recording_fixture.h"

#include "recording/writer_fork.h"
#include "recording/writer_switch.h"

static void test_contexts_are_told_apart(void **state)
{
    struct fixture fixture;
    (void)state;
    start(&fixture, 1000);
    for (int i = 0; i < 3; i++) {
        enter(&fixture, 0, 1);
        enter(&fixture, 1, 2);
        leave(&fixture, 2);
        enter(&fixture, 2, 2);
        enter(&fixture, 1, 3);
        leave(&fixture, 3);
        leave(&fixture, 2);
        leave(&fixture, 1);
    }
    finish(&fixture);
    struct pyperf_profile *profile = read_back(&fixture);
    assert_string_equal(pyperf_profile_string(profile, profile->run.program), "pro%gram\n.py");
    assert_int_equal(profile->run.started_at, 42);
    assert_true(profile->run.started);
    uint32_t root = profile->threads[0].root;
    const struct pyperf_node *a = find(profile, root, "a");
    const struct pyperf_node *direct = find(profile, index_of(profile, a), "b");
    const struct pyperf_node *c = find(profile, index_of(profile, a), "c");
    const struct pyperf_node *indirect = find(profile, index_of(profile, c), "b");
    assert_int_equal(profile->node_count, 5);
    assert_int_equal(a->calls, 3);
    assert_int_equal(direct->calls, 3);
    assert_int_equal(indirect->calls, 3);
    assert_true(a->inclusive >= direct->inclusive + c->inclusive);
    assert_true(profile->nodes[root].inclusive >= a->inclusive);
    assert_true(profile->threads[0].end_seen);
    pyperf_profile_free(profile);
    clean_up(&fixture);
}

static void test_resumes_are_counted_apart(void **state)
{
    struct fixture fixture;
    (void)state;
    start(&fixture, 1000);
    enter(&fixture, 0, 1);
    leave(&fixture, 1);
    for (int i = 0; i < 4; i++) {
        assert_true(writer_enter(fixture.thread, 100, WRITER_RESUME, 1, 0));
        leave(&fixture, 1);
    }
    finish(&fixture);
    struct pyperf_profile *profile = read_back(&fixture);
    const struct pyperf_node *a = find(profile, profile->threads[0].root, "a");
    assert_int_equal(a->calls, 1);
    assert_int_equal(a->resumes, 4);
    pyperf_profile_free(profile);
    clean_up(&fixture);
}

/* Beyond the limit, self times and counts stay right, and totals still add up. */
static void test_folding_keeps_the_sums(void **state)
{
    struct fixture fixture;
    (void)state;
    start(&fixture, 3); /* the root and two contexts */
    enter(&fixture, 0, 1);
    enter(&fixture, 1, 2);
    for (uint64_t depth = 0; depth < 10; depth++)
        enter(&fixture, 2 + (uint32_t)depth % 2, 3 + depth);
    for (uint64_t depth = 10; depth-- > 0;)
        leave(&fixture, 3 + depth);
    leave(&fixture, 2);
    leave(&fixture, 1);
    finish(&fixture);
    struct pyperf_profile *profile = read_back(&fixture);
    const struct pyperf_thread *thread = &profile->threads[0];
    assert_int_not_equal(thread->fold_root, PYPERF_NO_INDEX);
    const struct pyperf_node *c = find(profile, thread->fold_root, "c");
    const struct pyperf_node *d = find(profile, thread->fold_root, "d");
    assert_int_equal(c->calls, 5);
    assert_int_equal(d->calls, 5);
    assert_int_equal(profile->functions[c->function].folded_primitive_calls, 1);
    assert_true(profile->functions[c->function].folded_primitive_ticks < c->inclusive);
    uint64_t *self = pyperf_profile_self_ticks(profile);
    uint64_t sum = 0;
    for (uint32_t i = 0; i < profile->node_count; i++)
        sum += self[i];
    assert_int_equal(sum, profile->nodes[thread->root].inclusive);
    free(self);
    pyperf_profile_free(profile);
    clean_up(&fixture);
}

static void test_open_frames_end_with_the_process(void **state)
{
    struct fixture fixture;
    struct pyperf_error error;
    struct pyperf_profile *profile;
    (void)state;
    start(&fixture, 1000);
    enter(&fixture, 0, 1);
    enter(&fixture, 1, 2);
    usleep(20000);
    uint64_t ended = clock_monotonic();
    fixture.writer.header->pid = 0; /* as if this process were gone */
    usleep(20000);
    assert_int_equal(pyperf_session_read(fixture.directory, ended, &profile, &error),
                     PYPERF_OK);
    assert_false(profile->run.running);
    assert_int_equal(profile->threads[0].open_frames, 2);
    assert_int_equal(profile->open_call_count, 2);
    const struct pyperf_node *outer = &profile->nodes[profile->open_calls[0]];
    const struct pyperf_node *inner = &profile->nodes[profile->open_calls[1]];
    assert_int_equal(outer->parent, profile->threads[0].root);
    assert_int_equal(inner->parent, profile->open_calls[0]);
    assert_true(profile->run.end_known);
    assert_false(profile->threads[0].end_seen);
    double milliseconds = (double)find(profile, profile->threads[0].root, "a")->inclusive *
                          profile->run.nanoseconds_per_tick / 1e6;
    assert_true(milliseconds >= 20 && milliseconds < 39);
    pyperf_profile_free(profile);
    finish(&fixture);
    clean_up(&fixture);
}

static void test_the_end_may_be_unknown(void **state)
{
    struct fixture fixture;
    struct pyperf_error error;
    struct pyperf_profile *profile;
    (void)state;
    start(&fixture, 1000);
    enter(&fixture, 0, 1);
    fixture.writer.header->pid = 0;
    assert_int_equal(pyperf_session_read(fixture.directory, 0, &profile, &error), PYPERF_OK);
    assert_false(profile->run.end_known);
    assert_false(profile->run.replaced);
    pyperf_profile_free(profile);
    fixture.writer.header->exec_started = clock_read(fixture.writer.clock);
    assert_int_equal(pyperf_session_read(fixture.directory, 0, &profile, &error), PYPERF_OK);
    assert_true(profile->run.end_known);
    assert_true(profile->run.replaced);
    pyperf_profile_free(profile);
    finish(&fixture);
    clean_up(&fixture);
}

static void test_missed_returns_are_mended(void **state)
{
    struct fixture fixture;
    (void)state;
    start(&fixture, 1000);
    enter(&fixture, 0, 1);
    enter(&fixture, 1, 2);
    enter(&fixture, 2, 3);
    leave(&fixture, 1);  /* the two above it left without an event */
    leave(&fixture, 99); /* never entered */
    assert_int_equal(fixture.thread->shared->depth, 1);
    enter(&fixture, 3, 1);
    leave(&fixture, 1);
    finish(&fixture);
    struct pyperf_profile *profile = read_back(&fixture);
    assert_int_equal(profile->run.resynchronised, 1);
    assert_int_equal(profile->run.unmatched, 1);
    assert_int_equal(find(profile, profile->threads[0].root, "d")->calls, 1);
    pyperf_profile_free(profile);
    clean_up(&fixture);
}

static uint64_t inclusive(const struct pyperf_profile *profile, const char *name)
{
    return find(profile, profile->threads[0].root, name)->inclusive;
}

static uint64_t ticks_of_sleep(struct fixture *fixture, useconds_t microseconds)
{
    uint64_t began = writer_moment(fixture->thread);
    usleep(microseconds);
    return writer_moment(fixture->thread) - began;
}

/* Two stacks that sleep in turns, in frames that end on a stack other than the one above which
 * they would lie; a third one is never taken up again, a fourth one ended unseen. */
static void test_stacks_that_are_switched(void **state)
{
    enum { A = 1001, B, C, D };
    struct fixture fixture;
    uint64_t a = 0, b = 0;
    (void)state;
    start(&fixture, 1000);
    enter(&fixture, 0, 1);
    a += ticks_of_sleep(&fixture, 2000);
    writer_switch(fixture.thread, A, B);
    assert_int_equal(fixture.thread->shared->depth, 1);
    assert_int_equal(fixture.thread->shared->parked, 1);
    enter(&fixture, 1, 2);
    b += ticks_of_sleep(&fixture, 20000);
    writer_switch(fixture.thread, B, C);
    enter(&fixture, 2, 3);
    enter(&fixture, 2, 4);
    writer_switch(fixture.thread, C, A);
    a += ticks_of_sleep(&fixture, 2000);
    writer_switch(fixture.thread, A, B);
    leave(&fixture, 2);
    writer_switch(fixture.thread, B, A);
    leave(&fixture, 1);
    assert_int_equal(fixture.thread->shared->depth, 1);
    struct pyperf_profile *profile = read_back(&fixture); /* as after a kill */
    assert_int_equal(profile->threads[0].open_frames, 2);
    pyperf_profile_free(profile);
    writer_switch(fixture.thread, A, D);
    writer_switch(fixture.thread, D, A);
    finish(&fixture);
    profile = read_back(&fixture);
    assert_int_equal(profile->run.resynchronised + profile->run.unmatched, 0);
    assert_int_equal(profile->threads[0].open_frames, 0);
    assert_true(inclusive(profile, "a") >= a && inclusive(profile, "a") < b);
    assert_true(inclusive(profile, "b") >= b);
    assert_true(inclusive(profile, "a") + inclusive(profile, "b") + inclusive(profile, "c") <=
                profile->nodes[profile->threads[0].root].inclusive);
    pyperf_profile_free(profile);
    clean_up(&fixture);
}

/* Deep and folded frames are put aside as they are, with the sums right all the while. */
static void test_deep_and_folded_stacks_are_switched(void **state)
{
    enum { DEPTH = 1000, A = 1001, B };
    struct fixture fixture;
    (void)state;
    start(&fixture, 16);
    for (uint64_t i = 0; i < DEPTH; i++)
        enter(&fixture, i % 2, 1 + i);
    writer_switch(fixture.thread, A, B);
    enter(&fixture, 2, 1);
    writer_switch(fixture.thread, B, A);
    assert_int_equal(fixture.thread->shared->depth, DEPTH + 1);
    for (uint64_t i = DEPTH; i-- > 0;)
        leave(&fixture, 1 + i);
    writer_switch(fixture.thread, A, B);
    leave(&fixture, 1);
    finish(&fixture);
    struct pyperf_profile *profile = read_back(&fixture);
    assert_int_equal(profile->run.resynchronised + profile->run.unmatched, 0);
    uint64_t calls = 0, *self = pyperf_profile_self_ticks(profile), sum = 0;
    for (uint32_t i = 0; i < profile->node_count; i++) {
        calls += profile->nodes[i].calls;
        sum += self[i];
    }
    assert_int_equal(calls, DEPTH + 2);
    assert_int_equal(sum, profile->nodes[profile->threads[0].root].inclusive);
    free(self);
    pyperf_profile_free(profile);
    clean_up(&fixture);
}

static void test_deep_stacks_grow(void **state)
{
    struct fixture fixture;
    enum { DEPTH = 100000 };
    (void)state;
    start(&fixture, 4000000);
    for (uint64_t i = 0; i < DEPTH; i++)
        enter(&fixture, 0, 1 + i);
    for (uint64_t i = DEPTH; i-- > 0;)
        leave(&fixture, 1 + i);
    assert_int_equal(fixture.thread->shared->depth, 1);
    finish(&fixture);
    struct pyperf_profile *profile = read_back(&fixture);
    assert_int_equal(profile->node_count, DEPTH + 1);
    assert_int_equal(profile->run.lost_calls, 0);
    pyperf_profile_free(profile);
    clean_up(&fixture);
}

/* An address that is reused must lead to the new function, in the callers' caches too. */
static void test_forgotten_keys_are_not_trusted(void **state)
{
    struct fixture fixture;
    (void)state;
    start(&fixture, 1000);
    enter(&fixture, 0, 1);
    leave(&fixture, 1);
    writer_forget(&fixture.writer, 100);
    assert_false(writer_enter(fixture.thread, 100, WRITER_START, 1, 0));
    assert_int_equal(writer_function_of_key(&fixture.writer, 100), RECORDING_NONE);
    assert_true(writer_bind(&fixture.writer, 100, fixture.functions[7]));
    enter(&fixture, 0, 1);
    leave(&fixture, 1);
    finish(&fixture);
    struct pyperf_profile *profile = read_back(&fixture);
    assert_int_equal(find(profile, profile->threads[0].root, "h")->calls, 1);
    pyperf_profile_free(profile);
    clean_up(&fixture);
}

static void test_ended_threads_leave_their_stacks(void **state)
{
    struct fixture fixture;
    (void)state;
    start(&fixture, 10000);
    uint32_t used = fixture.writer.header->counts[RECORDING_STACKS];
    for (int i = 0; i < 2000; i++) {
        struct writer_thread *thread = writer_thread_start(&fixture.writer);
        assert_non_null(thread);
        writer_enter_slowly(thread, 0, 100, fixture.functions[0], WRITER_START, 1, 0);
        writer_thread_end(thread);
    }
    assert_int_equal(fixture.writer.header->counts[RECORDING_STACKS], 2 * used);
    finish(&fixture);
    struct pyperf_profile *profile = read_back(&fixture);
    assert_int_equal(profile->thread_count, 2001);
    assert_int_equal(find(profile, profile->threads[2000].root, "a")->calls, 1);
    pyperf_profile_free(profile);
    clean_up(&fixture);
}

/* A forked child begins where its parent was: the same path, which is no call again. */
static void test_calls_are_inherited(void **state)
{
    struct fixture parent, child;
    (void)state;
    start(&parent, 1000);
    enter(&parent, 0, 1);
    enter(&parent, 1, 2);
    struct writer_snapshot *snapshot = writer_snapshot_take(parent.thread);
    start(&child, 1000);
    writer_thread_inherit(child.thread, &parent.writer, snapshot);
    free(snapshot);
    enter(&child, 2, 3);
    leave(&child, 3);
    leave(&child, 2);
    leave(&child, 1);
    finish(&child);
    struct pyperf_profile *profile = read_back(&child);
    const struct pyperf_node *a = find(profile, profile->threads[0].root, "a");
    const struct pyperf_node *b = find(profile, index_of(profile, a), "b");
    const struct pyperf_node *c = find(profile, index_of(profile, b), "c");
    assert_int_equal(a->calls + b->calls, 0);
    assert_int_equal(c->calls, 1);
    assert_true(a->inclusive >= b->inclusive && b->inclusive >= c->inclusive);
    assert_int_equal(profile->run.resynchronised + profile->run.unmatched, 0);
    pyperf_profile_free(profile);
    clean_up(&child);
    leave(&parent, 2);
    leave(&parent, 1);
    finish(&parent);
    profile = read_back(&parent);
    assert_int_equal(find(profile, profile->threads[0].root, "a")->calls, 1);
    pyperf_profile_free(profile);
    clean_up(&parent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contexts_are_told_apart),
        cmocka_unit_test(test_resumes_are_counted_apart),
        cmocka_unit_test(test_folding_keeps_the_sums),
        cmocka_unit_test(test_open_frames_end_with_the_process),
        cmocka_unit_test(test_the_end_may_be_unknown),
        cmocka_unit_test(test_missed_returns_are_mended),
        cmocka_unit_test(test_stacks_that_are_switched),
        cmocka_unit_test(test_deep_and_folded_stacks_are_switched),
        cmocka_unit_test(test_deep_stacks_grow),
        cmocka_unit_test(test_forgotten_keys_are_not_trusted),
        cmocka_unit_test(test_ended_threads_leave_their_stacks),
        cmocka_unit_test(test_calls_are_inherited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
