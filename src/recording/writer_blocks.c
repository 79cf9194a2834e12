/* SPDX-License-Identifier: MIT */
#include "recording/writer_blocks.h"

#include <string.h>

#include "recording/writer.h"

void writer_blocks_init(struct writer_blocks *blocks, enum recording_region_kind kind)
{
    blocks->kind = kind;
    for (int i = 0; i < WRITER_BLOCK_CLASSES; i++)
        blocks->free[i] = RECORDING_NONE;
}

/* Where a free block says which one is next. */
static void *chain_of(const struct recording_writer *writer, const struct writer_blocks *blocks,
                      uint32_t block)
{
    char *region = recording_map_region(&writer->map, blocks->kind);
    return region + (size_t)block * recording_item_size[blocks->kind];
}

uint32_t writer_blocks_take(struct recording_writer *writer, struct writer_blocks *blocks,
                            unsigned size_class)
{
    uint32_t block = RECORDING_NONE;
    if (size_class >= 24)
        return block;
    pthread_mutex_lock(&writer->stacks_lock);
    if (blocks->free[size_class] != RECORDING_NONE) {
        block = blocks->free[size_class];
        memcpy(&blocks->free[size_class], chain_of(writer, blocks, block), sizeof block);
    } else {
        uint32_t used = writer->header->counts[blocks->kind];
        uint64_t needed = (uint64_t)used + writer_block_capacity(size_class);
        if (recording_map_reserve(&writer->map, blocks->kind, needed)) {
            writer->header->counts[blocks->kind] = (uint32_t)needed;
            block = used;
        }
    }
    pthread_mutex_unlock(&writer->stacks_lock);
    return block;
}

void writer_blocks_give_back(struct recording_writer *writer, struct writer_blocks *blocks,
                             uint32_t block, uint32_t capacity)
{
    unsigned size_class = writer_block_class(capacity);
    pthread_mutex_lock(&writer->stacks_lock);
    memcpy(chain_of(writer, blocks, block), &blocks->free[size_class], sizeof block);
    blocks->free[size_class] = block;
    pthread_mutex_unlock(&writer->stacks_lock);
}
