/* The reader of our own files, and what is made of what it takes.
 *
 * Checksums would keep nearly everything out, so each input is read a second time with those
 * that it should have: a reader must survive what somebody made on purpose.
 *
 * SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <pyperf/compensation.h>
#include <pyperf/merge.h>
#include <pyperf/reports.h>
#include <pyperf/summary.h>

#include "../support/file_maker.h"
#include "base/text_buffer.h"
#include "formats/pyperf_file.h"
#include "scarce_memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SMALL = 4096 /* bytes; what has more lines takes long to print */ };

static void print_lines(const struct pyperf_profile *profile)
{
    static const struct pyperf_lines_options options = {
        .thread = PYPERF_NO_INDEX, .calls = true, .escape_controls = true};
    struct text_buffer text = {0};
    pyperf_report_lines(profile, &options, &text, NULL);
    text_buffer_release(&text);
}

static void use(struct pyperf_import *import, size_t size)
{
    struct pyperf_summary *summary;
    struct pyperf_merge *merge = pyperf_merge_create();
    pyperf_profile_compensate(import->profile, NULL);
    if (pyperf_summary_create(import->profile, &summary, NULL) == PYPERF_OK)
        pyperf_summary_free(summary);
    if (import->profile->lines && size <= SMALL)
        print_lines(import->profile);
    if (merge && pyperf_merge_add(merge, import->profile, NULL) == PYPERF_OK &&
        pyperf_merge_add(merge, import->profile, NULL) == PYPERF_OK)
        pyperf_profile_free(pyperf_merge_take(merge));
    pyperf_merge_free(merge);
}

static void read_bytes(const uint8_t *data, size_t size)
{
    struct pyperf_import import = {0};
    if (!format_pyperf.recognises(data, size))
        return;
    if (format_pyperf.read(data, size, &import, NULL) == PYPERF_OK)
        use(&import, size);
    pyperf_import_release(&import);
}

static void feed(const uint8_t *data, size_t size)
{
    uint8_t *sealed = malloc(size + 1);
    if (!sealed)
        return;
    read_bytes(data, size);
    if (size > 0)
        memcpy(sealed, data, size);
    seal_sections(sealed, size);
    read_bytes(sealed, size);
    free(sealed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    scarce_memory_begin(data, size);
    feed(data, size);
    scarce_memory_end();
    return 0;
}
