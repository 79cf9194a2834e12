/* The reader of pickled profiles of lines, and what is printed of what it takes.
 *
 * SPDX-License-Identifier: MIT */
#include <stdint.h>

#include <pyperf/formats.h>
#include <pyperf/reports.h>

#include "base/text_buffer.h"
#include "formats/lprof.h"
#include "scarce_memory.h"

enum { SMALL = 4096 /* bytes */ };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void feed(const uint8_t *data, size_t size)
{
    static const struct pyperf_lines_options options = {.thread = PYPERF_NO_INDEX,
                                                        .escape_controls = true};
    struct pyperf_import import = {.profile = NULL};
    struct pyperf_error error;
    struct text_buffer text = {0};
    format_lprof.recognises(data, size);
    if (lprof_read(data, size, &import, &error) == PYPERF_OK && size <= SMALL)
        pyperf_report_lines(import.profile, &options, &text, &error);
    text_buffer_release(&text);
    pyperf_import_release(&import);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    scarce_memory_begin(data, size);
    feed(data, size);
    scarce_memory_end();
    return 0;
}
