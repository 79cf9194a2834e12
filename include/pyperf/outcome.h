/* What the operating system knows of a program that has ended.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_OUTCOME_H
#define PYPERF_OUTCOME_H

#include <stdint.h>

struct pyperf_outcome {
    uint64_t user_time;   /* nanoseconds of CPU time */
    uint64_t system_time; /* nanoseconds of CPU time */
    uint64_t peak_memory; /* bytes resident at the highest point */
    int signal;           /* the signal that ended it, or 0 */
    int exit_status;      /* where no signal did */
};

#endif
