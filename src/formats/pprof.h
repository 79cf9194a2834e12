/* pprof's gzipped protocol buffers: for go tool pprof, Pyroscope, Parca, Speedscope.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_FORMATS_PPROF_H
#define PYPERF_FORMATS_PPROF_H

#include "formats/format.h"

extern const struct pyperf_format format_pprof;

#endif
