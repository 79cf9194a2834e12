/* Profiles as JSON files: docs/formats/json.md describes them.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_FORMATS_JSON_H
#define PYPERF_FORMATS_JSON_H

#include "formats/format.h"

extern const struct pyperf_format format_json;

#endif
