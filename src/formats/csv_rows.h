/* The functions of a profile as comma-separated values: docs/formats/csv.md has the columns.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_FORMATS_CSV_ROWS_H
#define PYPERF_FORMATS_CSV_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include <pyperf/profile.h>
#include <pyperf/summary.h>

struct csv_rows {
    const struct pyperf_profile *profile; /* NULL: there is none */
    const struct pyperf_summary *summary; /* with directories */
    const uint32_t *rows;                 /* of the summary: those to list; NULL: all */
    uint32_t row_count;
};

/* Takes line after line. Remembering failures is its own business. */
typedef void csv_sink(void *context, const char *bytes, size_t size);

/* Writes as it goes. PYPERF_NO_MEMORY: the text is not complete. */
enum pyperf_status csv_rows_write(const struct csv_rows *content, csv_sink *sink, void *context,
                                  struct pyperf_error *error);

#endif
