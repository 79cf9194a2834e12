/* The part of compensation.c that is about lines.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_ANALYSIS_LINE_COMPENSATION_H
#define PYPERF_ANALYSIS_LINE_COMPENSATION_H

#include <pyperf/profile.h>

/* Takes the cost of recording lines out of the times of lines and their functions, and adds
 * what was taken, and what found no time to be taken from, to what the run says of that. */
void line_compensation_apply(struct pyperf_profile *profile);

#endif
