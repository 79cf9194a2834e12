/* Lines: what the writer records, the reader gives back, whatever happened in between.
 *
 * SPDX-License-Identifier: MIT */
#include "lines_fixture.h"

#include "recording/line_switch.h"
#include "recording/writer_fork.h"

static void test_hits_and_lines_never_reached(void **state)
{
    struct lines_fixture fixture;
    (void)state;
    start_lines(&fixture);
    for (int i = 0; i < 3; i++) {
        assert_true(line_enter(fixture.lines, fixture.f, 1));
        assert_true(line_begin(fixture.lines, 1, 10));
        assert_true(line_begin(fixture.lines, 1, 12));
        assert_true(line_begin(fixture.lines, 1, 10));
        assert_true(line_leave(fixture.lines, 1));
    }
    finish(&fixture.base);
    struct pyperf_profile *profile = read_back(&fixture.base);
    const struct pyperf_line_function *f = find_function(profile, "a", 0);
    assert_int_equal(profile->lines->function_count, 2);
    assert_int_equal(f->calls, 3);
    assert_int_equal(f->line_count, 4);
    assert_int_equal(find_line(profile, "a", 10)->hits, 6);
    assert_int_equal(find_line(profile, "a", 11)->hits, 0);
    assert_int_equal(find_line(profile, "a", 12)->hits, 3);
    assert_int_equal(find_line(profile, "b", 22)->hits, 0);
    uint64_t sum = 0;
    for (uint32_t i = 0; i < f->line_count; i++)
        sum += profile->lines->lines[f->first_line + i].inclusive;
    assert_true(sum > 0 && sum <= f->inclusive);
    pyperf_profile_free(profile);
    clean_up_lines(&fixture);
}

static void test_callees_are_apart(void **state)
{
    struct lines_fixture fixture;
    (void)state;
    start_lines(&fixture);
    line_enter(fixture.lines, fixture.f, 1);
    line_begin(fixture.lines, 1, 10);
    line_enter(fixture.lines, fixture.g, 2);
    line_begin(fixture.lines, 2, 20);
    spin(&fixture);
    line_leave(fixture.lines, 2);
    line_begin(fixture.lines, 1, 11);
    line_leave(fixture.lines, 1);
    finish(&fixture.base);
    struct pyperf_profile *profile = read_back(&fixture.base);
    const struct pyperf_line *caller = find_line(profile, "a", 10);
    const struct pyperf_line *callee = find_line(profile, "b", 20);
    assert_true(callee->inclusive >= 20000);
    assert_int_equal(callee->callees, 0);
    assert_true(caller->callees >= callee->inclusive);
    assert_true(caller->inclusive >= caller->callees);
    assert_int_equal(caller->entries, 1);
    assert_int_equal(find_line(profile, "a", 11)->callees, 0);
    pyperf_profile_free(profile);
    clean_up_lines(&fixture);
}

/* f's line 11 calls f, 200 deep, which takes time in line 12 and at the very bottom. */
static void test_recursion_counts_once(void **state)
{
    enum { DEPTH = 200 };
    struct lines_fixture fixture;
    (void)state;
    start_lines(&fixture);
    for (uint64_t i = 1; i <= DEPTH; i++) {
        assert_true(line_enter(fixture.lines, fixture.f, i));
        assert_true(line_begin(fixture.lines, i, 11));
    }
    spin(&fixture);
    for (uint64_t i = DEPTH; i >= 1; i--) {
        assert_true(line_begin(fixture.lines, i, 12));
        assert_true(line_leave(fixture.lines, i));
    }
    finish(&fixture.base);
    struct pyperf_profile *profile = read_back(&fixture.base);
    const struct pyperf_line_function *f = find_function(profile, "a", 0);
    const struct pyperf_line *calls = find_line(profile, "a", 11);
    const struct pyperf_line *after = find_line(profile, "a", 12);
    assert_int_equal(f->calls, DEPTH);
    assert_int_equal(calls->hits, DEPTH);
    assert_int_equal(calls->entries, DEPTH - 1);
    assert_true(calls->inclusive <= f->inclusive);
    assert_true(after->inclusive <= f->inclusive);
    uint64_t own = calls->inclusive - calls->callees + after->inclusive - after->callees;
    assert_true(own >= 20000 && own <= f->inclusive);
    pyperf_profile_free(profile);
    clean_up_lines(&fixture);
}

