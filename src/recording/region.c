/* SPDX-License-Identifier: MIT */
#include "recording/region.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 /* Linux 5.14 */
#endif

enum {
    PAGE = 4096, /* regions are aligned to it and grow by multiples of it */
    FIRST_STEP = 16 * PAGE,
    LARGEST_STEP = 512 * PAGE,
    SMALLEST_CAPACITY = 2 * PAGE,
    LARGEST_DIVISOR = 1 << 15,
};

/* Beyond the limit on nodes there is still one node per folded function, and the roots. */
static uint64_t wanted_items(enum recording_region_kind kind, const struct recording_room *room)
{
    switch (kind) {
    case RECORDING_NODES:
        return (uint64_t)room->max_nodes + room->max_nodes / 4 + 65536;
    case RECORDING_FUNCTIONS:
        return 1u << 20;
    case RECORDING_STRINGS:
        return 1u << 28;
    case RECORDING_THREADS:
        return 1u << 18;
    case RECORDING_STACKS:
        return 1u << 24;
    case RECORDING_LINES:
        return room->lines ? 1u << 22 : 0;
    case RECORDING_LINE_STACKS:
        return room->lines ? 1u << 22 : 0;
    case RECORDING_SOURCES:
        return room->lines ? 1u << 16 : 0;
    case RECORDING_REGION_COUNT:
        break;
    }
    return 0;
}

static uint64_t round_up(uint64_t bytes)
{
    return (bytes + PAGE - 1) / PAGE * PAGE;
}

/* Lays the regions out one after the other, each divided by `divisor`. What is not recorded
 * takes no space. */
static uint64_t lay_out(struct recording_header *header, const struct recording_room *room,
                        unsigned divisor)
{
    uint64_t offset = PAGE;
    for (int kind = 0; kind < RECORDING_REGION_COUNT; kind++) {
        uint64_t bytes = wanted_items((enum recording_region_kind)kind, room) *
                         recording_item_size[kind] / divisor;
        if (bytes < SMALLEST_CAPACITY &&
            wanted_items((enum recording_region_kind)kind, room) > 0)
            bytes = SMALLEST_CAPACITY;
        header->regions[kind].offset = offset;
        header->regions[kind].capacity = round_up(bytes);
        header->regions[kind].committed = 0;
        offset += header->regions[kind].capacity;
    }
    return offset;
}

/* What the process's limits leave us: a file as large as may be, a quarter of the address
 * space. Asking first spares the program a SIGXFSZ. */
static uint64_t size_limit(void)
{
    uint64_t limit = UINT64_MAX;
    struct rlimit resource;
    if (getrlimit(RLIMIT_FSIZE, &resource) == 0 && resource.rlim_cur != RLIM_INFINITY)
        limit = resource.rlim_cur;
    if (getrlimit(RLIMIT_AS, &resource) == 0 && resource.rlim_cur != RLIM_INFINITY &&
        resource.rlim_cur / 4 < limit)
        limit = resource.rlim_cur / 4;
    return limit;
}

/* Maps the largest layout that file system and address space allow. */
static struct recording_header *map_largest(int file, const struct recording_room *room,
                                            struct recording_header *layout)
{
    uint64_t limit = size_limit();
    for (unsigned divisor = 1; divisor <= LARGEST_DIVISOR; divisor *= 2) {
        uint64_t size = lay_out(layout, room, divisor);
        layout->file_size = size;
        if (size > limit) {
            errno = EFBIG;
            continue;
        }
        if (ftruncate(file, (off_t)size) != 0) {
            if (errno == EFBIG || errno == EINVAL)
                continue;
            return NULL;
        }
        void *base =
            mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, file, 0);
        if (base != MAP_FAILED) {
            madvise(base, size, MADV_RANDOM); /* see commit() */
            return base;
        }
    }
    return NULL;
}

/* Reserves disk space for part of the mapping. The kernel reads ahead around each page that is
 * touched first, megabytes of it on some disks: that makes large steps twice as fast, and costs
 * milliseconds for the first small ones, which are part of every run's start. */
static int commit(const struct recording_map *map, uint64_t offset, uint64_t size)
{
    char *start = (char *)map->header + offset;
    if (size >= LARGEST_STEP)
        madvise(start, size, MADV_NORMAL);
    if (madvise(start, size, MADV_POPULATE_WRITE) == 0)
        return 0;
    if (errno != EINVAL)
        return errno == EFAULT ? ENOSPC : errno; /* EFAULT: a write would raise SIGBUS */
    int file = open(map->path, O_RDWR | O_CLOEXEC);
    if (file < 0)
        return errno;
    int result = posix_fallocate(file, (off_t)offset, (off_t)size);
    close(file);
    return result;
}

static enum pyperf_status create_file(struct recording_map *map, const char *path,
                                      const struct recording_room *room,
                                      struct pyperf_error *error)
{
    int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        return pyperf_error_set_errno(error, errno, "cannot create the recording %s", path);
    struct recording_header layout = {.version = RECORDING_VERSION,
                                      .header_size = sizeof layout,
                                      .max_nodes = room->max_nodes};
    map->header = map_largest(file, room, &layout);
    int failure = errno;
    close(file);
    if (!map->header)
        return pyperf_error_set_errno(error, failure,
                                      "cannot map the recording %s (is `ulimit -f` or "
                                      "`ulimit -v` very low?)",
                                      path);
    map->size = layout.file_size;
    failure = commit(map, 0, PAGE);
    if (failure) {
        munmap(map->header, map->size);
        map->header = NULL;
        return pyperf_error_set_errno(
            error, failure, "cannot record to %s (TMPDIR can name another place)", path);
    }
    *map->header = layout;
    /* Last: who reads it may trust the rest, even if we are killed here. */
    __atomic_signal_fence(__ATOMIC_ACQ_REL);
    memcpy(map->header->magic, RECORDING_MAGIC, sizeof map->header->magic);
    return PYPERF_OK;
}

enum pyperf_status recording_map_create(struct recording_map *map, const char *path,
                                        const struct recording_room *room,
                                        struct pyperf_error *error)
{
    map->header = NULL;
    map->path = strdup(path);
    if (!map->path)
        return pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory for a recording");
    enum pyperf_status status = create_file(map, path, room, error);
    if (status != PYPERF_OK)
        free(map->path);
    return status;
}

void recording_map_release(struct recording_map *map)
{
    if (!map->header)
        return;
    munmap(map->header, map->size);
    free(map->path);
    map->header = NULL;
    map->path = NULL;
}

bool recording_map_reserve(struct recording_map *map, enum recording_region_kind kind,
                           uint64_t items)
{
    struct recording_header *header = map->header;
    struct recording_region *region = &header->regions[kind];
    uint64_t needed = items * recording_item_size[kind];
    if (needed <= region->committed)
        return true;
    if (needed > region->capacity) {
        if (!header->error)
            header->error = EFBIG;
        return false;
    }
    if (header->error && header->error != EFBIG)
        return false; /* a full disk is not asked again at every call */
    uint64_t step = region->committed < FIRST_STEP ? FIRST_STEP : region->committed;
    if (step > LARGEST_STEP)
        step = LARGEST_STEP;
    uint64_t target = round_up(needed);
    if (target < region->committed + step)
        target = region->committed + step;
    if (target > region->capacity)
        target = region->capacity;
    int failure = commit(map, region->offset + region->committed, target - region->committed);
    if (failure) {
        header->error = failure;
        return false;
    }
    region->committed = target;
    header->last = clock_pair_read((enum clock_kind)header->clock);
    return true;
}
