/* SPDX-License-Identifier: MIT */
#include "lines_builder.h"

#include <stdlib.h>

#include "profile_builder.h"

static void *grown(void *items, size_t count, size_t size)
{
    void *moved = realloc(items, count * size);
    if (!moved)
        abort();
    return moved;
}

struct pyperf_profile *build_lines(const char *program)
{
    struct pyperf_profile *profile = build_profile(program);
    build_thread(profile, 0);
    profile->run.nanoseconds_per_tick = 1;
    profile->lines = calloc(1, sizeof *profile->lines);
    if (!profile->lines)
        abort();
    return profile;
}

void build_source(struct pyperf_profile *profile, const char *file, const char *text)
{
    struct pyperf_lines *lines = profile->lines;
    lines->sources = grown(lines->sources, lines->source_count + 1, sizeof *lines->sources);
    uint32_t file_offset = build_string(profile, file);
    lines->sources[lines->source_count++] =
        (struct pyperf_source){.file = file_offset, .text = build_string(profile, text)};
}

void build_line_function_again(struct pyperf_profile *profile, uint32_t function,
                               uint32_t thread, uint64_t inclusive)
{
    struct pyperf_lines *lines = profile->lines;
    lines->functions =
        grown(lines->functions, lines->function_count + 1, sizeof *lines->functions);
    lines->functions[lines->function_count++] =
        (struct pyperf_line_function){.function = function,
                                      .thread = thread,
                                      .first_line = lines->line_count,
                                      .inclusive = inclusive};
}

uint32_t build_line_function(struct pyperf_profile *profile, const char *file, uint32_t line,
                             const char *name, uint32_t thread, uint64_t inclusive)
{
    uint32_t function = build_function(profile, PYPERF_FUNCTION_PYTHON, file, line, name);
    build_line_function_again(profile, function, thread, inclusive);
    return function;
}

void build_line(struct pyperf_profile *profile, uint32_t number, uint64_t hits,
                uint64_t inclusive, uint64_t callees)
{
    struct pyperf_lines *lines = profile->lines;
    struct pyperf_line_function *function = &lines->functions[lines->function_count - 1];
    lines->lines = grown(lines->lines, lines->line_count + 1, sizeof *lines->lines);
    lines->lines[lines->line_count++] = (struct pyperf_line){.function = function->function,
                                                             .thread = function->thread,
                                                             .number = number,
                                                             .first_call = lines->call_count,
                                                             .hits = hits,
                                                             .inclusive = inclusive,
                                                             .callees = callees};
    function->line_count++;
}

void build_line_call(struct pyperf_profile *profile, uint32_t callee, uint64_t calls,
                     uint64_t inclusive)
{
    struct pyperf_lines *lines = profile->lines;
    lines->calls = grown(lines->calls, lines->call_count + 1, sizeof *lines->calls);
    lines->calls[lines->call_count++] =
        (struct pyperf_line_call){.callee = callee, .calls = calls, .inclusive = inclusive};
    lines->lines[lines->line_count - 1].call_count++;
    lines->calls_recorded = true;
}
