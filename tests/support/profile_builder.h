/* Profiles made by hand, for tests.
 *
 * Out of memory ends the test program: there is nothing else to do in a test.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_TESTS_PROFILE_BUILDER_H
#define PYPERF_TESTS_PROFILE_BUILDER_H

#include <pyperf/profile.h>

/* A profile of a program with that name, 1 tick = 1 second; nothing in it yet. */
struct pyperf_profile *build_profile(const char *program);

uint32_t build_string(struct pyperf_profile *profile, const char *text);

uint32_t build_function(struct pyperf_profile *profile, enum pyperf_function_kind kind,
                        const char *file, uint32_t line, const char *name);

/* A Python function in "dir/file.py". */
uint32_t build_python(struct pyperf_profile *profile, const char *name, uint32_t line);

/* A thread with its root; returns the root's node. */
uint32_t build_thread(struct pyperf_profile *profile, uint64_t self);

/* A node that took `self` ticks itself. */
uint32_t build_node(struct pyperf_profile *profile, uint32_t parent, uint32_t function,
                    uint64_t calls, uint64_t self);

/* Leaves the call of a node open, innermost of the profile's last thread so far. */
void build_open_call(struct pyperf_profile *profile, uint32_t node);

/* A process that has all threads since the last one. */
void build_process(struct pyperf_profile *profile, const char *command);

/* The fold root of the profile's last thread. */
uint32_t build_fold_root(struct pyperf_profile *profile);

/* Call once, at the end: makes inclusive times of self times. */
void build_inclusive(struct pyperf_profile *profile);

#endif
