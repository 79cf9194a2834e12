/* Makes a seed of a recording: the same with its regions side by side, without the room that
 * they had to grow.
 *
 * usage: pack_recording RECORDING OUTPUT
 *
 * SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "recording/layout.h"
#include "recording/recording_file.h"

static int pack(struct recording_file *recording, FILE *output)
{
    struct recording_header *header = &recording->header;
    const void *const items[RECORDING_REGION_COUNT] = {
        [RECORDING_NODES] = recording->nodes,
        [RECORDING_FUNCTIONS] = recording->functions,
        [RECORDING_STRINGS] = recording->strings,
        [RECORDING_THREADS] = recording->threads,
        [RECORDING_STACKS] = recording->frames,
        [RECORDING_LINES] = recording->lines,
        [RECORDING_LINE_STACKS] = recording->line_frames,
        [RECORDING_SOURCES] = recording->sources,
    };
    uint64_t offset = sizeof *header;
    for (int kind = 0; kind < RECORDING_REGION_COUNT; kind++) {
        struct recording_region *region = &header->regions[kind];
        region->offset = offset;
        region->capacity = (uint64_t)header->counts[kind] * recording_item_size[kind];
        region->committed = region->capacity;
        offset += region->capacity;
    }
    header->file_size = offset;
    fwrite(header, sizeof *header, 1, output);
    for (int kind = 0; kind < RECORDING_REGION_COUNT; kind++)
        fwrite(items[kind], 1, header->regions[kind].capacity, output);
    return fclose(output) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct recording_file recording;
    struct pyperf_error error;
    if (argc != 3)
        return 2;
    if (recording_file_read(&recording, argv[1], &error) != PYPERF_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    FILE *output = recording.begun ? fopen(argv[2], "wb") : NULL;
    int status = output ? pack(&recording, output) : 1;
    recording_file_release(&recording);
    return status;
}