static void test_suspended_time_is_not_counted(void **state)
{
    struct lines_fixture fixture;
    (void)state;
    start_lines(&fixture);
    uint64_t began = moment(&fixture);
    line_enter(fixture.lines, fixture.g, 1);
    line_begin(fixture.lines, 1, 20);
    line_leave(fixture.lines, 1);
    uint64_t suspended = moment(&fixture);
    spin(&fixture);
    uint64_t resumed = moment(&fixture);
    assert_true(line_resume(fixture.lines, fixture.g, 1, 20));
    line_begin(fixture.lines, 1, 22);
    line_leave(fixture.lines, 1);
    uint64_t ended = moment(&fixture);
    finish(&fixture.base);
    struct pyperf_profile *profile = read_back(&fixture.base);
    const struct pyperf_line_function *g = find_function(profile, "b", 0);
    assert_int_equal(g->calls, 1);
    assert_int_equal(find_line(profile, "b", 20)->hits, 1);
    assert_true(g->inclusive <= ended - resumed + suspended - began);
    assert_true(find_line(profile, "b", 20)->inclusive <= g->inclusive);
    pyperf_profile_free(profile);
    clean_up_lines(&fixture);
}

static void test_open_lines_end_with_the_process(void **state)
{
    struct lines_fixture fixture;
    struct pyperf_profile *profile = NULL;
    struct pyperf_error error;
    (void)state;
    start_lines(&fixture);
    for (uint64_t i = 1; i <= 3; i++) {
        line_enter(fixture.lines, fixture.f, i);
        line_begin(fixture.lines, i, 11);
    }
    line_enter(fixture.lines, fixture.g, 4); /* in no line yet */
    spin(&fixture);
    if (pyperf_session_read(fixture.base.directory, clock_monotonic(), &profile, &error) !=
        PYPERF_OK)
        fail_msg("%s", error.message);
    const struct pyperf_line_function *f = find_function(profile, "a", 0);
    const struct pyperf_line *line = find_line(profile, "a", 11);
    assert_int_equal(line->hits, 3);
    assert_true(line->inclusive > 0 && line->inclusive <= f->inclusive);
    assert_true(line->callees < line->inclusive);
    assert_int_equal(find_function(profile, "b", 0)->inclusive, 0);
    pyperf_profile_free(profile);
    finish(&fixture.base);
    clean_up_lines(&fixture);
}

static void test_ends_that_were_not_seen(void **state)
{
    struct lines_fixture fixture;
    (void)state;
    start_lines(&fixture);
    line_enter(fixture.lines, fixture.f, 1);
    line_begin(fixture.lines, 1, 10);
    line_enter(fixture.lines, fixture.g, 2);
    line_begin(fixture.lines, 2, 20);
    assert_false(line_begin(fixture.lines, 1, 11)); /* g has ended meanwhile */
    assert_false(line_thread_return_to(fixture.lines, 7));
    assert_true(line_thread_return_to(fixture.lines, 1));
    assert_true(line_begin(fixture.lines, 1, 11));
    assert_true(line_leave(fixture.lines, 1));
    assert_false(line_leave(fixture.lines, 1));
    finish(&fixture.base);
    struct pyperf_profile *profile = read_back(&fixture.base);
    assert_int_equal(profile->run.resynchronised, 1);
    assert_int_equal(find_line(profile, "b", 20)->hits, 1);
    assert_int_equal(find_line(profile, "a", 11)->hits, 1);
    pyperf_profile_free(profile);
    clean_up_lines(&fixture);
}

static void test_lines_that_nobody_told_of(void **state)
{
    struct lines_fixture fixture;
    (void)state;
    start_lines(&fixture);
    line_enter(fixture.lines, fixture.g, 1);
    line_begin(fixture.lines, 1, 21); /* between its lines */
    line_begin(fixture.lines, 1, 4000000000u);
    line_begin(fixture.lines, 1, 20);
    line_leave(fixture.lines, 1);
    finish(&fixture.base);
    struct pyperf_profile *profile = read_back(&fixture.base);
    assert_int_equal(profile->lines->lost, 2);
    assert_int_equal(find_line(profile, "b", 20)->hits, 1);
    pyperf_profile_free(profile);
    clean_up_lines(&fixture);
}

