/* What functions are called in the files we write: the same in every format.
 *
 * A frame has a qualified name, a file and a line for formats that have room for all three, and
 * a title, "Order.total (orders.py:12)", for those with room for one text. Code objects with
 * the same name, file and line are one frame. All texts are one line of valid UTF-8: control
 * characters are shown as \xNN (base/visible_text.h).
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_FORMATS_FRAMES_H
#define PYPERF_FORMATS_FRAMES_H

#include <stdbool.h>
#include <stdint.h>

#include <pyperf/profile.h>
#include <pyperf/summary.h>

#include "base/string_pool.h"

struct frame {
    const char *name;
    const char *file; /* a path; "": not in a file. Equal files are the same pointer */
    uint32_t line;    /* 0: not in a file */
    /* File names stand for themselves in it, unless two frames would get the same title: then
     * they have their whole paths. */
    const char *title;
    bool shares_name; /* another frame has this name and this file */
};

/* Owned by it. */
struct frame_table {
    struct frame *frames;
    uint32_t count;
    uint32_t *of_function; /* frames, by function; of roots those of threads are to be taken */
    uint32_t *of_thread;   /* frames of the threads' roots: "<program NAME>", "<thread NAME>" */
    struct string_pool strings;
};

/* Of everything in a profile; then frames are found by function and thread. */
enum pyperf_status frame_table_from_profile(struct frame_table *table,
                                            const struct pyperf_profile *profile,
                                            struct pyperf_error *error);

/* Of a summary's rows; frame n is row n's. */
enum pyperf_status frame_table_from_summary(struct frame_table *table,
                                            const struct pyperf_summary *summary,
                                            struct pyperf_error *error);

/* In any case, also after a failure. */
void frame_table_release(struct frame_table *table);

/* The frame of a node in the tree of a thread. */
const struct frame *frame_of_node(const struct frame_table *table,
                                  const struct pyperf_profile *profile, uint32_t thread,
                                  uint32_t node);

/* The process of a thread; NULL where profiles do not say. */
const struct pyperf_process *process_of_thread(const struct pyperf_profile *profile,
                                               uint32_t thread);

#endif
