/* The files that cProfile writes and pstats, snakeviz, tuna and gprof2dot read.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_FORMATS_PSTATS_H
#define PYPERF_FORMATS_PSTATS_H

#include "formats/format.h"

extern const struct pyperf_format format_pstats;

#endif
