/* SPDX-License-Identifier: MIT */
#include "model/profile_growth.h"

#include <string.h>

#include "base/array.h"

enum { FIRST_INDEX_SIZE = 256 };

/* ---- Strings ---- */

static uint32_t hash_text(const struct profile_growth *growth, const char *text)
{
    return (uint32_t)keyed_hash(&growth->key, text, strlen(text));
}

static uint32_t hash_string(const void *context, uint32_t offset)
{
    const struct profile_growth *growth = context;
    return hash_text(growth, pyperf_profile_string(growth->profile, offset));
}

static uint32_t find_string(const struct profile_growth *growth, const char *text,
                            uint32_t hash)
{
    HASH_INDEX_FOR_EACH(&growth->strings, hash, candidate)
    if (strcmp(pyperf_profile_string(growth->profile, candidate), text) == 0)
        return candidate;
    return PYPERF_NO_INDEX;
}

uint32_t profile_growth_string(struct profile_growth *growth, const char *text)
{
    struct pyperf_profile *profile = growth->profile;
    size_t size = strlen(text) + 1, offset = profile->strings_size;
    uint32_t hash = hash_text(growth, text), found = find_string(growth, text, hash);
    if (found != PYPERF_NO_INDEX)
        return found;
    if (offset + size >= PYPERF_NO_INDEX ||
        !array_reserve((void **)&profile->strings, &growth->string_capacity, offset + size, 1))
        return PYPERF_NO_INDEX;
    memcpy(profile->strings + offset, text, size);
    profile->strings_size += size;
    return hash_index_add(&growth->strings, hash, (uint32_t)offset, hash_string, growth)
               ? (uint32_t)offset
               : PYPERF_NO_INDEX;
}

static bool take_strings(struct profile_growth *growth)
{
    const struct pyperf_profile *profile = growth->profile;
    for (size_t at = 0; at < profile->strings_size; at += strlen(profile->strings + at) + 1) {
        uint32_t hash = hash_string(growth, (uint32_t)at);
        if (find_string(growth, profile->strings + at, hash) == PYPERF_NO_INDEX &&
            !hash_index_add(&growth->strings, hash, (uint32_t)at, hash_string, growth))
            return false;
    }
    return true;
}

/* ---- Functions ---- */

static uint32_t hash_function(const void *context, uint32_t index)
{
    const struct profile_growth *growth = context;
    const struct pyperf_function *function = &growth->profile->functions[index];
    const uint32_t parts[] = {function->file, function->qualified_name, function->line};
    return (uint32_t)keyed_hash(&growth->key, parts, sizeof parts);
}

static bool same_function(const struct pyperf_function *a, const struct pyperf_function *b)
{
    return a->file == b->file && a->name == b->name && a->qualified_name == b->qualified_name &&
           a->line == b->line && a->kind == b->kind;
}

/* Names a function by the one offset that each string has. False: no memory. */
static bool name_function(struct profile_growth *growth, struct pyperf_function *to,
                          const struct pyperf_profile *profile,
                          const struct pyperf_function *from)
{
    to->file = profile_growth_string(growth, pyperf_profile_string(profile, from->file));
    to->name = profile_growth_string(growth, pyperf_profile_string(profile, from->name));
    to->qualified_name =
        profile_growth_string(growth, pyperf_profile_string(profile, from->qualified_name));
    return to->file != PYPERF_NO_INDEX && to->name != PYPERF_NO_INDEX &&
           to->qualified_name != PYPERF_NO_INDEX;
}

uint32_t profile_growth_function(struct profile_growth *growth,
                                 const struct pyperf_profile *other, uint32_t index)
{
    struct pyperf_profile *profile = growth->profile;
    const struct pyperf_function *from = &other->functions[index];
    uint32_t added = profile->function_count;
    struct pyperf_function named = {
        .line = from->line, .kind = from->kind, .duration_scale = 1};
    if (!name_function(growth, &named, other, from) ||
        !array_reserve((void **)&profile->functions, &growth->function_capacity,
                       (size_t)added + 1, sizeof *profile->functions))
        return PYPERF_NO_INDEX;
    profile->functions[added] = named;
    uint32_t hash = hash_function(growth, added);
    HASH_INDEX_FOR_EACH(&growth->functions, hash, candidate)
    if (same_function(&profile->functions[candidate], &named))
        return candidate;
    if (!hash_index_add(&growth->functions, hash, added, hash_function, growth))
        return PYPERF_NO_INDEX;
    profile->function_count++;
    return added;
}

static bool take_functions(struct profile_growth *growth)
{
    struct pyperf_profile *profile = growth->profile;
    for (uint32_t i = 0; i < profile->function_count; i++) {
        struct pyperf_function *function = &profile->functions[i];
        if (!name_function(growth, function, profile, function) ||
            !hash_index_add(&growth->functions, hash_function(growth, i), i, hash_function,
                            growth))
            return false;
    }
    return true;
}

/* ---- Both ---- */

bool profile_growth_init(struct profile_growth *growth, struct pyperf_profile *profile)
{
    *growth = (struct profile_growth){
        .profile = profile,
        .key = hash_key_random(),
        .string_capacity = profile->strings_size,
        .function_capacity = profile->function_count,
    };
    return hash_index_init(&growth->strings, FIRST_INDEX_SIZE) &&
           hash_index_init(&growth->functions, FIRST_INDEX_SIZE) && take_strings(growth) &&
           take_functions(growth);
}

void profile_growth_release(struct profile_growth *growth)
{
    hash_index_release(&growth->strings);
    hash_index_release(&growth->functions);
}
