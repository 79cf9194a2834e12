/* speedscope's own files: a profile for each thread, opened and closed calls.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_FORMATS_SPEEDSCOPE_H
#define PYPERF_FORMATS_SPEEDSCOPE_H

#include "formats/format.h"

extern const struct pyperf_format format_speedscope;

#endif
