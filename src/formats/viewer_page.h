/* The page without its data: generated from src/viewer by src/viewer/assemble.cmake.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_FORMATS_VIEWER_PAGE_H
#define PYPERF_FORMATS_VIEWER_PAGE_H

#include <stddef.h>

/* What stands before and after the data, which are base64 (formats/page_stream.h). */
extern const unsigned char viewer_page_head[];
extern const size_t viewer_page_head_size; /* bytes */
extern const unsigned char viewer_page_tail[];
extern const size_t viewer_page_tail_size; /* bytes */

#endif
