/* Call paths and their weights, a line each: for flamegraph.pl, inferno, speedscope.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_FORMATS_COLLAPSED_H
#define PYPERF_FORMATS_COLLAPSED_H

#include "formats/format.h"

extern const struct pyperf_format format_collapsed;

#endif
