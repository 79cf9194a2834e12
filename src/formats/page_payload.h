/* What of a profile goes into a page, and in which order: docs/formats/html.md.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_FORMATS_PAGE_PAYLOAD_H
#define PYPERF_FORMATS_PAGE_PAYLOAD_H

#include <pyperf/formats.h>

#include "formats/page_stream.h"

/* Raised when what is written changes; src/viewer/page/decode.js reads this version alone, the
 * two being in the same file. */
enum { PAGE_PAYLOAD_VERSION = 2 };

/* Needs the summary; what else there is goes in as well. */
enum pyperf_status page_payload_write(const struct pyperf_export *content,
                                      struct page_stream *stream, struct pyperf_error *error);

#endif
