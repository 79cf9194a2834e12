/* The part of a profile that lies inside the calls of some functions.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_ANALYSIS_PROFILE_PART_H
#define PYPERF_ANALYSIS_PROFILE_PART_H

#include <stdbool.h>

#include <pyperf/error.h>
#include <pyperf/profile.h>

/* A profile that owns its nodes, threads and functions; the rest is that of the whole. */
struct profile_part {
    struct pyperf_profile profile;
};

/* Keeps the outermost calls of the functions for which `wanted` is set (an item for each of the
 * profile's) and all that they called. They are called by their threads' roots, which spend no
 * time themselves. Folded contexts are left out: who called them is not known. Release the part
 * in any case. */
enum pyperf_status profile_part_create(const struct pyperf_profile *whole, const bool *wanted,
                                       struct profile_part *part, struct pyperf_error *error);
void profile_part_release(struct profile_part *part);

#endif
