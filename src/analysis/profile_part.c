/* SPDX-License-Identifier: MIT */
#include "analysis/profile_part.h"

#include <stdlib.h>
#include <string.h>

#include "base/saturating.h"

/* Where the nodes of the whole come to lie in the part; PYPERF_NO_INDEX: nowhere. */
struct places {
    uint32_t *of_node; /* of roots, too */
    uint32_t *root;    /* the root that a node is below, in the whole */
    bool *inside;      /* is a node inside one of the wanted calls? */
};

static bool is_root(const struct pyperf_profile *profile, uint32_t node)
{
    return profile->nodes[node].parent == PYPERF_NO_INDEX &&
           profile->functions[profile->nodes[node].function].kind == PYPERF_FUNCTION_ROOT;
}

/* Copies a node, and counts the time of outermost calls as their root's. */
static void keep(struct profile_part *part, const struct pyperf_profile *whole,
                 const struct places *places, uint32_t node, bool outermost)
{
    struct pyperf_profile *profile = &part->profile;
    uint32_t root = places->of_node[places->root[node]];
    struct pyperf_node copy = whole->nodes[node];
    copy.parent = outermost ? root : places->of_node[copy.parent];
    if (outermost)
        saturating_add(&profile->nodes[root].inclusive, copy.inclusive);
    places->of_node[node] = profile->node_count;
    profile->nodes[profile->node_count++] = copy;
}

static void keep_root(struct profile_part *part, const struct pyperf_profile *whole,
                      const struct places *places, uint32_t node)
{
    struct pyperf_profile *profile = &part->profile;
    places->root[node] = node;
    places->of_node[node] = profile->node_count;
    profile->nodes[profile->node_count++] =
        (struct pyperf_node){.parent = PYPERF_NO_INDEX,
                             .function = whole->nodes[node].function,
                             .calls = whole->nodes[node].calls};
}

/* Parents come before their children. */
static void keep_nodes(struct profile_part *part, const struct pyperf_profile *whole,
                       const bool *wanted, const struct places *places)
{
    for (uint32_t i = 0; i < whole->node_count; i++) {
        uint32_t parent = whole->nodes[i].parent;
        places->of_node[i] = places->root[i] = PYPERF_NO_INDEX;
        if (is_root(whole, i)) {
            keep_root(part, whole, places, i);
            continue;
        }
        if (parent == PYPERF_NO_INDEX || places->root[parent] == PYPERF_NO_INDEX)
            continue; /* folded */
        places->root[i] = places->root[parent];
        bool outermost = !places->inside[parent] && wanted[whole->nodes[i].function];
        places->inside[i] = places->inside[parent] || outermost;
        if (places->inside[i])
            keep(part, whole, places, i, outermost);
    }
}

static void keep_threads(struct profile_part *part, const struct places *places)
{
    for (uint32_t i = 0; i < part->profile.thread_count; i++) {
        struct pyperf_thread *thread = &part->profile.threads[i];
        thread->root = places->of_node[thread->root];
        thread->fold_root = PYPERF_NO_INDEX;
        thread->open_calls = thread->open_frames = 0;
    }
}

static void *copy(const void *items, size_t count, size_t size)
{
    void *made = malloc((count + 1) * size);
    if (made && count > 0)
        memcpy(made, items, count * size);
    return made;
}

static bool begin(struct profile_part *part, const struct pyperf_profile *whole)
{
    struct pyperf_profile *profile = &part->profile;
    *profile = *whole;
    profile->nodes = malloc(((size_t)whole->node_count + 1) * sizeof *profile->nodes);
    profile->node_count = 0;
    profile->threads = copy(whole->threads, whole->thread_count, sizeof *whole->threads);
    profile->functions =
        copy(whole->functions, whole->function_count, sizeof *whole->functions);
    if (!profile->nodes || !profile->threads || !profile->functions)
        return false;
    for (uint32_t i = 0; i < profile->function_count; i++)
        profile->functions[i].folded_primitive_calls =
            profile->functions[i].folded_primitive_ticks = 0;
    return true;
}

enum pyperf_status profile_part_create(const struct pyperf_profile *whole, const bool *wanted,
                                       struct profile_part *part, struct pyperf_error *error)
{
    size_t count = (size_t)whole->node_count + 1;
    struct places places = {.of_node = malloc(count * sizeof *places.of_node),
                            .root = malloc(count * sizeof *places.root),
                            .inside = calloc(count, sizeof *places.inside)};
    bool done = begin(part, whole) && places.of_node && places.root && places.inside;
    if (done) {
        keep_nodes(part, whole, wanted, &places);
        keep_threads(part, &places);
    }
    free(places.of_node);
    free(places.root);
    free(places.inside);
    return done ? PYPERF_OK : pyperf_error_set(error, PYPERF_NO_MEMORY, "out of memory");
}

void profile_part_release(struct profile_part *part)
{
    free(part->profile.nodes);
    free(part->profile.threads);
    free(part->profile.functions);
}
