/* SPDX-License-Identifier: MIT */
#include "recording/recording_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "recording/process.h"

static bool read_fully(int file, void *to, size_t size, uint64_t offset)
{
    char *bytes = to;
    while (size > 0) {
        ssize_t got = pread(file, bytes, size, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        bytes += got;
        size -= (size_t)got;
        offset += (uint64_t)got;
    }
    return true;
}

static bool terminated(const char *text, size_t size)
{
    return memchr(text, '\0', size) != NULL;
}

/* The process makes the file, gives it its size, then its header, and fills the tables that the
 * header speaks of. It can be killed in between. */
static bool is_begun(const struct recording_header *header)
{
    static const char no_magic[sizeof header->magic];
    bool unmade = memcmp(header->magic, no_magic, sizeof no_magic) == 0 ||
                  header->counts[RECORDING_STRINGS] == 0;
    return header->run_started != 0 || !unmade;
}

static enum pyperf_status check_header(const struct recording_header *header, uint64_t size,
                                       const char *path, struct pyperf_error *error)
{
    if (memcmp(header->magic, RECORDING_MAGIC, sizeof header->magic) != 0)
        return pyperf_error_set(error, PYPERF_BAD_DATA, "%s is not a recording of pyperf's",
                                path);
    if (header->version != RECORDING_VERSION || header->header_size != sizeof *header)
        return pyperf_error_set(error, PYPERF_UNSUPPORTED,
                                "%s was recorded by another version of pyperf", path);
    if (!terminated(header->boot_id, sizeof header->boot_id) ||
        !terminated(header->engine, sizeof header->engine) ||
        !terminated(header->python_version, sizeof header->python_version) ||
        !terminated(header->command_line, sizeof header->command_line) ||
        header->clock > CLOCK_KIND_COUNTER ||
        (header->event_clock != header->clock && header->event_clock != CLOCK_KIND_CPU) ||
        header->counts[RECORDING_STRINGS] == 0 ||
        header->displaced_where >= header->counts[RECORDING_STRINGS])
        return pyperf_error_set(error, PYPERF_BAD_DATA, "%s: the header is damaged", path);
    for (int kind = 0; kind < RECORDING_REGION_COUNT; kind++) {
        const struct recording_region *region = &header->regions[kind];
        uint64_t used = (uint64_t)header->counts[kind] * recording_item_size[kind];
        if (region->offset > size || used > size - region->offset)
            return pyperf_error_set(error, PYPERF_BAD_DATA,
                                    "%s is cut off: region %d ends beyond byte %llu", path,
                                    kind, (unsigned long long)size);
    }
    return PYPERF_OK;
}

/* Reads a region's items, and a zero byte behind them. NULL: see errno. */
static void *read_region(int file, const struct recording_header *header,
                         enum recording_region_kind kind)
{
    size_t size = (size_t)header->counts[kind] * recording_item_size[kind];
    char *items = malloc(size + 1);
    if (!items)
        return NULL;
    items[size] = '\0';
    if (read_fully(file, items, size, header->regions[kind].offset))
        return items;
    free(items);
    return NULL;
}

/* The longest baseline there is: until now, if this is still the same boot; else until the
 * last moment that the recorded process noted. */
static double measure_clock(const struct recording_header *header)
{
    char boot_id[PROCESS_BOOT_ID_SIZE];
    enum clock_kind kind = (enum clock_kind)header->clock;
    struct clock_pair until = header->last;
    process_boot_id(boot_id);
    if (strcmp(boot_id, header->boot_id) == 0) {
        const struct timespec two_milliseconds = {0, 2000000};
        if (clock_monotonic() - header->start.monotonic < 2000000)
            nanosleep(&two_milliseconds, NULL);
        until = clock_pair_read(kind);
    }
    return clock_nanoseconds_per_tick(kind, header->start, until);
}

/* A process that became another program (exec) has its number and start still; where the exec
 * failed, the next event says so. */
static bool is_running(const struct recording_header *header)
{
    return header->process_start != 0 && header->exec_started == 0 &&
           process_start_time(header->pid) == header->process_start;
}

static enum pyperf_status read_contents(struct recording_file *file, int descriptor,
                                        const char *path, struct pyperf_error *error)
{
    struct stat facts;
    struct recording_header *header = &file->header;
    if (fstat(descriptor, &facts) != 0)
        return pyperf_error_set_errno(error, errno, "cannot read %s", path);
    if (facts.st_size == 0)
        return PYPERF_OK;
    if ((uint64_t)facts.st_size < sizeof *header ||
        !read_fully(descriptor, header, sizeof *header, 0))
        return pyperf_error_set(error, PYPERF_BAD_DATA, "%s is too short for a recording",
                                path);
    if (!is_begun(header))
        return PYPERF_OK;
    file->begun = true;
    enum pyperf_status status = check_header(header, (uint64_t)facts.st_size, path, error);
    if (status != PYPERF_OK)
        return status;
    file->running = is_running(header);
    file->nodes = read_region(descriptor, header, RECORDING_NODES);
    file->functions = read_region(descriptor, header, RECORDING_FUNCTIONS);
    file->strings = read_region(descriptor, header, RECORDING_STRINGS);
    file->threads = read_region(descriptor, header, RECORDING_THREADS);
    file->frames = read_region(descriptor, header, RECORDING_STACKS);
    file->lines = read_region(descriptor, header, RECORDING_LINES);
    file->line_frames = read_region(descriptor, header, RECORDING_LINE_STACKS);
    file->sources = read_region(descriptor, header, RECORDING_SOURCES);
    if (!file->nodes || !file->functions || !file->strings || !file->threads || !file->frames ||
        !file->lines || !file->line_frames || !file->sources)
        return pyperf_error_set_errno(error, errno ? errno : EIO, "cannot read %s", path);
    file->nanoseconds_per_tick = measure_clock(header);
    if (file->nanoseconds_per_tick <= 0)
        return pyperf_error_set(error, PYPERF_BAD_DATA,
                                "%s: too little was recorded to tell its clock's rate", path);
    return PYPERF_OK;
}

enum pyperf_status recording_file_read(struct recording_file *file, const char *path,
                                       struct pyperf_error *error)
{
    memset(file, 0, sizeof *file);
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0 && errno == ENOENT)
        return PYPERF_OK;
    if (descriptor < 0)
        return pyperf_error_set_errno(error, errno, "cannot read the recording %s", path);
    enum pyperf_status status = read_contents(file, descriptor, path, error);
    close(descriptor);
    if (status != PYPERF_OK)
        recording_file_release(file);
    return status;
}

void recording_file_release(struct recording_file *file)
{
    free(file->nodes);
    free(file->functions);
    free(file->strings);
    free(file->threads);
    free(file->frames);
    free(file->lines);
    free(file->line_frames);
    free(file->sources);
}

struct recording_glance recording_file_glance(const char *path)
{
    struct recording_glance glance = {0};
    struct recording_header header;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0)
        return glance;
    if (read_fully(descriptor, &header, sizeof header, 0) &&
        memcmp(header.magic, RECORDING_MAGIC, sizeof header.magic) == 0) {
        /* Another version of pyperf may have put other things there. */
        bool ours = header.version == RECORDING_VERSION && header.header_size == sizeof header;
        glance.started = !ours || header.run_started != 0;
        glance.running_pid = ours && is_running(&header) ? header.pid : 0;
    }
    close(descriptor);
    return glance;
}
