/* Results of the functions that the program asks for with `@profile`: `run --decorated`.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_DECORATED_RESULTS_H
#define PYPERF_CLI_DECORATED_RESULTS_H

#include <stdbool.h>

#include <pyperf/profile.h>
#include <pyperf/reports.h>

#include "cli/results.h"

/* As results_deliver, but what was called outside of such functions is left out of the profile,
 * and the report has tables for each of them, of 20 rows unless another limit was given. */
bool decorated_results_deliver(const struct destinations *destinations,
                               struct pyperf_profile *profile,
                               const struct pyperf_outcome *outcome);

#endif
