/* What the lines of chosen functions did: a table beside the calling-context tree.
 *
 * A line belongs to a function (its code object) and a thread. Lines that carry code and were
 * never reached are there too, with no hits. Source text is that of the moment when the code
 * was first seen.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_LINES_H
#define PYPERF_LINES_H

#include <stdbool.h>
#include <stdint.h>

struct pyperf_line {
    uint32_t function;   /* index into the profile's functions */
    uint32_t thread;     /* index into the profile's threads */
    uint32_t number;     /* in the function's file; the first is 1 */
    uint32_t first_call; /* what it called: an index into the table of calls, */
    uint32_t call_count; /* which has so many of it; 0 where calls were not recorded */
    uint64_t hits;       /* times it was begun */
    /* Ticks from its beginning to that of the next line or the function's end. Callees are
     * included, nested activations of the same line counted once, time while a generator or
     * coroutine is suspended left out. */
    uint64_t inclusive;
    uint64_t callees; /* ticks of these that were spent in functions it called */
};

struct pyperf_line_call {
    uint32_t callee; /* index into the profile's functions */
    uint64_t calls;
    uint64_t inclusive; /* ticks */
};

struct pyperf_source {
    uint32_t file; /* string: as in the functions */
    uint32_t text; /* string: the whole file, UTF-8, lines end with \n */
    bool changed;  /* the file was another one at the end of the run */
};

/* Plain arrays, owned by it. Lines are sorted by function, thread and number. */
struct pyperf_lines {
    struct pyperf_line *lines;
    uint32_t line_count;
    struct pyperf_line_call *calls;
    uint32_t call_count;
    struct pyperf_source *sources;
    uint32_t source_count;
};

#endif
