/* Adding up what profiles have in common: functions that are the same, ticks of clocks that are
 * not, and what was lost.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_MODEL_ADDING_H
#define PYPERF_MODEL_ADDING_H

#include <stdbool.h>
#include <stdint.h>

#include <pyperf/profile.h>

/* What makes two functions one. Strings are borrowed from the profile. */
struct function_key {
    const char *file, *name, *qualified_name;
    uint32_t line;
    enum pyperf_function_kind kind;
};

struct function_key function_key(const struct pyperf_profile *profile, uint32_t index);
bool function_key_equal(const struct function_key *a, const struct function_key *b);
uint32_t function_key_hash(const struct function_key *key);

/* The same of a profile's function: a hash_index_hasher, whose context is the profile. */
uint32_t function_hash(const void *profile, uint32_t index);

/* Ticks of another profile as ticks of this one. `scale`: ticks of this one in one of those. */
uint64_t ticks_convert(uint64_t ticks, double scale);

/* Adds durations, the longest, and what is known of folded calls. */
void function_add_figures(struct pyperf_function *to, const struct pyperf_function *from,
                          double scale);

/* Adds the counts of losses and overheads. Where the first displacement was is a string, and
 * the caller's business. */
void run_add_losses(struct pyperf_run *to, const struct pyperf_run *from, double scale);

#endif
