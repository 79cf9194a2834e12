/* The bytes of a recording, read into private memory, each count checked against the file.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_RECORDING_RECORDING_FILE_H
#define PYPERF_RECORDING_RECORDING_FILE_H

#include <stdbool.h>

#include <pyperf/error.h>

#include "recording/layout.h"

struct recording_file {
    struct recording_header header;
    struct recording_node *nodes;
    struct recording_function *functions;
    char *strings; /* ends in NUL */
    struct recording_thread *threads;
    struct recording_frame *frames;
    struct recording_line *lines;
    struct recording_line_frame *line_frames;
    struct recording_source *sources;
    double nanoseconds_per_tick;
    bool running; /* the process that writes it was alive */
    bool begun;   /* false: that process was killed before it could record anything; then there
                     is nothing but this flag */
};

/* Indices inside the items are not checked here. Free with recording_file_release. */
enum pyperf_status recording_file_read(struct recording_file *file, const char *path,
                                       struct pyperf_error *error);
void recording_file_release(struct recording_file *file);

/* What can be told without reading it all. */
struct recording_glance {
    bool started;        /* Python came to run the program */
    int64_t running_pid; /* the process that writes it; 0: it has ended */
};

/* Zeros where there is no recording. */
struct recording_glance recording_file_glance(const char *path);

#endif
