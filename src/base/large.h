/* Blocks of many megabytes, which much is looked up in.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_BASE_LARGE_H
#define PYPERF_BASE_LARGE_H

#include <stddef.h>

/* To be called when a block was allocated, before it is written to: where it is large the
 * kernel is asked for large pages, which are found faster and cleared together. Anything may be
 * passed: it is advice. */
void advise_large(void *block, size_t size);

#endif
