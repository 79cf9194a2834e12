/* Putting tables of lines together.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_MODEL_LINES_H
#define PYPERF_MODEL_LINES_H

#include <stdbool.h>
#include <stdint.h>

#include <pyperf/lines.h>

/* NULL is ignored. */
void lines_free(struct pyperf_lines *lines);

/* Puts functions and lines in order, adds up those that are the same, and gives each function
 * its lines. Lines without a function, functions without lines, and functions that never ran in
 * one thread but did in another, are dropped. */
void lines_arrange(struct pyperf_lines *lines);

struct pyperf_profile;

/* How the items of one profile are called in another. */
struct lines_mapping {
    const uint32_t *functions; /* by its own index */
    uint32_t first_thread;
    uint32_t first_string;
    double scale; /* ticks of the other in one of its own */
};

/* Makes room for the lines of one profile behind those of another. False: no memory; nothing
 * has changed. */
bool lines_make_room(struct pyperf_profile *to, const struct pyperf_profile *from);

/* Puts them there: the strings and functions are there already. */
void lines_append(struct pyperf_profile *to, const struct pyperf_profile *from,
                  const struct lines_mapping *mapping);

#endif
