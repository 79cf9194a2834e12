/* A recording with functions "a" to "h", written by this process: for tests of the writer and
 * the reader.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_TESTS_RECORDING_FIXTURE_H
#define PYPERF_TESTS_RECORDING_FIXTURE_H

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

static inline void start(struct fixture *fixture, uint32_t max_nodes)
{
    const struct session_description description = {"pro%gram\n.py", "/usr/bin/python3", 42};
    const struct recording_room room = {.max_nodes = max_nodes, .lines = true};
    struct pyperf_error error;
    assert_int_equal(session_create("/tmp", &description, fixture->directory,
                                    sizeof fixture->directory, &error),
                     PYPERF_OK);
    snprintf(fixture->path, sizeof fixture->path, "%s/%s", fixture->directory,
             SESSION_RECORDING_FILE);
    assert_int_equal(writer_init(&fixture->writer, fixture->path, &room, false, &error),
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
static inline void enter(struct fixture *fixture, uint32_t function, uint64_t identity)
{
    uint64_t key = 100 + function;
    if (!writer_enter(fixture->thread, key, WRITER_START, identity, 0))
        writer_enter_slowly(fixture->thread, writer_moment(fixture->thread), key,
                            writer_function_of_key(&fixture->writer, key), WRITER_START,
                            identity, 0);
}

static inline void leave(struct fixture *fixture, uint64_t identity)
{
    writer_leave(fixture->thread, identity, 0);
}

static inline struct pyperf_profile *read_back(struct fixture *fixture)
{
    struct pyperf_profile *profile = NULL;
    struct pyperf_error error;
    if (pyperf_session_read(fixture->directory, 0, &profile, &error) != PYPERF_OK)
        fail_msg("%s", error.message);
    return profile;
}

static inline void finish(struct fixture *fixture)
{
    writer_thread_end(fixture->thread);
    writer_finish(&fixture->writer);
}

static inline void clean_up(struct fixture *fixture)
{
    writer_detach(&fixture->writer);
    session_remove(fixture->directory);
    assert_int_not_equal(access(fixture->directory, F_OK), 0);
}

static inline const struct pyperf_node *find(const struct pyperf_profile *profile,
                                             uint32_t parent, const char *name)
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

static inline uint32_t index_of(const struct pyperf_profile *profile,
                                const struct pyperf_node *node)
{
    return (uint32_t)(node - profile->nodes);
}

#endif
