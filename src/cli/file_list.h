/* Names of files, from the command line and from a file that lists them.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_FILE_LIST_H
#define PYPERF_CLI_FILE_LIST_H

#include <stddef.h>

#include <pyperf/error.h>

/* A list of zeros is an empty list. */
struct file_list {
    const char **paths;
    size_t count;
    char *text; /* of the listing file, which paths point into */
};

/* The operands (borrowed), then what `listing` (a path, "-": standard input, or NULL) names:
 * each name ends with a NUL where there is any NUL in it, as `find -print0` writes them, else
 * with a newline. Empty names are left out. Release the list in any case. */
enum pyperf_status file_list_make(struct file_list *list, char **operands, size_t count,
                                  const char *listing, struct pyperf_error *error);
void file_list_release(struct file_list *list);

#endif
