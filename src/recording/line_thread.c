/* SPDX-License-Identifier: MIT */
#include "recording/line_thread.h"

#include <stdlib.h>
#include <string.h>

#include "recording/line_switch.h"
#include "recording/writer_nodes.h"

/* What the first frame of a stack is of: nothing is a line of it. */
static const struct line_code no_code = {.id = RECORDING_NONE};

static uint32_t ticks_of(double cost)
{
    return cost > 0 && cost < UINT32_MAX ? (uint32_t)cost : 0;
}

/* Sets the shared part of a stack to a block of the recording. */
static void take_block(struct line_thread *lines, uint32_t block, unsigned size_class)
{
    struct recording_line_frame *frames =
        recording_map_region(&lines->writer->map, RECORDING_LINE_STACKS);
    uint32_t capacity = writer_block_capacity(size_class);
    lines->shared->line_stack = block;
    WRITER_ORDER_STORES();
    lines->shared->line_stack_capacity = capacity;
    lines->shared_top = &frames[block] + (lines->top - lines->frames);
    lines->limit = lines->frames + capacity - 1;
}

static void begin_stack(struct line_thread *lines, uint32_t block)
{
    lines->top = lines->frames;
    *lines->top = (struct line_frame){.code = &no_code};
    take_block(lines, block, 0);
    *lines->shared_top =
        (struct recording_line_frame){.line = RECORDING_NONE, .head = RECORDING_NONE};
    WRITER_ORDER_STORES();
    lines->shared->line_depth = 1;
}

struct line_thread *line_thread_start(struct writer_thread *thread)
{
    struct recording_writer *writer = thread->writer;
    struct line_thread *lines = calloc(1, sizeof *lines);
    if (!lines)
        return NULL;
    lines->frames = calloc(writer_block_capacity(0), sizeof *lines->frames);
    uint32_t block =
        lines->frames ? writer_blocks_take(writer, &writer->line_stacks, 0) : RECORDING_NONE;
    if (block == RECORDING_NONE) {
        free(lines->frames);
        free(lines);
        return NULL;
    }
    lines->writer = writer;
    lines->shared = thread->shared;
    lines->clock = thread->clock;
    lines->lines = recording_map_region(&writer->map, RECORDING_LINES);
    const struct recording_cost *costs = writer->header->costs;
    lines->cost_inside = ticks_of(costs[RECORDING_COST_LINE].inside);
    lines->cost_between = ticks_of(costs[RECORDING_COST_LINE].outside);
    lines->cost_entry = ticks_of(costs[RECORDING_COST_LINE_ENTRY].outside);
    lines->calls = writer->header->records_line_calls ? thread : NULL;
    begin_stack(lines, block);
    return lines;
}

void line_thread_end(struct line_thread *lines, uint64_t now)
{
    if (!lines)
        return;
    while (lines->top > lines->frames)
        line_pop(lines, now);
    lines->shared->line_depth = 0;
    writer_blocks_give_back(lines->writer, &lines->writer->line_stacks,
                            (uint32_t)lines->shared->line_stack,
                            lines->shared->line_stack_capacity);
    line_switch_release(lines);
    free(lines->blocks);
    free(lines->frames);
    free(lines);
}

bool line_thread_grow(struct line_thread *lines)
{
    struct recording_writer *writer = lines->writer;
    uint32_t capacity = lines->shared->line_stack_capacity;
    uint32_t old_block = (uint32_t)lines->shared->line_stack;
    unsigned size_class = writer_block_class(capacity) + 1;
    struct recording_line_frame *region =
        recording_map_region(&writer->map, RECORDING_LINE_STACKS);
    ptrdiff_t depth = lines->top - lines->frames;
    struct line_frame *frames =
        realloc(lines->frames, 2 * (size_t)capacity * sizeof *lines->frames);
    if (!frames)
        return false;
    lines->frames = frames;
    lines->top = frames + depth;
    lines->limit = lines->top;
    uint32_t block = writer_blocks_take(writer, &writer->line_stacks, size_class);
    if (block == RECORDING_NONE)
        return false;
    memcpy(&region[block], &region[old_block], capacity * sizeof *region);
    WRITER_ORDER_STORES();
    take_block(lines, block, size_class);
    writer_blocks_give_back(writer, &writer->line_stacks, old_block, capacity);
    return true;
}

