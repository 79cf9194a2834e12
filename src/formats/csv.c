/* SPDX-License-Identifier: MIT */
#include "formats/csv.h"

#include "formats/csv_rows.h"

static void sink(void *context, const char *bytes, size_t size)
{
    output_file_write(context, bytes, size);
}

static enum pyperf_status write_csv(const struct pyperf_export *content,
                                    struct output_file *file, struct pyperf_error *error)
{
    if (!content->summary)
        return pyperf_error_set(error, PYPERF_UNSUPPORTED,
                                "a table holds the times of functions, and there are none");
    const struct csv_rows rows = {.profile = content->profile, .summary = content->summary};
    return csv_rows_write(&rows, sink, file, error);
}

static const char *const suffixes[] = {".csv", NULL};

const struct pyperf_format format_csv = {
    .name = "csv",
    .suffixes = suffixes,
    .write = write_csv,
};
