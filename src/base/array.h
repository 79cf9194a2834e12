/* Growing a plain array.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_BASE_ARRAY_H
#define PYPERF_BASE_ARRAY_H

#include <stdbool.h>
#include <stddef.h>

/* Makes room for at least `needed` items of `item_size` bytes, growing by half at a time.
 * Returns false, with everything as it was, when there is no memory or the size overflows.
 * Usage: if (!array_reserve((void **)&rows, &capacity, count + 1, sizeof *rows)) … */
bool array_reserve(void **items, size_t *capacity, size_t needed, size_t item_size);

#endif
