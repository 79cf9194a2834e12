/* Taking off what recording itself cost.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_COMPENSATION_H
#define PYPERF_COMPENSATION_H

#include <pyperf/error.h>
#include <pyperf/profile.h>

/* Takes the cost of recording out of a profile's times, once: a profile that has it taken off
 * is left as it is. Self times lose what the node's own activations cost between their two
 * readings of the clock, and what its callees' cost outside of theirs; inclusive times are
 * added up anew from the self times. No time becomes negative. profile->run says afterwards
 * how much was taken off, and how much of the expected cost found no time to be taken from. */
enum pyperf_status pyperf_profile_compensate(struct pyperf_profile *profile,
                                             struct pyperf_error *error);

/* Was the cost measured in this run, so that something can be taken off? */
bool pyperf_profile_has_costs(const struct pyperf_profile *profile);

#endif
