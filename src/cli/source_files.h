/* Source text of Python, as the interpreter would read it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_SOURCE_FILES_H
#define PYPERF_CLI_SOURCE_FILES_H

#include <stdbool.h>

#include <pyperf/profile.h>

/* The text of a regular file: UTF-8, whatever encoding it declares, with \n at the ends of
 * lines. The caller frees it. NULL: it cannot be read, or has a NUL in it. */
char *source_file_read(const char *path);

/* Adds the texts of the files whose lines the profile has to a profile without any, as far as
 * they can be read. False: no memory. */
bool source_files_add(struct pyperf_profile *profile);

#endif
