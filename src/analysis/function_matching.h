/* Which functions of several profiles are the same.
 *
 * Files are the same when their paths are, or else, among those that are left, when the ends of
 * their paths are: the longest ends first, whole names of directories and files only (so that
 * two checkouts, or the libraries of two Pythons, can be compared). In one file functions are
 * the same when their names are. Several with one name (lambdas) are told apart by their lines:
 * if every profile has as many of them, by their order, so that lines may move; else those with
 * equal lines go together first. Functions without Python code go by their names alone, without
 * the addresses that some of these hold.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_ANALYSIS_FUNCTION_MATCHING_H
#define PYPERF_ANALYSIS_FUNCTION_MATCHING_H

#include <stdbool.h>
#include <stdint.h>

#include <pyperf/comparison.h>

#include "analysis/row_details.h"

struct function_matching {
    uint32_t **match_of_row; /* by input and its row */
    uint32_t count;          /* of matches: functions that are told apart */
    size_t inputs;
};

/* `details` are those of the inputs, by input. False: no memory. Release in either case. */
bool function_matching_init(struct function_matching *matching,
                            const struct pyperf_comparison_input *inputs,
                            const struct row_details *details, size_t count);
void function_matching_release(struct function_matching *matching);

#endif
