/* The file behind a recording, mapped into the recorded process.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_RECORDING_REGION_H
#define PYPERF_RECORDING_REGION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pyperf/error.h>

#include "recording/layout.h"

struct recording_map {
    struct recording_header *header; /* the mapping's first byte; NULL: not mapped */
    size_t size;                     /* bytes mapped */
    char *path;                      /* of the file, for kernels that need to reopen it */
};

/* How much there shall be room for. */
struct recording_room {
    uint32_t
        max_nodes; /* contexts; one node for each folded function, and roots, come besides */
    bool lines;    /* for lines, too */
};

/* Creates `path`, which must not exist, with that room (less where the process's limits on file
 * size or address space ask for it), maps it, and closes it: no descriptor stays open for the
 * program to trip over. Header sizes, regions and limits are filled in. */
enum pyperf_status recording_map_create(struct recording_map *map, const char *path,
                                        const struct recording_room *room,
                                        struct pyperf_error *error);

/* Unmaps; the file stays. */
void recording_map_release(struct recording_map *map);

/* Makes sure that `items` items of a region have space on disk. False: there is no room, and
 * the header says why. A full disk is thus a value here, never a SIGBUS later. */
bool recording_map_reserve(struct recording_map *map, enum recording_region_kind kind,
                           uint64_t items);

/* How many items of a region have space on disk. */
static inline uint32_t recording_map_reserved(const struct recording_map *map,
                                              enum recording_region_kind kind)
{
    return (uint32_t)(map->header->regions[kind].committed / recording_item_size[kind]);
}

/* The first byte of a region. */
static inline void *recording_map_region(const struct recording_map *map,
                                         enum recording_region_kind kind)
{
    return (char *)map->header + map->header->regions[kind].offset;
}

#endif
