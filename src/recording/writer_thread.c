/* Threads of a recording: their shadow stacks, and what is noted when they start and end.
 *
 * SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "recording/line_thread.h"
#include "recording/process.h"
#include "recording/writer.h"
#include "recording/writer_nodes.h"
#include "recording/writer_switch.h"
#include "recording/writer_thread.h"

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
    unsigned size_class = writer_block_class(old_capacity) + 1;
    uint32_t block = writer_blocks_take(writer, &writer->stacks, size_class);
    if (block == RECORDING_NONE)
        return false;
    memcpy(&writer->frames[block], thread->frames, old_capacity * sizeof *thread->frames);
    WRITER_ORDER_STORES();
    take_stack(thread, block, writer_block_capacity(size_class));
    thread->top = thread->frames + depth;
    writer_blocks_give_back(writer, &writer->stacks, old_block, old_capacity);
    return true;
}

static void note_start(struct recording_thread *shared, enum clock_kind clock)
{
    struct thread_usage usage = process_own_usage();
    shared->os_id = (uint64_t)syscall(SYS_gettid);
    shared->voluntary_started = usage.voluntary;
    shared->involuntary_started = usage.involuntary;
    shared->cpu_started = usage.cpu;
    shared->started = clock_read(clock);
}

static void note_usage(struct recording_thread *shared, const struct thread_usage *usage)
{
    shared->cpu_ended = usage->cpu;
    shared->voluntary_ended = usage->voluntary;
    shared->involuntary_ended = usage->involuntary;
    WRITER_ORDER_STORES();
    shared->has_usage = 1;
}

/* A thread may end just now, without the GIL: its own figures are better than ours. */
void writer_note_live_threads(struct recording_writer *writer)
{
    for (uint32_t i = 0; i < writer->header->counts[RECORDING_THREADS]; i++) {
        struct recording_thread *shared = &writer->threads[i];
        struct thread_usage usage;
        if (shared->ended || !process_thread_usage(shared->os_id, &usage))
            continue;
        pthread_mutex_lock(&writer->stacks_lock);
        if (!shared->ended)
            note_usage(shared, &usage);
        pthread_mutex_unlock(&writer->stacks_lock);
    }
}

void writer_name_thread(struct writer_thread *thread, const char *name)
{
    char *to = thread->shared->name;
    size_t length = strlen(name);
    if (length >= RECORDING_THREAD_NAME_SIZE) {
        length = RECORDING_THREAD_NAME_SIZE - 1;
        while (length > 0 && ((unsigned char)name[length] & 0xC0) == 0x80)
            length--; /* no half character */
    }
    memcpy(to, name, length);
    memset(to + length, 0, RECORDING_THREAD_NAME_SIZE - length);
}

/* What the operating system calls a thread says something only where it is not inherited. */
static void take_native_name(struct writer_thread *thread)
{
    char name[WRITER_NATIVE_NAME_SIZE];
    if (!thread->shared->name[0] &&
        pthread_getname_np(pthread_self(), name, sizeof name) == 0 &&
        strcmp(name, thread->writer->native_name) != 0)
        writer_name_thread(thread, name);
}

static void note_end(struct writer_thread *thread)
{
    struct recording_writer *writer = thread->writer;
    struct thread_usage usage = process_own_usage();
    take_native_name(thread);
    pthread_mutex_lock(&writer->stacks_lock);
    note_usage(thread->shared, &usage);
    thread->shared->ended = clock_read(writer->clock);
    pthread_mutex_unlock(&writer->stacks_lock);
}

static bool start_in_record(struct writer_thread *thread, uint32_t index)
{
    struct recording_writer *writer = thread->writer;
    struct recording_thread *shared = &writer->threads[index];
    uint32_t block = writer_blocks_take(writer, &writer->stacks, 0);
    uint32_t root = block == RECORDING_NONE
                        ? RECORDING_NONE
                        : writer_add_node(writer, RECORDING_NONE, writer->root_function);
    if (root == RECORDING_NONE) {
        if (block != RECORDING_NONE)
            writer_blocks_give_back(writer, &writer->stacks, block, writer_block_capacity(0));
        return false;
    }
    shared->root = root;
    shared->fold_root = RECORDING_NONE;
    shared->depth = 0;
    shared->parked = 0;
    shared->has_usage = 0;
    shared->displaced_since = 0;
    shared->line_stack_capacity = 0;
    shared->line_depth = 0;
    shared->ended = 0;
    shared->name[0] = '\0';
    thread->shared = shared;
    take_stack(thread, block, writer_block_capacity(0));
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

void writer_book_unfinished(struct writer_thread *thread, const struct recording_frame *frame,
                            uint64_t ticks)
{
    if (!(frame->site & RECORDING_SITE_LOST))
        thread->nodes[frame->node].inclusive += ticks;
    if (frame->site & RECORDING_SITE_FOLDED)
        thread->nodes[thread->top->node].folded += ticks;
    if (frame->site & RECORDING_SITE_PRIMITIVE)
        thread->functions[thread->nodes[frame->node].function].folded_primitive_ticks += ticks;
}

/* Their durations are not counted: another thread may be counting just now, because this one
 * does not hold the GIL. */
static void close_open_frames(struct writer_thread *thread, uint64_t now)
{
    while (thread->shared->depth > 0) {
        const struct recording_frame *frame = writer_pop(thread);
        writer_book_unfinished(thread, frame, now - frame->entered);
    }
}

void writer_thread_end(struct writer_thread *thread)
{
    uint64_t now = clock_read(thread->clock);
    note_end(thread);
    close_open_frames(thread, now);
    writer_switch_release(thread);
    line_thread_end(thread->lines, now);
    writer_blocks_give_back(thread->writer, &thread->writer->stacks,
                            (uint32_t)thread->shared->stack, thread->capacity);
    free(thread);
}
