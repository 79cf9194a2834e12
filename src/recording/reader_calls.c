/* SPDX-License-Identifier: MIT */
#include "recording/reader_calls.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/hash_index.h"
#include "base/saturating.h"

struct work {
    struct recording_file *file;
    struct reader_calls *calls;
    uint32_t *place;         /* by old node: its new one; of a line's, its function's */
    uint32_t *thread;        /* by old node */
    uint64_t *ticks;         /* by old node: inclusive, with what its lines' nodes have of it */
    uint32_t *new_function;  /* by old function: its new index; of a line's, none */
    bool *has_durations;     /* by old function: of a line's, they have been moved */
    struct hash_index index; /* new nodes by parent and function */
    uint32_t count;          /* new nodes */
};

static bool is_line(const struct recording_file *file, uint32_t node)
{
    return node != RECORDING_NONE &&
           file->functions[file->nodes[node].function].kind == RECORDING_FUNCTION_LINE;
}

/* ---- Calls ---- */

/* Is one of the nodes above a line's of the same line? */
static bool is_nested(const struct recording_file *file, uint32_t line_node)
{
    uint32_t function = file->nodes[line_node].function;
    for (uint32_t node = file->nodes[line_node].parent; node != RECORDING_NONE;
         node = file->nodes[node].parent)
        if (file->nodes[node].function == function)
            return true;
    return false;
}

/* A line's node called `callee`. */
static bool add_call(struct work *work, uint32_t line_node, uint32_t callee, uint64_t calls,
                     uint64_t ticks)
{
    struct reader_calls *all = work->calls;
    const struct recording_node *node = &work->file->nodes[line_node];
    if (!array_reserve((void **)&all->items, &all->capacity, all->count + 1,
                       sizeof *all->items))
        return false;
    all->items[all->count++] = (struct reader_line_call){
        .function = work->file->nodes[node->parent].function,
        .thread = work->thread[line_node],
        .number = work->file->functions[node->function].line,
        .callee = callee,
        .calls = calls,
        .inclusive = is_nested(work->file, line_node) ? 0 : ticks,
        .gross = ticks,
    };
    return true;
}

/* Calls that have not returned took until the end. There are no more of them than frames,
 * unless somebody made that up. */
static bool add_open_calls(struct work *work, uint64_t ended)
{
    const struct recording_file *file = work->file;
    size_t most = work->calls->count + file->header.counts[RECORDING_STACKS];
    for (uint32_t i = 0; i < file->header.counts[RECORDING_THREADS]; i++)
        for (uint32_t depth = 0; depth < file->threads[i].depth; depth++) {
            const struct recording_frame *frame = &file->frames[file->threads[i].stack + depth];
            uint32_t node =
                is_line(file, frame->node) ? file->nodes[frame->node].parent : frame->node;
            uint32_t caller = file->nodes[node].parent;
            if (!(frame->site & RECORDING_SITE_LOST) && is_line(file, caller) &&
                work->calls->count < most &&
                !add_call(work, caller, file->nodes[node].function, 0,
                          ended > frame->entered ? ended - frame->entered : 0))
                return false;
        }
    return true;
}