static void test_code_that_is_compiled_again(void **state)
{
    static const uint32_t same[] = {20, 22}, other[] = {20, 23}, far[] = {1, 3000000};
    struct lines_fixture fixture;
    struct recording_writer *writer = &fixture.base.writer;
    (void)state;
    start_lines(&fixture);
    uint32_t g = fixture.base.functions[1];
    assert_ptr_equal(line_codes_add(&fixture.codes, writer, g, same, 2), fixture.g);
    struct line_code *changed = line_codes_add(&fixture.codes, writer, g, other, 2);
    assert_ptr_not_equal(changed, fixture.g);
    assert_null(line_codes_add(&fixture.codes, writer, g, far, 2));
    line_enter(fixture.lines, fixture.g, 1);
    line_begin(fixture.lines, 1, 20);
    line_leave(fixture.lines, 1);
    line_enter(fixture.lines, changed, 1);
    line_begin(fixture.lines, 1, 20);
    line_begin(fixture.lines, 1, 23);
    line_leave(fixture.lines, 1);
    finish(&fixture.base);
    struct pyperf_profile *profile = read_back(&fixture.base);
    assert_int_equal(find_function(profile, "b", 0)->calls, 2);
    assert_int_equal(find_function(profile, "b", 0)->line_count, 3);
    assert_int_equal(find_line(profile, "b", 20)->hits, 2);
    assert_int_equal(find_line(profile, "b", 23)->hits, 1);
    pyperf_profile_free(profile);
    clean_up_lines(&fixture);
}

static void *in_another_thread(void *context)
{
    struct lines_fixture *fixture = context;
    struct writer_thread *thread = writer_thread_start(&fixture->base.writer);
    thread->lines = line_thread_start(thread);
    line_enter(thread->lines, fixture->g, 1);
    line_begin(thread->lines, 1, 22);
    writer_thread_end(thread);
    return NULL;
}

/* g runs in the second thread only, so the first has no lines of it. */
static void test_threads_have_lines_of_their_own(void **state)
{
    struct lines_fixture fixture;
    pthread_t thread;
    (void)state;
    start_lines(&fixture);
    assert_int_equal(pthread_create(&thread, NULL, in_another_thread, &fixture), 0);
    pthread_join(thread, NULL);
    finish(&fixture.base);
    struct pyperf_profile *profile = read_back(&fixture.base);
    assert_null(find_function(profile, "b", 0));
    const struct pyperf_line_function *g = find_function(profile, "b", 1);
    assert_non_null(g);
    assert_int_equal(g->line_count, 2);
    assert_int_equal(profile->lines->lines[g->first_line + 1].hits, 1);
    assert_int_equal(find_function(profile, "a", 0)->line_count, 4);
    pyperf_profile_free(profile);
    clean_up_lines(&fixture);
}

static void test_only_decorated_functions(void **state)
{
    struct lines_fixture fixture;
    (void)state;
    start_lines(&fixture);
    fixture.base.writer.header->only_decorated = 1;
    line_codes_decorate(&fixture.base.writer, fixture.g);
    finish(&fixture.base);
    struct pyperf_profile *profile = read_back(&fixture.base);
    assert_int_equal(profile->lines->function_count, 1);
    assert_true(find_function(profile, "b", 0)->decorated);
    assert_int_equal(profile->lines->line_count, 2);
    pyperf_profile_free(profile);
    clean_up_lines(&fixture);
}

/* As in a forked child: the parent's memory is there, its recording is another's. */
static void test_lines_are_inherited(void **state)
{
    struct lines_fixture parent;
    struct fixture child;
    (void)state;
    start_lines(&parent);
    line_enter(parent.lines, parent.f, 1);
    line_begin(parent.lines, 1, 11);
    start(&child, 1000);
    child.writer.header->records_lines = 1;
    line_codes_move(&parent.codes, &child.writer, &parent.base.writer);
    child.thread->lines = line_thread_start(child.thread);
    line_thread_put_back(child.thread->lines, parent.lines->frames + 1, 1);
    assert_true(line_begin(child.thread->lines, 1, 12));
    assert_true(line_leave(child.thread->lines, 1));
    finish(&child);
    struct pyperf_profile *profile = read_back(&child);
    assert_int_equal(find_function(profile, "a", 0)->calls, 0);
    assert_int_equal(find_line(profile, "a", 11)->hits, 0);
    assert_true(find_line(profile, "a", 11)->inclusive > 0);
    assert_int_equal(find_line(profile, "a", 12)->hits, 1);
    assert_int_equal(find_line(profile, "b", 20)->hits, 0);
    pyperf_profile_free(profile);
    clean_up(&child);
    finish(&parent.base);
    clean_up_lines(&parent);
}

