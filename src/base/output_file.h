/* A file that is either written in full or not at all.
 *
 * A new or an ordinary file is written under a temporary name in the same directory, which
 * takes the file's name at the end; so a full disk or a killed process never leaves half a file
 * under a name that somebody trusts. What must not be replaced is written in place: devices,
 * FIFOs, symbolic links, files with several names, files of other users, files in a directory
 * that we may not write to, and standard output.
 *
 * Writing to a FIFO whose reader has left, or beyond RLIMIT_FSIZE, raises a signal; callers
 * that want the error instead ignore SIGPIPE and SIGXFSZ.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_BASE_OUTPUT_FILE_H
#define PYPERF_BASE_OUTPUT_FILE_H

#include <stddef.h>

#include <pyperf/error.h>

struct output_file {
    int descriptor;       /* -1 when closed */
    int error_number;     /* errno of the first write that failed, or 0 */
    char *path;           /* as the caller named it */
    char *temporary_path; /* NULL: written in place */
    unsigned char *buffer;
    size_t buffered;
};

/* Says, before hours of work depend on it, whether `path` can be opened for writing: the
 * directory is there and may be written to, the path is not itself a directory. Creates nothing
 * and never waits for a FIFO's reader. */
enum pyperf_status output_file_check(const char *path, struct pyperf_error *error);

/* On success either commit or abandon must follow; on failure there is nothing to release. */
enum pyperf_status output_file_open(struct output_file *file, const char *path,
                                    struct pyperf_error *error);

/* The same for standard output, which is written to where it stands, and stays open. */
enum pyperf_status output_file_open_standard(struct output_file *file,
                                             struct pyperf_error *error);

/* Adds bytes. The first failure is remembered, and reported by output_file_commit. */
void output_file_write(struct output_file *file, const void *bytes, size_t size);
void output_file_add(struct output_file *file, const char *text);
void output_file_printf(struct output_file *file, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Brings everything to disk under the file's name and releases `file`. When that fails, what
 * stood under the name before is untouched (except where it is written in place). */
enum pyperf_status output_file_commit(struct output_file *file, struct pyperf_error *error);

/* Gives up: removes what was written under a temporary name, and releases `file`. */
void output_file_abandon(struct output_file *file);

#endif
