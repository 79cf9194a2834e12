/* Do the items of a recording refer to each other as they should? It is untrusted: after this,
 * every index in it can be followed.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_RECORDING_RECORDING_CHECK_H
#define PYPERF_RECORDING_RECORDING_CHECK_H

#include <pyperf/error.h>

#include "recording/recording_file.h"

/* PYPERF_BAD_DATA names the item that makes no sense. Of a recording that is still written,
 * what is newer than its header is left out first. */
enum pyperf_status recording_check(struct recording_file *file, struct pyperf_error *error);

#endif
