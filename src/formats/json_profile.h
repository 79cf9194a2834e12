/* Profiles as JSON: docs/formats/json.md describes it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_FORMATS_JSON_PROFILE_H
#define PYPERF_FORMATS_JSON_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pyperf/profile.h>
#include <pyperf/row_filter.h>
#include <pyperf/summary.h>

#include "base/json_writer.h"

struct json_profile {
    const char *creator;      /* "pyperf 0.1.0" */
    const char *const *files; /* what it was read from */
    size_t file_count;
    const struct pyperf_profile *profile; /* NULL: there is none */
    const struct pyperf_summary *summary; /* with directories */
    const uint32_t *rows;                 /* of the summary: those to list; NULL: all */
    uint32_t row_count;
    struct pyperf_hidden hidden; /* what is not in the summary */
    bool tree;                   /* with the call contexts, which takes a profile */
};

/* A large profile is written as it is walked. False: no memory, and the text is not complete.
 */
bool json_profile_write(struct json_writer *json, const struct json_profile *content);

#endif
