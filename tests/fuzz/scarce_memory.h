/* Memory that runs out: for an input in four, one of the first allocations that it makes us
 * try fails, and all that follow. Which one depends on the bytes of the input alone, so that it
 * is found again. The linker sends our allocations here (--wrap); those of libraries go
 * through.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_TESTS_SCARCE_MEMORY_H
#define PYPERF_TESTS_SCARCE_MEMORY_H

#include <stddef.h>
#include <stdint.h>

void scarce_memory_begin(const uint8_t *data, size_t size);

/* There is plenty again. */
void scarce_memory_end(void);

#endif
