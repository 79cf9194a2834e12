/* Profiles with lines made by hand, for tests.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_TESTS_LINES_BUILDER_H
#define PYPERF_TESTS_LINES_BUILDER_H

#include <pyperf/profile.h>

/* A profile of a program with that name, with a main thread, 1 tick = 1 nanosecond, and no
 * lines yet. */
struct pyperf_profile *build_lines(const char *program);

/* The text of a file. */
void build_source(struct pyperf_profile *profile, const char *file, const char *text);

/* A function whose lines follow, in a thread. `inclusive`: ticks of it as a whole; 0: not
 * known. Returns its index. */
uint32_t build_line_function(struct pyperf_profile *profile, const char *file, uint32_t line,
                             const char *name, uint32_t thread, uint64_t inclusive);

/* The same function in another thread. */
void build_line_function_again(struct pyperf_profile *profile, uint32_t function,
                               uint32_t thread, uint64_t inclusive);

/* A line of the last function, after those before it. */
void build_line(struct pyperf_profile *profile, uint32_t number, uint64_t hits,
                uint64_t inclusive, uint64_t callees);

/* What the last line called. */
void build_line_call(struct pyperf_profile *profile, uint32_t callee, uint64_t calls,
                     uint64_t inclusive);

#endif
