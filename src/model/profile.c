/* SPDX-License-Identifier: MIT */
#include <pyperf/profile.h>

#include <stdlib.h>

#include "model/lines.h"

struct pyperf_profile *pyperf_profile_create(void)
{
    struct pyperf_profile *profile = calloc(1, sizeof *profile);
    if (!profile)
        return NULL;
    profile->strings = calloc(1, 1); /* offset 0 is the empty string */
    if (!profile->strings) {
        free(profile);
        return NULL;
    }
    profile->strings_size = 1;
    return profile;
}

void pyperf_profile_free(struct pyperf_profile *profile)
{
    if (!profile)
        return;
    free(profile->strings);
    free(profile->functions);
    free(profile->nodes);
    free(profile->threads);
    free(profile->processes);
    free(profile->open_calls);
    lines_free(profile->lines);
    free(profile);
}

bool pyperf_profile_knows_qualified_names(const struct pyperf_profile *profile)
{
    const char *version = pyperf_profile_string(profile, profile->run.python_version);
    char *end;
    unsigned long major = strtoul(version, &end, 10);
    unsigned long minor = *end == '.' ? strtoul(end + 1, NULL, 10) : 0;
    return major != 3 || minor >= 11;
}

static uint64_t subtract(uint64_t from, uint64_t what)
{
    return what < from ? from - what : 0;
}

uint64_t *pyperf_profile_self_ticks(const struct pyperf_profile *profile)
{
    uint64_t *self = malloc(((size_t)profile->node_count + 1) * sizeof *self);
    if (!self)
        return NULL;
    for (uint32_t i = 0; i < profile->node_count; i++)
        self[i] = subtract(profile->nodes[i].inclusive, profile->nodes[i].folded);
    /* A fold root spends no time, so what its children spent leaves it at zero. */
    for (uint32_t i = 0; i < profile->node_count; i++) {
        const struct pyperf_node *node = &profile->nodes[i];
        if (node->parent != PYPERF_NO_INDEX)
            self[node->parent] = subtract(self[node->parent], node->inclusive);
    }
    return self;
}
