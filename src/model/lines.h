/* Putting tables of lines together.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_MODEL_LINES_H
#define PYPERF_MODEL_LINES_H

#include <stdbool.h>
#include <stdint.h>

#include <pyperf/lines.h>

#include "model/profile_growth.h"

/* NULL is ignored. */
void lines_free(struct pyperf_lines *lines);

/* Puts functions and lines in order, adds up those that are the same, and gives each function
 * its lines. Lines without a function, functions without lines, and functions that never ran in
 * one thread but did in another, are dropped. No two lines may share calls. False: no memory. */
bool lines_arrange(struct pyperf_lines *lines);

/* How the items of one profile are called in another. */
struct lines_mapping {
    const uint32_t *functions; /* by its own index */
    const uint32_t *threads; /* the same; NULL: they come to lie together, */
    uint32_t first_thread;   /* from there on */
    struct profile_growth *growth; /* takes the strings */
    double scale;                  /* ticks of the other in one of its own */
};

/* Puts the lines of one profile behind those of another, which has its functions already. They
 * are to be arranged before anybody reads them. False: no memory. */
bool lines_append(struct pyperf_profile *to, const struct pyperf_profile *from,
                  const struct lines_mapping *mapping);

#endif
