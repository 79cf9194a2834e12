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
    header->parent_pid = getppid();
    process_command_line(header->command_line, sizeof header->command_line);
    header->process_start = process_start_time(getpid());
    process_boot_id(header->boot_id);
    header->start = header->last = clock_pair_read(clock);
}

enum pyperf_status writer_init(struct recording_writer *writer, const char *path,
                               const struct recording_room *room, bool cpu_time,
                               struct pyperf_error *error)
{
    memset(writer, 0, sizeof *writer);
    enum pyperf_status status = recording_map_create(&writer->map, path, room, error);
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
    writer_blocks_init(&writer->stacks, RECORDING_STACKS);
    writer_blocks_init(&writer->line_stacks, RECORDING_LINE_STACKS);
    note_process(writer->header, writer->clock);
    (void)pthread_getname_np(pthread_self(), writer->native_name, sizeof writer->native_name);
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
    writer_note_live_threads(writer);
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

static bool reserve_nodes(struct recording_writer *writer, uint32_t index)
{
    if (!recording_map_reserve(&writer->map, RECORDING_NODES, (uint64_t)index + 1))
        return false;
    writer->nodes_reserved = recording_map_reserved(&writer->map, RECORDING_NODES);
    return true;
}

static inline uint32_t add_node(struct recording_writer *writer, uint32_t parent,
                                uint32_t function, uint32_t hash)
{
    uint32_t index = writer->header->counts[RECORDING_NODES];
    if (__builtin_expect(index >= writer->nodes_reserved, 0) && !reserve_nodes(writer, index))
        return RECORDING_NONE;
    struct recording_node *node = &writer->nodes[index];
    uint32_t *newest = &writer->functions[function].newest_node;
    node->parent = parent;
    node->function = function;
    node->hash = hash;
    node->next_of_function = *newest;
    WRITER_ORDER_STORES();
    writer->header->counts[RECORDING_NODES] = index + 1;
    *newest = index;
    return index;
}

uint32_t writer_add_node(struct recording_writer *writer, uint32_t parent, uint32_t function)
{
    return add_node(writer, parent, function, hash_context(parent, function));
}

/* The first two members of a node as one number: its context. */
static inline uint64_t context_of(const struct recording_node *node)
{
    uint64_t context;
    memcpy(&context, node, sizeof context);
    return context;
}

/* Roots come into the index as well, where nobody looks for them. Without memory the newest
 * node is not found again, and its context gets another one. */
static __attribute__((noinline)) void grow_contexts(struct recording_writer *writer,
                                                    uint32_t count)
{
    (void)hash_index_grow(&writer->contexts, &writer->nodes[0].hash, sizeof *writer->nodes,
                          count);
}

/* The node of `function` called from `parent`, made if there may be `limit` nodes. */
static inline uint32_t find_context(struct recording_writer *writer, uint32_t parent,
                                    uint32_t function, uint32_t limit)
{
    const struct recording_node wanted = {.parent = parent, .function = function};
    const uint64_t context = context_of(&wanted);
    const uint32_t *slots = writer->contexts.slots, mask = writer->contexts.mask;
    uint32_t hash = hash_context(parent, function), probe = hash & mask;
    for (uint32_t candidate; (candidate = slots[probe]) != HASH_INDEX_EMPTY;
         probe = (probe + 1) & mask)
        if (context_of(&writer->nodes[candidate]) == context)
            return candidate;
    if (__builtin_expect(writer->header->counts[RECORDING_NODES] >= limit, 0))
        return RECORDING_NONE;
    uint32_t node = add_node(writer, parent, function, hash);
    if (__builtin_expect(node == RECORDING_NONE, 0))
        return node;
    if (__builtin_expect(++writer->contexts.count > writer->contexts.limit, 0))
        grow_contexts(writer, node + 1);
    else
        writer->contexts.slots[probe] = node;
    return node;
}

uint32_t writer_find_node(struct recording_writer *writer, uint32_t parent, uint32_t function)
{
    return find_context(writer, parent, function, RECORDING_NONE);
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

static inline void enter_node(struct writer_thread *thread, uint32_t node,
                              enum writer_entry entry, uint64_t identity, uint32_t site)
{
    if (entry == WRITER_RESUME)
        thread->nodes[node].resumes++;
    else
        thread->nodes[node].calls++;
    writer_push(thread, node, identity, site);
}

/* Enters where there is no ordinary node for the call: its context is folded, or there is no
 * room for it at all. */
static __attribute__((noinline)) void enter_unusual(struct writer_thread *thread,
                                                    uint32_t function, enum writer_entry entry,
                                                    uint64_t identity, uint32_t site)
{
    uint32_t node =
        function == RECORDING_NONE ? RECORDING_NONE : enter_folded(thread, function, &site);
    if (node != RECORDING_NONE) {
        enter_node(thread, node, entry, identity, site);
        return;
    }
    thread->writer->header->lost_calls++;
    writer_push(thread, thread->top->node, identity, site | RECORDING_SITE_LOST);
}

void writer_enter_slowly(struct writer_thread *thread, uint64_t began, uint64_t key,
                         uint32_t function, enum writer_entry entry, uint64_t identity,
                         uint32_t site)
{
    struct recording_writer *writer = thread->writer;
    if (__builtin_expect(thread->top == thread->limit, 0) && !writer_grow_stack(thread)) {
        writer->header->lost_calls++;
        return;
    }
    uint32_t caller = thread->top->node, node = RECORDING_NONE;
    if (function != RECORDING_NONE && !(thread->top->site & RECORDING_SITE_FOLDED))
        node = find_context(writer, caller, function, writer->header->max_nodes);
    if (__builtin_expect(node == RECORDING_NONE, 0)) {
        enter_unusual(thread, function, entry, identity, site);
    } else {
        if (key)
            context_cache_put(&writer->cache, caller, key, node);
        enter_node(thread, node, entry, identity, site);
    }
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
    if (found == thread->frames) {
        if (thread->top != thread->limit) /* else it is likely one that was counted as lost */
            thread->writer->header->unmatched++;
        return;
    }
    if (found != thread->top)
        thread->writer->header->resynchronised++;
    while (thread->top >= found)
        writer_close_top(thread, now);
}
