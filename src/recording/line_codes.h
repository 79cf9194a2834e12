/* The code objects whose lines are recorded, as the recorded process keeps them: which lines
 * each has, and where these lie in its blocks of the recording's table.
 *
 * Code objects with the same label and the same lines share one entry: a function that is
 * compiled again, or one that lives in a loop, does not make the table grow. Entries live as
 * long as the process; the caller serialises all of this (the GIL does).
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_RECORDING_LINE_CODES_H
#define PYPERF_RECORDING_LINE_CODES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "recording/key_map.h"
#include "recording/writer.h"

struct line_code {
    uint32_t first;    /* its lowest line */
    uint32_t span;     /* lines from there to its highest, both included */
    uint32_t *places;  /* by line, from the lowest: where in a block, from 1; 0: no such line */
    uint32_t id;       /* counts entries from 0 */
    uint32_t function; /* in the recording */
    uint32_t main_block; /* index of its block for the main thread */
    uint32_t *numbers;   /* its lines, ascending */
    uint32_t count;      /* of them */
    struct line_code *next_of_function;
    bool decorated; /* the program asked for it */
};

struct line_codes {
    struct line_code **items;
    size_t capacity;
    uint32_t count;
    struct key_map newest; /* function + 1 → index of its newest entry */
};

bool line_codes_init(struct line_codes *codes);
void line_codes_release(struct line_codes *codes);

enum { LINE_CODES_LONGEST_SPAN = 1 << 20 /* lines; code with more is none that was written */ };

/* The entry for a function with these lines (ascending, at least one), whose block is in the
 * recording with no hits from then on. NULL: no room, or they span too many. */
struct line_code *line_codes_add(struct line_codes *codes, struct recording_writer *writer,
                                 uint32_t function, const uint32_t *numbers, uint32_t count);

/* A new block of the recording for the lines of that code in a thread: the index of the line
 * that stands for the function, which the others follow; RECORDING_NONE: no room. */
uint32_t line_codes_add_block(struct recording_writer *writer, const struct line_code *code,
                              uint32_t thread);

/* Notes that the program asked for it. */
void line_codes_decorate(struct recording_writer *writer, struct line_code *code);

/* In a forked child: puts all entries from one recording into another, of which they are part
 * from then on. Entries for which there is no room record nothing any more. */
void line_codes_move(struct line_codes *codes, struct recording_writer *to,
                     const struct recording_writer *from);

#endif
