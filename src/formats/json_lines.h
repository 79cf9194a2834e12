/* The part of a profile's JSON that is its lines: docs/formats/json.md describes it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_FORMATS_JSON_LINES_H
#define PYPERF_FORMATS_JSON_LINES_H

#include <stdbool.h>

#include <pyperf/profile.h>

#include "base/json_writer.h"

/* Writes the member "lines" of a profile with lines, those of all threads together. False: no
 * memory. */
bool json_lines_write(struct json_writer *json, const struct pyperf_profile *profile);

#endif
