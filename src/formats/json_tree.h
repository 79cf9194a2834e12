/* The part of a profile's JSON that is its call contexts: docs/formats/json.md describes it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_FORMATS_JSON_TREE_H
#define PYPERF_FORMATS_JSON_TREE_H

#include <stdbool.h>

#include <pyperf/profile.h>

#include "base/json_writer.h"

/* Writes the member "tree". False: no memory. */
bool json_tree_write(struct json_writer *json, const struct pyperf_profile *profile);

#endif