/* Those of the main thread are there since its code is known. */
static uint32_t find_block(const struct line_thread *lines, const struct line_code *code)
{
    uint32_t thread = (uint32_t)(lines->shared - lines->writer->threads);
    if (code->function == RECORDING_NONE || thread == 0)
        return code->main_block;
    return line_codes_add_block(lines->writer, code, thread);
}

static bool reserve_blocks(struct line_thread *lines, uint32_t id)
{
    size_t capacity = lines->block_capacity ? lines->block_capacity : 64;
    while (capacity <= id)
        capacity *= 2;
    struct recording_line **blocks =
        realloc(lines->blocks, capacity * sizeof(struct recording_line *));
    if (!blocks)
        return false;
    for (size_t i = lines->block_capacity; i < capacity; i++)
        blocks[i] = NULL;
    lines->blocks = blocks;
    lines->block_capacity = capacity;
    return true;
}

struct recording_line *line_thread_add_block(struct line_thread *lines,
                                             const struct line_code *code)
{
    if (code->id >= lines->block_capacity && !reserve_blocks(lines, code->id))
        return NULL;
    uint32_t block = find_block(lines, code);
    if (block == RECORDING_NONE)
        return NULL;
    return lines->blocks[code->id] = lines->lines + block;
}

bool line_thread_return_to(struct line_thread *lines, uint64_t identity)
{
    const struct line_frame *found = lines->top;
    while (found > lines->frames && found->identity != identity)
        found--;
    if (found == lines->frames)
        return false;
    uint64_t now = clock_read(lines->clock);
    ptrdiff_t depth = found - lines->frames;
    while (lines->top - lines->frames > depth) {
        lines->writer->header->resynchronised++;
        line_pop(lines, now);
    }
    return true;
}

/* ---- What lines call ---- */

/* The function that stands for a line; RECORDING_NONE: no room. */
static uint32_t function_of_line(struct recording_writer *writer,
                                 const struct recording_line *line)
{
    const struct recording_function *function = &writer->functions[line->function];
    const struct writer_label label = {
        .kind = RECORDING_FUNCTION_LINE,
        .file = writer->strings + function->file,
        .name = writer->strings + function->name,
        .qualified_name = writer->strings + function->qualified_name,
        .line = line->number,
    };
    return writer_function(writer, &label);
}

static uint32_t find_line_node(struct writer_thread *thread, uint32_t of_function,
                               const struct recording_line *line)
{
    struct recording_writer *writer = thread->writer;
    if (writer->header->counts[RECORDING_NODES] >= writer->header->max_nodes)
        return RECORDING_NONE;
    uint32_t function = function_of_line(writer, line);
    uint32_t node = function == RECORDING_NONE
                        ? RECORDING_NONE
                        : writer_find_node(writer, of_function, function);
    if (node != RECORDING_NONE)
        context_cache_put(&writer->cache, of_function, (uint64_t)(uintptr_t)line, node);
    return node;
}

/* The call must be on top of the stack of calls as well; folded ones have no lines. */
void line_thread_mark_calls(struct line_thread *lines)
{
    struct writer_thread *thread = lines->calls;
    struct line_frame *frame = lines->top;
    struct recording_frame *call = thread->top;
    uint64_t key = (uint64_t)(uintptr_t)frame->line;
    if (!writer_frame_is(call, frame->identity, 0) || (call->site & WRITER_SITE_UNUSUAL))
        return;
    if (frame->node == RECORDING_NONE)
        frame->node = call->node;
    const struct context_cache_slot *slot = context_cache_slot(thread->cache, frame->node, key);
    uint32_t node = slot->key == key && slot->caller == frame->node
                        ? slot->node
                        : find_line_node(thread, frame->node, frame->line);
    call->node = node == RECORDING_NONE ? frame->node : node;
}

void line_thread_lose(struct line_thread *lines)
{
    lines->writer->header->lost_lines++;
}

void line_thread_put_back(struct line_thread *lines, const struct line_frame *frames,
                          size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t number = frames[i].line ? frames[i].line->number : 0;
        if (!line_resume(lines, frames[i].code, frames[i].identity, number))
            return;
        if (lines->top[-1].line)
            lines->top[-1].line->entries--;
        lines->overhead -= lines->cost_entry;
    }
}
