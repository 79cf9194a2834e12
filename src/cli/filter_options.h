/* The options --select and --exclude, which commands share.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_FILTER_OPTIONS_H
#define PYPERF_CLI_FILTER_OPTIONS_H

#include <argp.h>

#include <pyperf/row_filter.h>

/* Its input is a struct pyperf_row_filter **, NULL to begin with; the caller frees what is
 * there in the end. */
extern const struct argp filter_argp;

#endif
