/* A profile that others are added to: each of their strings once, and functions that are the
 * same as one.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_MODEL_PROFILE_GROWTH_H
#define PYPERF_MODEL_PROFILE_GROWTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pyperf/profile.h>

#include "base/hash_index.h"
#include "base/keyed_hash.h"

struct profile_growth {
    struct pyperf_profile *profile; /* borrowed */
    struct hash_key key;            /* profiles come from anywhere */
    size_t string_capacity;
    size_t function_capacity;
    struct hash_index strings;   /* offsets: equal strings have one */
    struct hash_index functions; /* by what makes them one */
};

/* Takes a profile with all that is in it already. Release the growth in any case, and do not
 * add strings or functions to the profile by other ways meanwhile. False: no memory. */
bool profile_growth_init(struct profile_growth *growth, struct pyperf_profile *profile);
void profile_growth_release(struct profile_growth *growth);

/* The offset of a string; PYPERF_NO_INDEX: no memory. */
uint32_t profile_growth_string(struct profile_growth *growth, const char *text);

/* The function that is the same as one of another profile: those of equal file, line, name,
 * qualified name and kind are. A new one has no figures. PYPERF_NO_INDEX: no memory. */
uint32_t profile_growth_function(struct profile_growth *growth,
                                 const struct pyperf_profile *other, uint32_t index);

#endif
