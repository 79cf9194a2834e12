/* One page for a browser, with the profile in it: docs/formats/html.md.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_FORMATS_HTML_H
#define PYPERF_FORMATS_HTML_H

#include "formats/format.h"

extern const struct pyperf_format format_html;

#endif
