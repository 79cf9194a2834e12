/* The reader of marshalled profiles, and what is made of what it takes: tables of small files
 * alone, so that there is time for many inputs.
 *
 * SPDX-License-Identifier: MIT */
#include <stdint.h>

#include <pyperf/formats.h>
#include <pyperf/reports.h>
#include <pyperf/summary.h>

#include "base/text_buffer.h"
#include "formats/pstats_read.h"
#include "scarce_memory.h"

enum { SMALL = 2048 /* bytes */ };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void report(const struct pyperf_summary *summary)
{
    const struct pyperf_table_options options = {
        .sort = {.keys = {PYPERF_SORT_CUMULATIVE, PYPERF_SORT_NAME_FILE_LINE}, .count = 2},
        .escape_controls = true,
    };
    struct text_buffer text = {0};
    pyperf_report_stats(summary, &options, &text, NULL);
    pyperf_report_callers(summary, &options, &text, NULL);
    pyperf_report_callees(summary, &options, &text, NULL);
    text_buffer_release(&text);
}

static void feed(const uint8_t *data, size_t size)
{
    struct pyperf_import import = {0}, again = {0};
    struct pyperf_error error;
    pstats_recognises(data, size);
    if (pstats_read(data, size, &import, &error) == PYPERF_OK && size <= SMALL &&
        pstats_read(data, size, &again, &error) == PYPERF_OK) {
        pyperf_summary_add(import.summary, again.summary, &error);
        report(import.summary);
        pyperf_summary_strip_directories(import.summary, &error);
        report(import.summary);
    }
    pyperf_import_release(&import);
    pyperf_import_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    scarce_memory_begin(data, size);
    feed(data, size);
    scarce_memory_end();
    return 0;
}
