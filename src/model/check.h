/* Whether a profile that was read from a file can be trusted.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_MODEL_CHECK_H
#define PYPERF_MODEL_CHECK_H

#include <pyperf/profile.h>

/* Checks that all indices, offsets and ranges lie within the profile, that the nodes are trees,
 * and that numbers which others are multiplied with are sensible. PYPERF_BAD_DATA names the
 * first item that makes no sense. */
enum pyperf_status profile_check(const struct pyperf_profile *profile,
                                 struct pyperf_error *error);

#endif
