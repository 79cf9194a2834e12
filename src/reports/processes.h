/* What the report says of a program's child processes.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_REPORTS_PROCESSES_H
#define PYPERF_REPORTS_PROCESSES_H

#include <pyperf/profile.h>

#include "base/text_buffer.h"

/* Where children were followed, a line for each process; else how many ran unrecorded, if any
 * did. */
void report_processes(const struct pyperf_profile *profile, struct text_buffer *text);

#endif
