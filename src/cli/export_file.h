/* Writing a profile to a file, in any format of the table.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_EXPORT_FILE_H
#define PYPERF_CLI_EXPORT_FILE_H

#include <stdbool.h>

#include <pyperf/formats.h>

/* Is it the page for browsers? */
bool is_page_format(const struct pyperf_format *format);

/* As pyperf_format_write; adds who writes it and, to pages, source text. */
enum pyperf_status export_file_write(const struct pyperf_format *format,
                                     const struct pyperf_export *content, const char *path,
                                     struct pyperf_error *error);

#endif
