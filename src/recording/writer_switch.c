/* SPDX-License-Identifier: MIT */
#include "recording/writer_switch.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "recording/line_switch.h"
#include "recording/writer.h"
#include "recording/writer_thread.h"

enum { FIRST_INDEX_SIZE = 64 };

/* A stack that was put aside: its frames from the outermost on, with the ticks that each has
 * taken so far in place of the moment it was entered. */
struct parked_stack {
    struct recording_frame *frames;
    size_t capacity; /* frames */
    uint32_t count;
    uint32_t next_free; /* where the slot is free: another one, or RECORDING_NONE */
};

struct writer_parking {
    struct key_map index; /* address of a stack → slot */
    struct parked_stack *slots;
    size_t capacity;
    uint32_t count;
    uint32_t first_free;
};

static struct writer_parking *parking_of(struct writer_thread *thread)
{
    if (thread->parking)
        return thread->parking;
    struct writer_parking *parking = calloc(1, sizeof *parking);
    if (parking && !key_map_init(&parking->index, FIRST_INDEX_SIZE)) {
        free(parking);
        parking = NULL;
    }
    if (parking)
        parking->first_free = RECORDING_NONE;
    return thread->parking = parking;
}

static uint32_t take_slot(struct writer_parking *parking)
{
    uint32_t slot = parking->first_free;
    if (slot != RECORDING_NONE) {
        parking->first_free = parking->slots[slot].next_free;
        return slot;
    }
    if (!array_reserve((void **)&parking->slots, &parking->capacity, (size_t)parking->count + 1,
                       sizeof *parking->slots))
        return RECORDING_NONE;
    slot = parking->count++;
    parking->slots[slot] = (struct parked_stack){0};
    return slot;
}

/* Its frames' room is kept for the next one. */
static void free_slot(struct writer_parking *parking, uint64_t key, uint32_t slot)
{
    key_map_remove(&parking->index, key);
    parking->slots[slot].count = 0;
    parking->slots[slot].next_free = parking->first_free;
    parking->first_free = slot;
}

/* A slot for `count` frames under a key that has none; NULL: no memory. */
static struct parked_stack *add_stack(struct writer_thread *thread, uint64_t key,
                                      uint32_t count)
{
    struct writer_parking *parking = parking_of(thread);
    uint32_t slot = parking ? take_slot(parking) : RECORDING_NONE;
    if (slot == RECORDING_NONE)
        return NULL;
    struct parked_stack *stack = &parking->slots[slot];
    if (array_reserve((void **)&stack->frames, &stack->capacity, count,
                      sizeof *stack->frames) &&
        key_map_put(&parking->index, key, slot))
        return stack;
    free_slot(parking, key, slot);
    return NULL;
}

/* Without room to put them aside the calls end here: later time is not theirs. */
static void park(struct writer_thread *thread, uint64_t key, uint64_t now)
{
    uint32_t count = (uint32_t)(thread->top - thread->frames);
    if (count == 0)
        return;
    struct parked_stack *stack = add_stack(thread, key, count);
    if (!stack)
        thread->writer->header->lost_calls += count;
    else
        thread->shared->parked += count;
    for (uint32_t i = count; i-- > 0;) {
        const struct recording_frame *frame = writer_pop(thread);
        uint64_t ticks = now - frame->entered;
        writer_book_unfinished(thread, frame, ticks);
        if (!stack)
            continue;
        stack->frames[i] = *frame;
        stack->frames[i].entered = ticks;
    }
    if (stack)
        stack->count = count;
}

static void resume(struct writer_thread *thread, uint64_t key, uint64_t now)
{
    struct writer_parking *parking = thread->parking;
    uint32_t slot = parking ? key_map_find(&parking->index, key) : RECORDING_NONE;
    if (slot == RECORDING_NONE)
        return;
    const struct parked_stack *stack = &parking->slots[slot];
    thread->shared->parked -= stack->count;
    for (uint32_t i = 0; i < stack->count; i++) {
        const struct recording_frame *frame = &stack->frames[i];
        if (thread->top == thread->limit && !writer_grow_stack(thread)) {
            thread->writer->header->lost_calls += stack->count - i;
            break;
        }
        writer_book_unfinished(thread, frame, -frame->entered);
        *++thread->top = *frame;
        thread->top->entered = now - frame->entered;
        WRITER_ORDER_STORES();
        thread->shared->depth++;
    }
    free_slot(parking, key, slot);
}

void writer_switch(struct writer_thread *thread, uint64_t from, uint64_t to)
{
    if (from == to)
        return;
    uint64_t began = clock_read(thread->clock);
    /* What went by this name ended unseen. */
    uint32_t stale =
        thread->parking ? key_map_find(&thread->parking->index, from) : RECORDING_NONE;
    if (stale != RECORDING_NONE) {
        thread->shared->parked -= thread->parking->slots[stale].count;
        free_slot(thread->parking, from, stale);
    }
    park(thread, from, began);
    uint64_t now = clock_read(thread->clock);
    resume(thread, to, now);
    if (thread->lines)
        line_switch(thread->lines, from, to);
    /* Nobody's stack was on top meanwhile: the time is the root's. */
    thread->nodes[thread->frames->node].recording += now - began;
}

void writer_switch_release(struct writer_thread *thread)
{
    struct writer_parking *parking = thread->parking;
    if (!parking)
        return;
    for (uint32_t i = 0; i < parking->count; i++)
        free(parking->slots[i].frames);
    free(parking->slots);
    key_map_release(&parking->index);
    free(parking);
    thread->parking = NULL;
}
