/* Profiles in which no member is what it would be by default, so that none can be forgotten.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_TESTS_FILLED_PROFILE_H
#define PYPERF_TESTS_FILLED_PROFILE_H

#include <pyperf/profile.h>

/* The same for the same seed: two threads in two processes, each with a tree of random figures
 * that make no sense together. */
struct pyperf_profile *filled_profile(uint64_t seed, bool with_lines);

#endif
