/* The writer's life, and what happens when its fast path does not suffice.
 *
 * SPDX-License-Identifier: MIT */
#include "recording/writer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "recording/process.h"
#include "recording/writer_nodes.h"
#include "recording/writer_tables.h"
#include "recording/writer_thread.h"

static void note_process(struct recording_header *header, enum clock_kind clock)
{
    header->clock = clock;
    header->pid = getpid();
    header->process_start = process_start_time(getpid());
    process_boot_id(header->boot_id);
    header->start = header->last = clock_pair_read(clock);
}

enum pyperf_status writer_init(struct recording_writer *writer, const char *path,
                               uint32_t max_nodes, bool cpu_time, struct pyperf_error *error)
{
    memset(writer, 0, sizeof *writer);
    enum pyperf_status status = recording_map_create(&writer->map, path, max_nodes, error);
    if (status != PYPERF_OK)
        return status;
    writer->header = writer->map.header;
    writer->nodes = recording_map_region(&writer->map, RECORDING_NODES);
    writer->functions = recording_map_region(&writer->map, RECORDING_FUNCTIONS);
    writer->strings = recording_map_region(&writer->map, RECORDING_STRINGS);
    writer->threads = recording_map_region(&writer->map, RECORDING_THREADS);
    writer->frames = recording_map_region(&writer->map, RECORDING_STACKS);
    writer->clock = clock_choose();
    writer->event_clock = cpu_time ? CLOCK_KIND_CPU : writer->clock;
    pthread_mutex_init(&writer->stacks_lock, NULL);
    for (int i = 0; i < WRITER_STACK_CLASSES; i++)
        writer->free_stacks[i] = RECORDING_NONE;
    note_process(writer->header, writer->clock);
    writer->header->event_clock = writer->event_clock;
    /* The program pays for its own growth only: the first steps are taken now. */
    if (!recording_map_reserve(&writer->map, RECORDING_NODES, 1) ||
        !recording_map_reserve(&writer->map, RECORDING_THREADS, 1) ||
        !recording_map_reserve(&writer->map, RECORDING_STACKS, 1) ||
        !writer_tables_init(writer)) {
        int failure = writer->header->error ? writer->header->error : ENOMEM;
        writer_detach(writer);
        return pyperf_error_set_errno(
            error, failure, "cannot record to %s (TMPDIR can name another place)", path);
    }
    return PYPERF_OK;
}

void writer_finish(struct recording_writer *writer)
{
    writer->header->last = clock_pair_read(writer->clock);
    writer->header->run_ended = clock_read(writer->clock);
}

void writer_detach(struct recording_writer *writer)
{
    writer_tables_release(writer);
    recording_map_release(&writer->map);
    writer->header = NULL;
}

static uint32_t hash_context(uint32_t parent, uint32_t function)
{
    return hash_mix((uint64_t)parent << 32 | function);
}

static uint32_t hash_node(const void *context, uint32_t node)
{
    const struct recording_writer *writer = context;
    return hash_context(writer->nodes[node].parent, writer->nodes[node].function);
}

uint32_t writer_add_node(struct recording_writer *writer, uint32_t parent, uint32_t function)
{
    uint32_t index = writer->header->counts[RECORDING_NODES];
    if (!recording_map_reserve(&writer->map, RECORDING_NODES, (uint64_t)index + 1))
        return RECORDING_NONE;
    struct recording_node *node = &writer->nodes[index];
    node->parent = parent;
    node->function = function;
    node->next_of_function = writer->functions[function].newest_node;
    WRITER_ORDER_STORES();
    writer->header->counts[RECORDING_NODES] = index + 1;
    writer->functions[function].newest_node = index;
    return index;
}

/* The node of `function` called from `parent`, made if there may be `limit` nodes. */
static uint32_t find_context(struct recording_writer *writer, uint32_t parent,
                             uint32_t function, uint32_t limit)
{
    uint32_t hash = hash_context(parent, function);
    HASH_INDEX_FOR_EACH(&writer->contexts, hash, candidate)
    {
        if (writer->nodes[candidate].parent == parent &&
            writer->nodes[candidate].function == function)
            return candidate;
    }
    if (writer->header->counts[RECORDING_NODES] >= limit)
        return RECORDING_NONE;
    uint32_t node = writer_add_node(writer, parent, function);
    if (node != RECORDING_NONE)
        hash_index_add(&writer->contexts, hash, node, hash_node, writer);
    return node;
}