static int compare(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

static int compare_calls(const void *left, const void *right)
{
    const struct reader_line_call *a = left, *b = right;
    int order = compare(a->function, b->function);
    if (order == 0)
        order = compare(a->thread, b->thread);
    if (order == 0)
        order = compare(a->number, b->number);
    return order ? order : compare(a->callee, b->callee);
}

static void merge_calls(struct reader_calls *calls)
{
    size_t kept = 0;
    if (calls->count)
        qsort(calls->items, calls->count, sizeof *calls->items, compare_calls);
    for (size_t i = 0; i < calls->count; i++) {
        const struct reader_line_call *call = &calls->items[i];
        struct reader_line_call *last = kept ? &calls->items[kept - 1] : NULL;
        if (last && compare_calls(last, call) == 0) {
            saturating_add(&last->calls, call->calls);
            saturating_add(&last->inclusive, call->inclusive);
            saturating_add(&last->gross, call->gross);
        } else {
            calls->items[kept++] = *call;
        }
    }
    calls->count = kept;
}

/* ---- Nodes ---- */

static uint32_t hash_of(uint32_t parent, uint32_t function)
{
    return hash_mix((uint64_t)parent << 32 | function);
}

static uint32_t hash_node(const void *context, uint32_t index)
{
    const struct work *work = context;
    const struct recording_node *node = &work->file->nodes[index];
    return hash_of(node->parent, node->function);
}

static void add_ticks(struct recording_node *to, const struct recording_node *from)
{
    saturating_add(&to->inclusive, from->inclusive);
    saturating_add(&to->folded, from->folded);
    saturating_add(&to->unrecorded, from->unrecorded);
    saturating_add(&to->recording, from->recording);
}

/* How long activations took that ended in a line was counted as the line's. */
static void move_durations(struct work *work, uint32_t line, uint32_t function)
{
    struct recording_function *from = &work->file->functions[line];
    struct recording_function *to = &work->file->functions[function];
    if (work->has_durations[line])
        return;
    work->has_durations[line] = true;
    for (int i = 0; i < RECORDING_DURATION_BUCKETS; i++)
        saturating_add(&to->durations[i], from->durations[i]);
    if (from->longest > to->longest)
        to->longest = from->longest;
}

/* The new node of that context, made if need be; RECORDING_NONE: no memory. New nodes are never
 * behind the old ones that they are made of, so that they take their places. */
static uint32_t find_node(struct work *work, uint32_t parent, uint32_t function)
{
    struct recording_node *nodes = work->file->nodes;
    uint32_t hash = hash_of(parent, function);
    if (parent != RECORDING_NONE)
        HASH_INDEX_FOR_EACH(&work->index, hash, candidate)
        {
            if (nodes[candidate].parent == parent && nodes[candidate].function == function)
                return candidate;
        }
    uint32_t node = work->count++;
    nodes[node] = (struct recording_node){.parent = parent, .function = function};
    if (parent != RECORDING_NONE && !hash_index_add(&work->index, hash, node, hash_node, work))
        return RECORDING_NONE;
    return node;
}

/* Old nodes are read before new ones take their places: `nodes` is a copy. */
static bool take_node(struct work *work, const struct recording_node *nodes, uint32_t i)
{
    const struct recording_node *node = &nodes[i];
    uint32_t parent = node->parent == RECORDING_NONE ? node->parent : work->place[node->parent];
    if (work->file->functions[node->function].kind == RECORDING_FUNCTION_LINE) {
        move_durations(work, node->function, nodes[node->parent].function);
        work->place[i] = parent;
        add_ticks(&work->file->nodes[parent], node);
        return true;
    }
    uint32_t place = work->place[i] = find_node(work, parent, node->function);
    if (place == RECORDING_NONE)
        return false;
    struct recording_node *to = &work->file->nodes[place];
    saturating_add(&to->calls, node->calls);
    saturating_add(&to->resumes, node->resumes);
    add_ticks(to, node);
    return true;
}

static bool take_nodes(struct work *work)
{
    uint32_t count = work->file->header.counts[RECORDING_NODES];
    struct recording_node *nodes = malloc(((size_t)count + 1) * sizeof *nodes);
    bool done = nodes && hash_index_init(&work->index, 1u << 10);
    if (done)
        memcpy(nodes, work->file->nodes, (size_t)count * sizeof *nodes);
    for (uint32_t i = 0; done && i < count; i++)
        done = take_node(work, nodes, i);
    free(nodes);
    work->file->header.counts[RECORDING_NODES] = work->count;
    return done;
}

/* ---- What refers to them ---- */

static void move_threads(const struct work *work)
{
    struct recording_file *file = work->file;
    for (uint32_t i = 0; i < file->header.counts[RECORDING_THREADS]; i++) {
        struct recording_thread *thread = &file->threads[i];
        thread->root = work->place[thread->root];
        if (thread->fold_root != RECORDING_NONE)
            thread->fold_root = work->place[thread->fold_root];
    }
}

/* Stacks of a damaged recording may overlap; each frame is moved once. */
static bool move_frames(const struct work *work)
{
    struct recording_file *file = work->file;
    bool *moved = calloc(file->header.counts[RECORDING_STACKS] + 1u, sizeof *moved);
    if (!moved)
        return false;
    for (uint32_t i = 0; i < file->header.counts[RECORDING_THREADS]; i++)
        for (uint32_t depth = 0; depth < file->threads[i].depth; depth++) {
            uint64_t index = file->threads[i].stack + depth;
            if (!moved[index])
                file->frames[index].node = work->place[file->frames[index].node];
            moved[index] = true;
        }
    free(moved);
    return true;
}

static void move_functions(struct work *work)
{
    struct recording_file *file = work->file;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < file->header.counts[RECORDING_FUNCTIONS]; i++) {
        work->new_function[i] = kept;
        if (file->functions[i].kind != RECORDING_FUNCTION_LINE)
            file->functions[kept++] = file->functions[i];
    }
    file->header.counts[RECORDING_FUNCTIONS] = kept;
    for (uint32_t i = 0; i < file->header.counts[RECORDING_NODES]; i++)
        file->nodes[i].function = work->new_function[file->nodes[i].function];
    for (uint32_t i = 0; i < file->header.counts[RECORDING_LINES]; i++)
        file->lines[i].function = work->new_function[file->lines[i].function];
    for (size_t i = 0; i < work->calls->count; i++) {
        struct reader_line_call *call = &work->calls->items[i];
        call->function = work->new_function[call->function];
        call->callee = work->new_function[call->callee];
    }
}

