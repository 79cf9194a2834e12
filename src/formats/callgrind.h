/* Call graphs as valgrind's callgrind writes them: for callgrind_annotate, KCachegrind.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_FORMATS_CALLGRIND_H
#define PYPERF_FORMATS_CALLGRIND_H

#include "formats/format.h"

extern const struct pyperf_format format_callgrind;

#endif
