/* Blocks of stack frames that threads own: powers of two, used again when a thread ends or
 * needs a larger one.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_RECORDING_WRITER_BLOCKS_H
#define PYPERF_RECORDING_WRITER_BLOCKS_H

#include <stdint.h>

#include "recording/layout.h"

struct recording_writer;

/* A thread that never calls deeply costs one smallest block: of call frames, 3 KB. */
enum { WRITER_BLOCK_CLASSES = 32, WRITER_SMALLEST_BLOCK = 128 /* frames */ };

/* The free blocks of one region, by class: lists, chained through each block's first bytes. */
struct writer_blocks {
    enum recording_region_kind kind;
    uint32_t free[WRITER_BLOCK_CLASSES];
};

void writer_blocks_init(struct writer_blocks *blocks, enum recording_region_kind kind);

/* Frames of a block of that class. */
static inline uint32_t writer_block_capacity(unsigned size_class)
{
    return (uint32_t)WRITER_SMALLEST_BLOCK << size_class;
}

static inline unsigned writer_block_class(uint32_t capacity)
{
    return (unsigned)__builtin_ctz(capacity / WRITER_SMALLEST_BLOCK);
}

/* The index of a block's first frame in the region; RECORDING_NONE: no room. Threads may come
 * here without the GIL. */
uint32_t writer_blocks_take(struct recording_writer *writer, struct writer_blocks *blocks,
                            unsigned size_class);
void writer_blocks_give_back(struct recording_writer *writer, struct writer_blocks *blocks,
                             uint32_t block, uint32_t capacity);

#endif
