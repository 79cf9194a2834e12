/* A recording with lines of two functions, for tests.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_TESTS_LINES_FIXTURE_H
#define PYPERF_TESTS_LINES_FIXTURE_H

#include "recording_fixture.h"

#include "recording/line_codes.h"
#include "recording/line_thread.h"

struct lines_fixture {
    struct fixture base;
    struct line_codes codes;
    struct line_code *f, *g; /* lines 10 to 13, and 20 and 22 */
    struct line_thread *lines;
};

static inline void start_lines_with(struct lines_fixture *fixture, bool calls)
{
    static const uint32_t lines_of_f[] = {10, 11, 12, 13}, lines_of_g[] = {20, 22};
    start(&fixture->base, 1000);
    fixture->base.writer.header->records_lines = 1;
    fixture->base.writer.header->records_line_calls = calls;
    assert_true(line_codes_init(&fixture->codes));
    fixture->f = line_codes_add(&fixture->codes, &fixture->base.writer,
                                fixture->base.functions[0], lines_of_f, 4);
    fixture->g = line_codes_add(&fixture->codes, &fixture->base.writer,
                                fixture->base.functions[1], lines_of_g, 2);
    assert_non_null(fixture->f);
    assert_non_null(fixture->g);
    fixture->lines = fixture->base.thread->lines = line_thread_start(fixture->base.thread);
    assert_non_null(fixture->lines);
}

static inline void start_lines(struct lines_fixture *fixture)
{
    start_lines_with(fixture, false);
}

static inline void clean_up_lines(struct lines_fixture *fixture)
{
    line_codes_release(&fixture->codes);
    clean_up(&fixture->base);
}

static inline uint64_t moment(const struct lines_fixture *fixture)
{
    return clock_read(fixture->lines->clock);
}

static inline void spin(const struct lines_fixture *fixture)
{
    for (uint64_t began = moment(fixture); moment(fixture) - began < 20000;)
        continue;
}

static inline const struct pyperf_line_function *
find_function(const struct pyperf_profile *profile, const char *name, uint32_t thread)
{
    for (uint32_t i = 0; i < profile->lines->function_count; i++) {
        const struct pyperf_line_function *function = &profile->lines->functions[i];
        if (function->thread == thread &&
            strcmp(pyperf_profile_string(profile, profile->functions[function->function].name),
                   name) == 0)
            return function;
    }
    return NULL;
}

static inline const struct pyperf_line *find_line(const struct pyperf_profile *profile,
                                                  const char *name, uint32_t number)
{
    const struct pyperf_line_function *function = find_function(profile, name, 0);
    for (uint32_t i = 0; function && i < function->line_count; i++)
        if (profile->lines->lines[function->first_line + i].number == number)
            return &profile->lines->lines[function->first_line + i];
    fail_msg("%s has no line %u", name, number);
    return NULL;
}

#endif
