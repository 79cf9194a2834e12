/* Recordings that are damaged, cut off, or were never begun.
 *
 * SPDX-License-Identifier: MIT */
#include "recording_fixture.h"

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

static void test_a_failed_recording_says_where_to_go(void **state)
{
    const struct recording_room room = {.max_nodes = 10};
    struct recording_writer writer;
    struct pyperf_error error;
    (void)state;
    assert_int_equal(writer_init(&writer, "/nowhere/recording", &room, false, &error),
                     PYPERF_IO);
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
        cmocka_unit_test(test_recordings_that_never_began),
        cmocka_unit_test(test_a_failed_recording_says_where_to_go),
        cmocka_unit_test(test_damaged_recordings_are_refused),
        cmocka_unit_test(test_cut_off_recordings_are_refused),
        cmocka_unit_test(test_cut_off_escapes_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
