/* Threads of a recording: their shadow stacks, and what is noted when they start and end.
 *
 * SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "recording/writer.h"
#include "recording/writer_nodes.h"
#include "recording/writer_thread.h"

/* A thread that never calls deeply costs one block of 3 KB, and the next thread reuses it. */
enum { SMALLEST_STACK = 128 /* frames */ };

static uint32_t class_capacity(unsigned size_class)
{
    return (uint32_t)SMALLEST_STACK << size_class;
}

/* Blocks are powers of two; free ones are chained through their first frame's node. */
static uint32_t allocate_stack(struct recording_writer *writer, unsigned size_class)
{
    uint32_t block = RECORDING_NONE;
    if (size_class >= 24)
        return block;
    pthread_mutex_lock(&writer->stacks_lock);
    if (writer->free_stacks[size_class] != RECORDING_NONE) {
        block = writer->free_stacks[size_class];
        writer->free_stacks[size_class] = writer->frames[block].node;
    } else {
        uint32_t used = writer->header->counts[RECORDING_STACKS];
        uint64_t needed = (uint64_t)used + class_capacity(size_class);
        if (recording_map_reserve(&writer->map, RECORDING_STACKS, needed)) {
            writer->header->counts[RECORDING_STACKS] = (uint32_t)needed;
            block = used;
        }
    }
    pthread_mutex_unlock(&writer->stacks_lock);
    return block;
}

static void free_stack(struct recording_writer *writer, uint32_t block, uint32_t capacity)
{
    unsigned size_class = (unsigned)__builtin_ctz(capacity / SMALLEST_STACK);
    pthread_mutex_lock(&writer->stacks_lock);
    writer->frames[block].node = writer->free_stacks[size_class];
    writer->free_stacks[size_class] = block;
    pthread_mutex_unlock(&writer->stacks_lock);
}

static void take_stack(struct writer_thread *thread, uint32_t block, uint32_t capacity)
{
    thread->shared->stack = block;
    WRITER_ORDER_STORES();
    thread->shared->stack_capacity = thread->capacity = capacity;
    thread->frames = &thread->writer->frames[block];
    thread->limit = thread->frames + capacity - 1;
}

bool writer_grow_stack(struct writer_thread *thread)
{
    struct recording_writer *writer = thread->writer;
    uint32_t old_block = (uint32_t)thread->shared->stack;
    uint32_t old_capacity = thread->capacity;
    ptrdiff_t depth = thread->top - thread->frames;
    unsigned size_class = (unsigned)__builtin_ctz(old_capacity / SMALLEST_STACK) + 1;
    uint32_t block = allocate_stack(writer, size_class);
    if (block == RECORDING_NONE)
        return false;
    memcpy(&writer->frames[block], thread->frames, old_capacity * sizeof *thread->frames);
    WRITER_ORDER_STORES();
    take_stack(thread, block, class_capacity(size_class));
    thread->top = thread->frames + depth;
    free_stack(writer, old_block, old_capacity);
    return true;
}

static void note_start(struct recording_thread *shared, enum clock_kind clock)
{
    struct rusage usage;
    getrusage(RUSAGE_THREAD, &usage);
    shared->os_id = (uint64_t)syscall(SYS_gettid);
    shared->voluntary_started = (uint64_t)usage.ru_nvcsw;
    shared->involuntary_started = (uint64_t)usage.ru_nivcsw;
    shared->cpu_started = clock_read_system(CLOCK_KIND_CPU);
    shared->started = clock_read(clock);
}

static void note_end(struct recording_thread *shared, uint64_t now)
{
    struct rusage usage;
    getrusage(RUSAGE_THREAD, &usage);
    shared->cpu_ended = clock_read_system(CLOCK_KIND_CPU);
    shared->voluntary_ended = (uint64_t)usage.ru_nvcsw;
    shared->involuntary_ended = (uint64_t)usage.ru_nivcsw;
    shared->ended = now;
}

static bool start_in_record(struct writer_thread *thread, uint32_t index)
{
    struct recording_writer *writer = thread->writer;
    struct recording_thread *shared = &writer->threads[index];
    uint32_t block = allocate_stack(writer, 0);
    uint32_t root = block == RECORDING_NONE
                        ? RECORDING_NONE
                        : writer_add_node(writer, RECORDING_NONE, writer->root_function);
    if (root == RECORDING_NONE) {
        if (block != RECORDING_NONE)
            free_stack(writer, block, class_capacity(0));
        return false;
    }
    shared->root = root;
    shared->fold_root = RECORDING_NONE;
    shared->depth = 0;
    thread->shared = shared;
    take_stack(thread, block, class_capacity(0));
    thread->top = thread->frames - 1;
    note_start(shared, writer->clock);
    writer->nodes[root].calls = 1;
    writer_push(thread, root, 0, 0);
    return true;
}

struct writer_thread *writer_thread_start(struct recording_writer *writer)
{
    uint32_t index = writer->header->counts[RECORDING_THREADS];
    struct writer_thread *thread = calloc(1, sizeof *thread);
    if (!thread)
        return NULL;
    thread->writer = writer;
    thread->nodes = writer->nodes;
    thread->functions = writer->functions;
    thread->cache = writer->cache.slots;
    thread->clock = writer->event_clock;
    if (!recording_map_reserve(&writer->map, RECORDING_THREADS, (uint64_t)index + 1) ||
        !start_in_record(thread, index)) {
        free(thread);
        return NULL;
    }
    WRITER_ORDER_STORES();
    writer->header->counts[RECORDING_THREADS] = index + 1;
    return thread;
}

void writer_thread_begin(struct writer_thread *thread)
{
    note_start(thread->shared, thread->writer->clock);
    thread->frames->entered = clock_read(thread->clock);
}

/* These activations did not complete, so they have no duration to count (and another thread may
 * be counting just now: this one does not hold the GIL). */
static void close_open_frames(struct writer_thread *thread, uint64_t now)
{
    while (thread->shared->depth > 0) {
        const struct recording_frame *frame = writer_pop(thread);
        uint64_t ticks = now - frame->entered;
        if (!(frame->site & RECORDING_SITE_LOST))
            thread->nodes[frame->node].inclusive += ticks;
        if (frame->site & RECORDING_SITE_FOLDED)
            thread->nodes[thread->top->node].folded += ticks;
        if (frame->site & RECORDING_SITE_PRIMITIVE)
            thread->functions[thread->nodes[frame->node].function].folded_primitive_ticks +=
                ticks;
    }
}

void writer_thread_end(struct writer_thread *thread)
{
    uint64_t now = clock_read(thread->clock);
    note_end(thread->shared, clock_read(thread->writer->clock));
    close_open_frames(thread, now);
    free_stack(thread->writer, (uint32_t)thread->shared->stack, thread->capacity);
    free(thread);
}
