/* The reader of recordings, and what is made of what it takes.
 *
 * It reads a file, so there is one, of which only the bytes that change from input to input are
 * written.
 *
 * SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <pyperf/compensation.h>
#include <pyperf/summary.h>

#include "base/hash_index.h"
#include "recording/layout.h"
#include "recording/process.h"
#include "recording/reader.h"
#include "recording/recording_file.h"
#include "scarce_memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct {
    char path[64]; /* in memory, where that can be: discs take most of the time */
    int descriptor;
    uint8_t *bytes; /* what is in it */
    size_t size;
} file = {.path = "/dev/shm/pyperf-fuzz-XXXXXX", .descriptor = -1};

static void remove_file(void)
{
    unlink(file.path);
    free(file.bytes);
}

static void require(int done)
{
    if (!done)
        abort();
}

static void write_file(const uint8_t *data, size_t size)
{
    if (file.descriptor < 0) {
        file.descriptor = mkstemp(file.path);
        if (file.descriptor < 0) {
            strcpy(file.path, "/tmp/pyperf-fuzz-XXXXXX");
            file.descriptor = mkstemp(file.path);
        }
        require(file.descriptor >= 0);
        atexit(remove_file);
    }
    size_t common = size < file.size ? size : file.size, first = 0, end = size;
    while (first < common && data[first] == file.bytes[first])
        first++;
    while (size == file.size && end > first && data[end - 1] == file.bytes[end - 1])
        end--;
    require(ftruncate(file.descriptor, (off_t)size) == 0);
    require(pwrite(file.descriptor, data + first, end - first, (off_t)first) ==
            (ssize_t)(end - first));
    file.bytes = realloc(file.bytes, size + 1);
    require(file.bytes != NULL);
    memcpy(file.bytes, data, size);
    file.size = size;
}

/* A recording that goes on: for some inputs this process stands for the recorded one. */
static void make_running(uint8_t *bytes, size_t size)
{
    enum { ONE_IN = 8 };
    struct recording_header header;
    if (size < sizeof header || hash_mix(hash_bytes((const char *)bytes, size)) % ONE_IN != 1)
        return;
    memcpy(&header, bytes, sizeof header);
    header.pid = getpid();
    header.process_start = process_start_time(header.pid);
    header.exec_started = 0;
    process_boot_id(header.boot_id);
    memcpy(bytes, &header, sizeof header);
}

static void write_input(const uint8_t *data, size_t size)
{
    uint8_t *input = malloc(size + 1);
    require(input != NULL);
    memcpy(input, data, size);
    make_running(input, size);
    write_file(input, size);
    free(input);
}

static void read_back(const char *path)
{
    static const struct session_facts facts = {.program = "x.py", .interpreter = "/python"};
    struct pyperf_profile *profile;
    struct pyperf_summary *summary;
    recording_file_glance(path);
    if (recording_read(path, &facts, 0, &profile, NULL) != PYPERF_OK)
        return;
    pyperf_profile_compensate(profile, NULL);
    if (pyperf_summary_create(profile, &summary, NULL) == PYPERF_OK)
        pyperf_summary_free(summary);
    pyperf_profile_free(profile);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    write_input(data, size);
    scarce_memory_begin(data, size);
    read_back(size > 0 ? file.path : "/dev/shm/pyperf-is-not-there");
    scarce_memory_end();
    return 0;
}
