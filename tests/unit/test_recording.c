/* Recordings: what the writer records, the reader gives back, whatever happened in between.
 *
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <pyperf/session.h>

#include "recording/session.h"
#include "recording/writer.h"

struct fixture {
    char directory[SESSION_PATH_SIZE];
    char path[SESSION_PATH_SIZE + 16];
    struct recording_writer writer;
    struct writer_thread *thread;
    uint32_t functions[8];
};

static void start(struct fixture *fixture, uint32_t max_nodes)
{
    const struct session_description description = {"pro%gram\n.py", "/usr/bin/python3", 42};
    struct pyperf_error error;
    assert_int_equal(session_create("/tmp", &description, fixture->directory,
                                    sizeof fixture->directory, &error),
                     PYPERF_OK);
    snprintf(fixture->path, sizeof fixture->path, "%s/%s", fixture->directory,
             SESSION_RECORDING_FILE);
    assert_int_equal(writer_init(&fixture->writer, fixture->path, max_nodes, false, &error),
                     PYPERF_OK);
    fixture->writer.header->run_started = clock_read(fixture->writer.clock);
    fixture->thread = writer_thread_start(&fixture->writer);
    assert_non_null(fixture->thread);
    for (uint32_t i = 0; i < 8; i++) {
        char name[] = {(char)('a' + i), '\0'};
        struct writer_label label = {RECORDING_FUNCTION_PYTHON, "file.py", name, name, i + 1};
        fixture->functions[i] = writer_function(&fixture->writer, &label);
        assert_true(writer_bind(&fixture->writer, 100 + i, fixture->functions[i]));
    }
}

/* Enters as an engine does. */
static void enter(struct fixture *fixture, uint32_t function, uint64_t identity)
{
    uint64_t key = 100 + function;
    if (!writer_enter(fixture->thread, key, WRITER_START, identity, 0))
        writer_enter_slowly(fixture->thread, writer_moment(fixture->thread), key,
                            writer_function_of_key(&fixture->writer, key), WRITER_START,
                            identity, 0);
}

static void leave(struct fixture *fixture, uint64_t identity)
{
    writer_leave(fixture->thread, identity, 0);
}

static struct pyperf_profile *read_back(struct fixture *fixture)
{
    struct pyperf_profile *profile = NULL;
    struct pyperf_error error;
    if (pyperf_session_read(fixture->directory, 0, &profile, &error) != PYPERF_OK)
        fail_msg("%s", error.message);
    return profile;
}

static void finish(struct fixture *fixture)
{
    writer_thread_end(fixture->thread);
    writer_finish(&fixture->writer);
}

static void clean_up(struct fixture *fixture)
{
    writer_detach(&fixture->writer);
    session_remove(fixture->directory);
    assert_int_not_equal(access(fixture->directory, F_OK), 0);
}

static const struct pyperf_node *find(const struct pyperf_profile *profile, uint32_t parent,
                                      const char *name)
{
    for (uint32_t i = 0; i < profile->node_count; i++) {
        const struct pyperf_node *node = &profile->nodes[i];
        if (node->parent == parent &&
            strcmp(pyperf_profile_string(profile, profile->functions[node->function].name),
                   name) == 0)
            return node;
    }
    fail_msg("no node %s below %u", name, parent);
    return NULL;
}

static uint32_t index_of(const struct pyperf_profile *profile, const struct pyperf_node *node)
{
    return (uint32_t)(node - profile->nodes);
}

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

