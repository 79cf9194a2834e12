/* Chrome's trace events: for Perfetto and chrome://tracing.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_FORMATS_CHROME_H
#define PYPERF_FORMATS_CHROME_H

#include "formats/format.h"

extern const struct pyperf_format format_chrome;

#endif
