/* Our own files: what is written comes back, and what was damaged since is refused.
 *
 * SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "file_maker.h"
#include "filled_profile.h"
#include "formats/pyperf_file.h"
#include "profile_builder.h"

static struct bytes written(const struct pyperf_export *content)
{
    char path[] = "/tmp/pyperf-test-XXXXXX", part[4096];
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    close(descriptor);
    assert_int_equal(pyperf_format_write(&format_pyperf, content, path, NULL), PYPERF_OK);
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    unlink(path);
    struct bytes bytes = {0};
    size_t size;
    while ((size = fread(part, 1, sizeof part, file)) > 0)
        bytes_add(&bytes, part, size);
    fclose(file);
    return bytes;
}

static enum pyperf_status read_bytes(const struct bytes *file, struct pyperf_import *import,
                                     struct pyperf_error *error)
{
    *import = (struct pyperf_import){0};
    enum pyperf_status status = format_pyperf.read(file->bytes, file->size, import, error);
    if (status != PYPERF_OK)
        pyperf_import_release(import);
    return status;
}

static struct pyperf_import must_read(const struct bytes *file)
{
    struct pyperf_import import;
    struct pyperf_error error = {.message = ""};
    assert_true(format_pyperf.recognises(file->bytes, file->size));
    enum pyperf_status status = read_bytes(file, &import, &error);
    assert_string_equal(error.message, "");
    assert_int_equal(status, PYPERF_OK);
    return import;
}

/* Padding is zero on both sides: all arrays are made by calloc. */
#define assert_items(expected, found, items, count)                                            \
    do {                                                                                       \
        assert_int_equal((found)->count, (expected)->count);                                   \
        assert_memory_equal((found)->items, (expected)->items,                                 \
                            (expected)->count * sizeof *(expected)->items);                    \
    } while (0)

static void assert_same(const struct pyperf_profile *expected,
                        const struct pyperf_profile *found)
{
    assert_items(expected, found, strings, strings_size);
    assert_items(expected, found, functions, function_count);
    assert_items(expected, found, nodes, node_count);
    assert_items(expected, found, threads, thread_count);
    assert_items(expected, found, processes, process_count);
    assert_items(expected, found, open_calls, open_call_count);
    assert_memory_equal(&found->run, &expected->run, sizeof found->run);
    assert_int_equal(found->lines != NULL, expected->lines != NULL);
    if (!expected->lines)
        return;
    assert_int_equal(found->lines->calls_recorded, expected->lines->calls_recorded);
    assert_int_equal(found->lines->lost, expected->lines->lost);
    assert_items(expected->lines, found->lines, functions, function_count);
    assert_items(expected->lines, found->lines, lines, line_count);
    assert_items(expected->lines, found->lines, calls, call_count);
    assert_items(expected->lines, found->lines, sources, source_count);
}

static const struct pyperf_outcome an_outcome = {
    .user_time = 1, .system_time = UINT64_MAX, .peak_memory = 3, .signal = 9, .exit_status = 4};

static void everything_comes_back(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 50; seed++) {
        struct pyperf_profile *profiles[3];
        for (uint64_t i = 0; i < 3; i++)
            profiles[i] = filled_profile(10 * seed + i, i != 1);
        const struct pyperf_export content = {
            .recordings = profiles, .recording_count = 3, .outcome = &an_outcome};
        struct bytes file = written(&content);
        struct pyperf_import import = must_read(&file);
        assert_same(profiles[0], import.profile);
        assert_int_equal(import.child_count, 2);
        assert_same(profiles[1], import.children[0]);
        assert_same(profiles[2], import.children[1]);
        assert_true(import.outcome_known);
        assert_memory_equal(&import.outcome, &an_outcome, sizeof an_outcome);
        pyperf_import_release(&import);
        for (int i = 0; i < 3; i++)
            pyperf_profile_free(profiles[i]);
        bytes_release(&file);
    }
}

static void a_profile_alone(void **state)
{
    (void)state;
    struct pyperf_profile *profile = filled_profile(7, false);
    const struct pyperf_export content = {.profile = profile};
    struct bytes file = written(&content);
    struct pyperf_import import = must_read(&file);
    assert_same(profile, import.profile);
    assert_int_equal(import.child_count, 0);
    assert_false(import.outcome_known);
    pyperf_import_release(&import);
    pyperf_profile_free(profile);
    bytes_release(&file);
}

static void rows_alone_are_refused(void **state)
{
    (void)state;
    const struct pyperf_export nothing = {0};
    struct pyperf_error error;
    assert_int_equal(pyperf_format_write(&format_pyperf, &nothing, "/dev/null", &error),
                     PYPERF_UNSUPPORTED);
    assert_contains(error.message, "call trees");
}

/* Nodes without figures compress a hundredfold, and would look like a lie. */
static void what_compresses_too_well_is_not_compressed(void **state)
{
    (void)state;
    struct pyperf_profile *profile = build_profile("x");
    uint32_t function = build_python(profile, "f", 1);
    uint32_t parent = build_thread(profile, 0);
    for (int i = 0; i < 10000; i++)
        parent = build_node(profile, parent, function, 0, 0);
    build_process(profile, "x");
    const struct pyperf_export content = {.profile = profile};
    struct bytes file = written(&content);
    assert_true(file.size > profile->node_count * sizeof *profile->nodes / 64);
    struct pyperf_import import = must_read(&file);
    assert_items(profile, import.profile, nodes, node_count);
    pyperf_import_release(&import);
    pyperf_profile_free(profile);
    bytes_release(&file);
}

/* Whatever is cut off or changed is noticed: each byte is under a checksum. The fuzz target's
 * test tries every one. */
static void damage(void **state)
{
    (void)state;
    struct pyperf_profile *profile = filled_profile(3, true);
    const struct pyperf_export content = {.profile = profile, .outcome = &an_outcome};
    struct bytes file = written(&content);
    struct pyperf_import import;
    struct pyperf_error error;
    for (size_t size = 8; size < file.size; size += 7) {
        const struct bytes part = {file.bytes, size};
        assert_int_equal(read_bytes(&part, &import, &error), PYPERF_BAD_DATA);
        assert_contains(error.message, "damaged at byte ");
    }
    for (size_t i = 8; i < file.size; i += 7) {
        file.bytes[i] ^= (unsigned char)(1 + i % 255);
        assert_int_not_equal(read_bytes(&file, &import, &error), PYPERF_OK);
        file.bytes[i] ^= (unsigned char)(1 + i % 255);
    }
    pyperf_profile_free(profile);
    bytes_release(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_comes_back),
        cmocka_unit_test(a_profile_alone),
        cmocka_unit_test(rows_alone_are_refused),
        cmocka_unit_test(what_compresses_too_well_is_not_compressed),
        cmocka_unit_test(damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