/* The thread's one node for all folded contexts of a function. */
static uint32_t find_folded(struct writer_thread *thread, uint32_t function)
{
    struct recording_writer *writer = thread->writer;
    if (thread->shared->fold_root == RECORDING_NONE)
        thread->shared->fold_root =
            writer_add_node(writer, RECORDING_NONE, writer->fold_root_function);
    if (thread->shared->fold_root == RECORDING_NONE)
        return RECORDING_NONE;
    return find_context(writer, thread->shared->fold_root, function, RECORDING_NONE);
}

/* Walks the stack, which costs time in proportion to its depth: only folded calls pay. */
static bool is_active(const struct writer_thread *thread, uint32_t function)
{
    for (const struct recording_frame *frame = thread->top; frame > thread->frames; frame--)
        if (!(frame->site & RECORDING_SITE_LOST) &&
            thread->nodes[frame->node].function == function)
            return true;
    return false;
}

static uint32_t enter_folded(struct writer_thread *thread, uint32_t function, uint32_t *site)
{
    uint32_t node = find_folded(thread, function);
    if (node == RECORDING_NONE)
        return node;
    *site |= RECORDING_SITE_FOLDED;
    if (!is_active(thread, function)) {
        *site |= RECORDING_SITE_PRIMITIVE;
        thread->writer->functions[function].folded_primitive_calls++;
    }
    return node;
}

/* The node to enter, with bits of `site` set where it is an unusual one; RECORDING_NONE: there
 * is no room for any. */
static uint32_t find_callee(struct writer_thread *thread, uint32_t function, uint32_t *site)
{
    const struct recording_frame *caller = thread->top;
    uint32_t node = RECORDING_NONE;
    if (function == RECORDING_NONE)
        return node;
    if (!(caller->site & RECORDING_SITE_FOLDED))
        node = find_context(thread->writer, caller->node, function,
                            thread->writer->header->max_nodes);
    return node == RECORDING_NONE ? enter_folded(thread, function, site) : node;
}

void writer_enter_slowly(struct writer_thread *thread, uint64_t began, uint64_t key,
                         uint32_t function, enum writer_entry entry, uint64_t identity,
                         uint32_t site)
{
    struct recording_writer *writer = thread->writer;
    if (thread->top == thread->limit && !writer_grow_stack(thread)) {
        writer->header->lost_calls++;
        return;
    }
    uint32_t caller = thread->top->node;
    uint32_t node = find_callee(thread, function, &site);
    if (node == RECORDING_NONE) {
        writer->header->lost_calls++;
        writer_push(thread, caller, identity, site | RECORDING_SITE_LOST);
        return;
    }
    if (key && !(site & RECORDING_SITE_FOLDED))
        context_cache_put(&writer->cache, caller, key, node);
    if (entry == WRITER_RESUME)
        thread->nodes[node].resumes++;
    else
        thread->nodes[node].calls++;
    writer_push(thread, node, identity, site);
    thread->nodes[caller].recording += thread->top->entered - began;
}

/* Books the end of a frame that was folded or lost, and is off the stack. */
static void book_unusual(struct writer_thread *thread, const struct recording_frame *frame,
                         uint64_t ticks)
{
    if (frame->site & RECORDING_SITE_LOST)
        return; /* the time is its caller's, who has not returned yet */
    struct recording_node *node = &thread->nodes[frame->node];
    writer_book(thread, node, ticks);
    if (frame->site & RECORDING_SITE_FOLDED)
        thread->nodes[thread->top->node].folded += ticks;
    if (frame->site & RECORDING_SITE_PRIMITIVE)
        thread->functions[node->function].folded_primitive_ticks += ticks;
}

void writer_close_top(struct writer_thread *thread, uint64_t now)
{
    const struct recording_frame *frame = writer_pop(thread);
    uint64_t ticks = now - frame->entered;
    if (frame->site & WRITER_SITE_UNUSUAL)
        book_unusual(thread, frame, ticks);
    else
        writer_book(thread, &thread->nodes[frame->node], ticks);
}

void writer_leave_slowly(struct writer_thread *thread, uint64_t identity, uint32_t site,
                         uint64_t now)
{
    const struct recording_frame *found = thread->top;
    while (found > thread->frames && !writer_frame_is(found, identity, site))
        found--;
    if (found == thread->frames)
        return;
    if (found != thread->top)
        thread->writer->header->resynchronised++;
    while (thread->top >= found)
        writer_close_top(thread, now);
}