/* As greenlets do: 1 stands for the first one, 2 for another. */
static void test_stacks_that_are_switched(void **state)
{
    struct lines_fixture fixture;
    (void)state;
    start_lines(&fixture);
    uint64_t began = moment(&fixture);
    line_enter(fixture.lines, fixture.f, 7);
    line_begin(fixture.lines, 7, 10);
    line_switch(fixture.lines, 1, 2);
    uint64_t left = moment(&fixture);
    line_enter(fixture.lines, fixture.g, 8);
    line_begin(fixture.lines, 8, 20);
    spin(&fixture);
    uint64_t returning = moment(&fixture);
    line_switch(fixture.lines, 2, 1);
    assert_true(line_begin(fixture.lines, 7, 11));
    line_switch(fixture.lines, 1, 2);
    assert_true(line_begin(fixture.lines, 8, 22));
    assert_true(line_leave(fixture.lines, 8));
    line_switch(fixture.lines, 2, 1);
    assert_true(line_leave(fixture.lines, 7));
    line_switch(fixture.lines, 1, 3); /* and never back */
    uint64_t ended = moment(&fixture);
    finish(&fixture.base);
    struct pyperf_profile *profile = read_back(&fixture.base);
    const struct pyperf_line_function *f = find_function(profile, "a", 0);
    const struct pyperf_line_function *g = find_function(profile, "b", 0);
    assert_int_equal(f->calls, 1);
    assert_int_equal(g->calls, 1);
    assert_true(g->inclusive >= 20000);
    assert_true(f->inclusive <= ended - returning + left - began);
    assert_int_equal(find_line(profile, "a", 10)->callees, 0);
    assert_int_equal(find_line(profile, "a", 11)->hits, 1);
    assert_int_equal(find_line(profile, "b", 22)->hits, 1);
    pyperf_profile_free(profile);
    clean_up_lines(&fixture);
}

/* Any byte may be wrong: an error or a profile, never a crash (the sanitizers watch). */
static void test_damaged_lines_are_refused(void **state)
{
    static const enum recording_region_kind kinds[] = {RECORDING_LINES, RECORDING_LINE_STACKS,
                                                       RECORDING_SOURCES, RECORDING_THREADS};
    struct lines_fixture fixture;
    int refused = 0;
    (void)state;
    start_lines(&fixture);
    struct recording_writer *writer = &fixture.base.writer;
    struct recording_source *source = recording_map_region(&writer->map, RECORDING_SOURCES);
    assert_true(recording_map_reserve(&writer->map, RECORDING_SOURCES, 1));
    source->file = source->text = writer_string(writer, "a.py");
    writer->header->counts[RECORDING_SOURCES] = 1;
    line_enter(fixture.lines, fixture.f, 1);
    line_begin(fixture.lines, 1, 11);
    int file = open(fixture.base.path, O_RDWR);
    assert_true(file >= 0);
    for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
        uint64_t from = writer->header->regions[kinds[kind]].offset;
        for (uint64_t offset = from; offset < from + 256; offset++) {
            unsigned char byte, wrong;
            struct pyperf_profile *profile = NULL;
            struct pyperf_error error;
            assert_int_equal(pread(file, &byte, 1, (off_t)offset), 1);
            wrong = (unsigned char)~byte;
            assert_int_equal(pwrite(file, &wrong, 1, (off_t)offset), 1);
            if (pyperf_session_read(fixture.base.directory, 0, &profile, &error) == PYPERF_OK)
                pyperf_profile_free(profile);
            else
                refused++;
            assert_int_equal(pwrite(file, &byte, 1, (off_t)offset), 1);
        }
    }
    assert_true(refused > 50);
    close(file);
    finish(&fixture.base);
    clean_up_lines(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hits_and_lines_never_reached),
        cmocka_unit_test(test_callees_are_apart),
        cmocka_unit_test(test_recursion_counts_once),
        cmocka_unit_test(test_suspended_time_is_not_counted),
        cmocka_unit_test(test_open_lines_end_with_the_process),
        cmocka_unit_test(test_ends_that_were_not_seen),
        cmocka_unit_test(test_lines_that_nobody_told_of),
        cmocka_unit_test(test_code_that_is_compiled_again),
        cmocka_unit_test(test_threads_have_lines_of_their_own),
        cmocka_unit_test(test_only_decorated_functions),
        cmocka_unit_test(test_lines_are_inherited),
        cmocka_unit_test(test_stacks_that_are_switched),
        cmocka_unit_test(test_damaged_lines_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
