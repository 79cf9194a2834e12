/* What the lines of chosen functions did: a table beside the calling-context tree.
 *
 * A line belongs to a function (its code object) and a thread. Lines that carry code and were
 * never reached are there too, with no hits; where a function ran in no thread at all, they are
 * the main thread's. Source text is that of the moment when the code was first seen, where it
 * was recorded.
 *
 * A line's time is the time from its beginning to that of the next line or the function's end,
 * without the time in which a generator or coroutine was suspended. Of nested activations of
 * one line the outermost alone counts towards the inclusive time, so that no line has more than
 * its function. Its own time counts in each of them:
 *
 *     own = inclusive − callees
 *
 * and the own times of a function's lines add up to what it spent itself. Callees are the
 * chosen functions that ran meanwhile, called directly or not; where calls were recorded
 * (`calls_recorded`), all that it called, functions implemented in C included.
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
    uint64_t inclusive;  /* ticks, callees included */
    uint64_t callees;    /* ticks of these in which a function that it called was running */
    uint64_t entries;    /* how often a chosen function began, or went on, that it called */
    uint64_t overhead;   /* inclusive ticks that recording lines took; 0 once it is taken off */
};

struct pyperf_line_call {
    uint32_t callee; /* index into the profile's functions */
    uint64_t calls;
    uint64_t inclusive; /* ticks; nested activations of the line counted once */
};

/* A function as the sum of its lines, in one thread. */
struct pyperf_line_function {
    uint32_t function;   /* index into the profile's functions */
    uint32_t thread;     /* index into the profile's threads */
    uint32_t first_line; /* its lines: an index into the table of lines, */
    uint32_t line_count; /* and how many they are */
    uint64_t calls; /* activations begun; a resumed generator's or coroutine's is the same */
    uint64_t inclusive; /* ticks from its first line's beginning to its end, recursion counted
                         * once: what a line's time is a share of */
    uint64_t overhead;  /* as in lines */
    bool decorated;     /* the program asked for it (`@profile`) */
};

struct pyperf_source {
    uint32_t file;   /* string: as in the functions */
    uint32_t text;   /* string: the whole file, UTF-8, lines end with \n */
    bool changed;    /* the file was another one at the end of the run */
    bool read_later; /* nobody recorded it: it is what a file of that name holds now */
};

/* Plain arrays, owned by it. Lines are sorted by function, thread and number, functions by
 * function and thread. */
struct pyperf_lines {
    struct pyperf_line_function *functions;
    uint32_t function_count;
    struct pyperf_line *lines;
    uint32_t line_count;
    struct pyperf_line_call *calls;
    uint32_t call_count;
    struct pyperf_source *sources;
    uint32_t source_count;
    bool calls_recorded;
    uint64_t lost; /* lines begun that found no room in the recording */
};

#endif
