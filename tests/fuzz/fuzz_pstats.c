/* The reader of marshalled profiles, and what is made of what it takes: tables of small files
 * alone, so that there is time for many inputs.
 *
 * SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

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

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void require_same_row(const struct pyperf_summary_row *a,
                             const struct pyperf_summary_row *b)
{
    require(strcmp(a->label.file, b->label.file) == 0 && a->label.line == b->label.line &&
            strcmp(a->label.name, b->label.name) == 0);
    require(a->calls == b->calls && a->primitive_calls == b->primitive_calls &&
            a->self == b->self && a->cumulative == b->cumulative);
}

/* Rows are the same whether their callers are read or not; those that are named as callers
 * alone stand behind them. */
static void compare_without_callers(const uint8_t *data, size_t size,
                                    const struct pyperf_summary *whole)
{
    struct pyperf_import import = {.without_callers = true};
    struct pyperf_error error;
    if (pstats_read(data, size, &import, &error) == PYPERF_OK) {
        const struct pyperf_summary *rows = import.summary;
        require(
            rows->row_count == whole->row_count ||
            (rows->row_count < whole->row_count && whole->rows[rows->row_count].only_caller));
        for (uint32_t i = 0; i < rows->row_count; i++)
            require_same_row(&rows->rows[i], &whole->rows[i]);
    } else {
        require(error.status == PYPERF_NO_MEMORY);
    }
    pyperf_import_release(&import);
}

static void feed(const uint8_t *data, size_t size)
{
    struct pyperf_import import = {0}, again = {0};
    struct pyperf_error error;
    pstats_recognises(data, size);
    bool good = pstats_read(data, size, &import, &error) == PYPERF_OK;
    if (good)
        compare_without_callers(data, size, import.summary);
    if (good && size <= SMALL && pstats_read(data, size, &again, &error) == PYPERF_OK) {
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