/* ---- The whole ---- */

/* An activation that returns from a line is booked in that line's node. */
static void find_ticks(struct work *work)
{
    const struct recording_file *file = work->file;
    for (uint32_t i = 0; i < file->header.counts[RECORDING_NODES]; i++) {
        work->ticks[i] = file->nodes[i].inclusive;
        if (is_line(file, i))
            saturating_add(&work->ticks[file->nodes[i].parent], file->nodes[i].inclusive);
    }
}

static bool find_calls(struct work *work)
{
    const struct recording_file *file = work->file;
    for (uint32_t i = 0; i < file->header.counts[RECORDING_THREADS]; i++) {
        work->thread[file->threads[i].root] = i;
        if (file->threads[i].fold_root != RECORDING_NONE)
            work->thread[file->threads[i].fold_root] = i;
    }
    for (uint32_t i = 0; i < file->header.counts[RECORDING_NODES]; i++) {
        const struct recording_node *node = &file->nodes[i];
        if (node->parent == RECORDING_NONE)
            continue;
        work->thread[i] = work->thread[node->parent];
        if (!is_line(file, i) && is_line(file, node->parent) &&
            !add_call(work, node->parent, node->function,
                      saturating_sum(node->calls, node->resumes), work->ticks[i]))
            return false;
    }
    return true;
}

static bool take_out(struct work *work, uint64_t ended)
{
    const struct recording_header *header = &work->file->header;
    size_t nodes = (size_t)header->counts[RECORDING_NODES] + 1;
    size_t functions = (size_t)header->counts[RECORDING_FUNCTIONS] + 1;
    work->place = calloc(nodes, sizeof *work->place);
    work->thread = calloc(nodes, sizeof *work->thread);
    work->ticks = calloc(nodes, sizeof *work->ticks);
    work->new_function = calloc(functions, sizeof *work->new_function);
    work->has_durations = calloc(functions, sizeof *work->has_durations);
    if (!work->place || !work->thread || !work->ticks || !work->new_function ||
        !work->has_durations)
        return false;
    find_ticks(work);
    if (!find_calls(work) || !add_open_calls(work, ended) || !take_nodes(work) ||
        !move_frames(work))
        return false;
    move_threads(work);
    move_functions(work);
    merge_calls(work->calls);
    return true;
}

static bool has_lines(const struct recording_file *file)
{
    for (uint32_t i = 0; i < file->header.counts[RECORDING_FUNCTIONS]; i++)
        if (file->functions[i].kind == RECORDING_FUNCTION_LINE)
            return true;
    return false;
}

bool reader_take_out_lines(struct recording_file *file, uint64_t ended,
                           struct reader_calls *calls)
{
    struct work work = {.file = file, .calls = calls};
    *calls = (struct reader_calls){0};
    if (!has_lines(file))
        return true;
    bool done = take_out(&work, ended);
    free(work.place);
    free(work.thread);
    free(work.ticks);
    free(work.new_function);
    free(work.has_durations);
    hash_index_release(&work.index);
    return done;
}

void reader_calls_release(struct reader_calls *calls)
{
    free(calls->items);
    *calls = (struct reader_calls){0};
}
