/* The part of reader.c that is about what lines called.
 *
 * Where that is recorded, a function's callees hang below nodes of its lines (layout.h). These
 * are taken out of the tree here: their callees become the function's, and what is known of the
 * lines becomes a table.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_RECORDING_READER_CALLS_H
#define PYPERF_RECORDING_READER_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "recording/recording_file.h"

/* What a line called, in one thread. */
struct reader_line_call {
    uint32_t function; /* the line's, and */
    uint32_t thread;
    uint32_t number;    /* the line */
    uint32_t callee;    /* function */
    uint64_t calls;     /* starts and resumptions */
    uint64_t inclusive; /* ticks; nested activations of the line counted once */
    uint64_t gross;     /* ticks, all of them */
};

struct reader_calls {
    struct reader_line_call *items; /* by function, thread, line and callee; each once */
    size_t count, capacity;
};

/* Does that where it is needed; frames that are open end at the moment `ended`, in ticks, as
 * far as lines are concerned. The file's nodes have been checked. False: no memory. Free the
 * calls with reader_calls_release in any case. */
bool reader_take_out_lines(struct recording_file *file, uint64_t ended,
                           struct reader_calls *calls);
void reader_calls_release(struct reader_calls *calls);

#endif