/* Killed at any point while the file is made: there is nothing in it, and nothing is wrong. */
static void test_recordings_that_never_began(void **state)
{
    struct fixture fixture;
    struct pyperf_error error;
    struct pyperf_profile *profile;
    (void)state;
    start(&fixture, 1000);
    finish(&fixture);
    struct recording_header header = {0};
    int file = open(fixture.path, O_RDWR);
    assert_int_equal(pread(file, &header, sizeof header, 0), sizeof header);
    header.run_started = 0;
    for (int step = 0; step < 4; step++) {
        if (step == 0) /* the tables are not filled */
            header.counts[RECORDING_STRINGS] = 0;
        if (step == 1) /* the header is on its way */
            memset(header.magic, 0, sizeof header.magic);
        if (step < 2)
            assert_int_equal(pwrite(file, &header, sizeof header, 0), sizeof header);
        if (step == 2)
            assert_int_equal(ftruncate(file, 0), 0);
        if (step == 3)
            assert_int_equal(unlink(fixture.path), 0);
        assert_int_equal(pyperf_session_read(fixture.directory, 0, &profile, &error),
                         PYPERF_OK);
        assert_false(profile->run.started);
        pyperf_profile_free(profile);
    }
    close(file);
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
    assert_int_equal(find(profile, profile->threads[0].root, "d")->calls, 1);
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

static void test_a_failed_recording_says_where_to_go(void **state)
{
    struct recording_writer writer;
    struct pyperf_error error;
    (void)state;
    assert_int_equal(writer_init(&writer, "/nowhere/recording", 10, false, &error), PYPERF_IO);
    assert_non_null(strstr(error.message, "/nowhere/recording"));
}

/* Any byte of the header and of the first items may be wrong: an error or a profile, never a
 * crash (the sanitizers watch). */
static void test_damaged_recordings_are_refused(void **state)
{
    struct fixture fixture;
    (void)state;
    start(&fixture, 1000);
    for (uint32_t i = 0; i < 8; i++)
        enter(&fixture, i, 1 + i);
    const struct recording_header *header = fixture.writer.header;
    int file = open(fixture.path, O_RDWR);
    assert_true(file >= 0);
    int refused = 0;
    for (int region = -1; region < RECORDING_REGION_COUNT; region++) {
        uint64_t from = region < 0 ? 0 : header->regions[region].offset;
        uint64_t size = region < 0 ? sizeof *header : 512;
        for (uint64_t offset = from; offset < from + size; offset += region < 0 ? 1 : 3) {
            unsigned char byte, wrong;
            struct pyperf_profile *profile = NULL;
            struct pyperf_error error;
            assert_int_equal(pread(file, &byte, 1, (off_t)offset), 1);
            wrong = (unsigned char)~byte;
            assert_int_equal(pwrite(file, &wrong, 1, (off_t)offset), 1);
            if (pyperf_session_read(fixture.directory, 0, &profile, &error) == PYPERF_OK)
                pyperf_profile_free(profile);
            else
                refused++;
            assert_int_equal(pwrite(file, &byte, 1, (off_t)offset), 1);
        }
    }
    assert_true(refused > 100);
    close(file);
    finish(&fixture);
    clean_up(&fixture);
}

static void test_cut_off_recordings_are_refused(void **state)
{
    struct fixture fixture;
    struct pyperf_profile *profile;
    struct pyperf_error error;
    (void)state;
    start(&fixture, 1000);
    finish(&fixture);
    assert_int_equal(truncate(fixture.path, 5000), 0);
    assert_int_equal(pyperf_session_read(fixture.directory, 0, &profile, &error),
                     PYPERF_BAD_DATA);
    assert_non_null(strstr(error.message, "cut off"));
    assert_int_equal(truncate(fixture.path, 10), 0);
    assert_int_equal(pyperf_session_read(fixture.directory, 0, &profile, &error),
                     PYPERF_BAD_DATA);
    clean_up(&fixture);
}

/* A description is untrusted, too: an escape that the line's end cuts off stays as it is. */
static void test_cut_off_escapes_are_kept(void **state)
{
    struct fixture fixture;
    char path[SESSION_PATH_SIZE + 16];
    (void)state;
    start(&fixture, 1000);
    finish(&fixture);
    snprintf(path, sizeof path, "%s/%s", fixture.directory, SESSION_DESCRIPTION_FILE);
    for (int padding = 3 * SESSION_PATH_SIZE - 16; padding < 3 * SESSION_PATH_SIZE; padding++) {
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fprintf(file, "program=a%%4\nx=%*s%%4", padding, "");
        assert_int_equal(fclose(file), 0);
        struct pyperf_profile *profile = read_back(&fixture);
        assert_string_equal(pyperf_profile_string(profile, profile->run.program), "a%4");
        pyperf_profile_free(profile);
    }
    clean_up(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contexts_are_told_apart),
        cmocka_unit_test(test_resumes_are_counted_apart),
        cmocka_unit_test(test_folding_keeps_the_sums),
        cmocka_unit_test(test_open_frames_end_with_the_process),
        cmocka_unit_test(test_the_end_may_be_unknown),
        cmocka_unit_test(test_recordings_that_never_began),
        cmocka_unit_test(test_missed_returns_are_mended),
        cmocka_unit_test(test_deep_stacks_grow),
        cmocka_unit_test(test_forgotten_keys_are_not_trusted),
        cmocka_unit_test(test_ended_threads_leave_their_stacks),
        cmocka_unit_test(test_a_failed_recording_says_where_to_go),
        cmocka_unit_test(test_damaged_recordings_are_refused),
        cmocka_unit_test(test_cut_off_recordings_are_refused),
        cmocka_unit_test(test_cut_off_escapes_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
