/* A flame graph that stands alone: tooltips, zoom and search are in the file.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_FORMATS_SVG_H
#define PYPERF_FORMATS_SVG_H

#include "formats/format.h"

extern const struct pyperf_format format_svg;

#endif
