/* Adding up what was read: call path by call path as long as everything has a call tree, by
 * function from then on.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_INPUT_SUM_H
#define PYPERF_CLI_INPUT_SUM_H

#include <stdbool.h>
#include <stddef.h>

#include <pyperf/merge.h>

#include "cli/input.h"

struct input_sum {
    struct pyperf_merge *trees;    /* NULL: rows are added, */
    struct pyperf_summary *rows;   /* these, NULL before the first */
    struct pyperf_outcome outcome; /* of all together */
    bool outcome_known;            /* of all that were added */
    size_t added;
    bool lines;    /* what was added is of lines; else of calls */
    bool cpu_time; /* the times of what was added are CPU time, where that is known, */
    bool clock_known;
};

/* Of no input yet. False: no memory. Release it in any case. */
bool input_sum_begin(struct input_sum *sum, bool trees);
void input_sum_release(struct input_sum *sum);

/* Adds an input, which may lose its summary to the sum. PYPERF_USAGE, with nothing added: it is
 * of lines and those before it are of calls, or its times are CPU time and theirs are not, or
 * the reverse. */
enum pyperf_status input_sum_add(struct input_sum *sum, struct input *input,
                                 struct pyperf_error *error);

/* The sum; what it does not have is NULL. Nothing can be added afterwards; the caller frees
 * both. */
enum pyperf_status input_sum_take(struct input_sum *sum, struct pyperf_profile **profile,
                                  struct pyperf_summary **rows, struct pyperf_error *error);

#endif
