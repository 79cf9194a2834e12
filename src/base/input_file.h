/* A whole file in memory, for readers of untrusted data.
 *
 * Regular files are mapped, privately; pipes, devices and standard input are read to their end.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_BASE_INPUT_FILE_H
#define PYPERF_BASE_INPUT_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include <pyperf/error.h>

struct input_file {
    const unsigned char *bytes;
    size_t size;       /* bytes */
    const char *shown; /* what messages call it: the path as it was given, "standard input" */
    bool mapped;
};

/* `path`: "-" is standard input. On success release the file; its path must live as long. */
enum pyperf_status input_file_read(struct input_file *file, const char *path,
                                   struct pyperf_error *error);
void input_file_release(struct input_file *file);

#endif
