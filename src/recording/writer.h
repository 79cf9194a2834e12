/* Writing a recording: the part of the hot path that every engine shares.
 *
 * An engine turns each event of the interpreter into writer_enter or writer_leave. The common
 * case, a context that was entered before, is inlined here: one look into a cache, a clock
 * read, a few stores. Everything else (new contexts, new functions, folding, growing, mending)
 * is in writer.c, out of line.
 *
 * A *key* is the address that the engine knows a callee by (a code object, a method
 * definition). Keys are bound to functions; the engine must have a key forgotten before its
 * address can be reused. An *identity* tells activations apart while both are on one stack: the
 * address of the interpreter's frame.
 *
 * Threading: one writer_thread per OS thread, used by that thread only. Nodes, functions and
 * keys are shared; the caller serialises everything that may create them (the GIL does).
 * writer_thread_end alone may run without.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_RECORDING_WRITER_H
#define PYPERF_RECORDING_WRITER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include <pyperf/error.h>

#include "base/hash_index.h"
#include "recording/context_cache.h"
#include "recording/key_map.h"
#include "recording/layout.h"
#include "recording/region.h"
#include "recording/writer_blocks.h"

enum { WRITER_NATIVE_NAME_SIZE = 16 /* bytes, the kernel's limit */ };

struct line_thread;

struct recording_writer {
    struct recording_map map;
    struct recording_header *header; /* the same mapping, by its parts */
    struct recording_node *nodes;
    struct recording_function *functions;
    char *strings;
    struct recording_thread *threads;
    struct recording_frame *frames;
    enum clock_kind clock;             /* of moments */
    enum clock_kind event_clock;       /* of frames and nodes */
    struct context_cache cache;        /* nodes by (parent, key), some of them */
    struct hash_index contexts;        /* nodes by (parent, function), all of them */
    struct hash_index functions_index; /* functions by label */
    struct hash_index strings_index;   /* strings by content */
    struct key_map keys;               /* key → function */
    uint32_t nodes_reserved;           /* nodes there is sure to be disk space for */
    uint32_t root_function;
    uint32_t fold_root_function;
    pthread_mutex_t stacks_lock;
    struct writer_blocks stacks;
    struct writer_blocks line_stacks;
    char native_name[WRITER_NATIVE_NAME_SIZE]; /* what threads inherit, so that it is no name */
};

/* A thread's part, in private memory. What the hot path reads lies in its first line. */
struct writer_thread {
    struct recording_frame
        *top; /* the innermost frame: what shared->depth says, as a pointer */
    struct recording_frame *limit; /* the last frame there is room for */
    struct recording_thread *shared;
    struct recording_node *nodes;
    struct recording_function *functions;
    struct context_cache_slot *cache;
    enum clock_kind clock;          /* of events */
    uint32_t capacity;              /* frames */
    struct recording_frame *frames; /* the shadow stack's first frame: the thread's root */
    struct recording_writer *writer;
    struct writer_parking *parking; /* stacks put aside (writer_switch.h), or NULL: none ever */
    struct line_thread *lines;      /* its lines (line_thread.h), or NULL: none so far */
};

/* What identifies a function. Strings are borrowed for the call; UTF-8. */
struct writer_label {
    enum recording_function_kind kind;
    const char *file;
    const char *name;
    const char *qualified_name;
    uint32_t line;
};

enum writer_entry { WRITER_START, WRITER_RESUME };

/* Maps a new recording at `path`; `cpu_time`: durations are CPU time, not wall-clock time. Free
 * it with writer_detach. */
enum pyperf_status writer_init(struct recording_writer *writer, const char *path,
                               const struct recording_room *room, bool cpu_time,
                               struct pyperf_error *error);

/* Notes the moment as the run's end, and what threads that outlive it have used so far. The
 * recording stays mapped, because they may still come by. */
void writer_finish(struct recording_writer *writer);

/* In a forked child: lets go of the recording without touching it. */
void writer_detach(struct recording_writer *writer);

/* The offset of a string that the recording holds once; RECORDING_NONE: no room. */
uint32_t writer_string(struct recording_writer *writer, const char *text);

/* The function with this label, made if need be; RECORDING_NONE: no room. */
uint32_t writer_function(struct recording_writer *writer, const struct writer_label *label);

/* The program asked for this function. */
static inline void writer_mark_decorated(struct recording_writer *writer, uint32_t function)
{
    writer->functions[function].decorated = 1;
}

/* Binds a key to a function, which replaces any older binding. */
bool writer_bind(struct recording_writer *writer, uint64_t key, uint32_t function);

/* The function a key is bound to, or RECORDING_NONE. */
static inline uint32_t writer_function_of_key(const struct recording_writer *writer,
                                              uint64_t key)
{
    return key_map_find(&writer->keys, key);
}

/* Undoes writer_bind, in the caches too. Unknown keys are ignored. */
void writer_forget(struct recording_writer *writer, uint64_t key);

/* A thread's tree, with its root entered now. NULL: no room (the header counts it). The caller
 * is the thread itself. */
struct writer_thread *writer_thread_start(struct recording_writer *writer);

/* Lets the thread's time begin now, before anything in it was entered. */
void writer_thread_begin(struct writer_thread *thread);

/* What a report shall call the thread: UTF-8, cut off where it is too long. The caller is the
 * thread itself. */
void writer_name_thread(struct writer_thread *thread, const char *name);

/* Closes the thread's frames, notes what it used and, if it was given no name, that by which
 * the operating system knows it, and frees `thread`. */
void writer_thread_end(struct writer_thread *thread);

/* What the recorder is about to do in the current context is measured: from this moment, in
 * ticks, until the frame that writer_enter_slowly pushes is entered. */
static inline uint64_t writer_moment(const struct writer_thread *thread)
{
    return clock_read(thread->clock);
}

/* Enters `function`, found by key or by the engine, when the cache missed. With `key` 0 the
 * callee is not remembered in the cache. The time since `began` is not the caller's. */
void writer_enter_slowly(struct writer_thread *thread, uint64_t began, uint64_t key,
                         uint32_t function, enum writer_entry entry, uint64_t identity,
                         uint32_t site);

/* Leaves an activation that is not an ordinary one on top of the stack: the topmost one where
 * it was folded or lost; else one further down, whose callees were left without an event and
 * are closed too, and the header counts that. An activation that is not on the stack was
 * entered before recording began, or found no room: nothing changes, but the header counts the
 * former. */
void writer_leave_slowly(struct writer_thread *thread, uint64_t identity, uint32_t site,
                         uint64_t now);

/* Books ticks of a call that is not over and is off the stack: it has no duration to count. */
void writer_book_unfinished(struct writer_thread *thread, const struct recording_frame *frame,
                            uint64_t ticks);

/* Takes the topmost frame off the stack and books its time until `now`. */
void writer_close_top(struct writer_thread *thread, uint64_t now);

/* Keeps the compiler from moving stores across: a kill may come at any instruction. */
#define WRITER_ORDER_STORES() __atomic_signal_fence(__ATOMIC_ACQ_REL)

static inline struct recording_frame *writer_top(struct writer_thread *thread)
{
    return thread->top;
}

/* Bits of a frame's site that say how it is booked, not what it is. */
#define WRITER_SITE_UNUSUAL                                                                    \
    (uint32_t)(RECORDING_SITE_FOLDED | RECORDING_SITE_PRIMITIVE | RECORDING_SITE_LOST)

static inline bool writer_frame_is(const struct recording_frame *frame, uint64_t identity,
                                   uint32_t site)
{
    return frame->identity == identity && (frame->site & ~WRITER_SITE_UNUSUAL) == site;
}

/* Notes an event that took its time in the current context and is not recorded as a call. */
static inline void writer_note_unrecorded(struct writer_thread *thread)
{
    thread->nodes[thread->top->node].unrecorded++;
}

/* Books a cost of recording in the current context, besides those of its events. */
static inline void writer_note_cost(struct writer_thread *thread, uint64_t ticks)
{
    thread->nodes[thread->top->node].recording += ticks;
}

/* Puts a frame on the stack. The clock is read last, so that this work counts as the
 * caller's. */
static inline void writer_push(struct writer_thread *thread, uint32_t node, uint64_t identity,
                               uint32_t site)
{
    struct recording_frame *frame = ++thread->top;
    frame->identity = identity;
    frame->node = node;
    frame->site = site;
    frame->entered = clock_read(thread->clock);
    WRITER_ORDER_STORES();
    thread->shared->depth++;
}

static inline struct recording_frame *writer_pop(struct writer_thread *thread)
{
    thread->shared->depth--;
    WRITER_ORDER_STORES();
    return thread->top--;
}

/* Books the end of an activation. */
static inline void writer_book(struct writer_thread *thread, struct recording_node *node,
                               uint64_t ticks)
{
    struct recording_function *function = &thread->functions[node->function];
    node->inclusive += ticks;
    function->durations[63 - __builtin_clzll(ticks | 1)]++;
    if (__builtin_expect(ticks > function->longest, 0))
        function->longest = ticks;
}

/* Enters the callee `key`. False: the cache missed, nothing was done, and the engine goes on
 * with writer_enter_slowly. */
static inline bool writer_enter(struct writer_thread *thread, uint64_t key,
                                enum writer_entry entry, uint64_t identity, uint32_t site)
{
    uint32_t caller = thread->top->node;
    const struct context_cache_slot *slot = context_cache_slot(thread->cache, caller, key);
    if (__builtin_expect(slot->key != key || slot->caller != caller, 0) ||
        __builtin_expect(thread->top == thread->limit, 0))
        return false;
    struct recording_node *callee = &thread->nodes[slot->node];
    if (entry == WRITER_RESUME)
        callee->resumes++;
    else
        callee->calls++;
    writer_push(thread, slot->node, identity, site);
    return true;
}

/* Leaves an activation. The clock is read first, so that this work counts as the caller's. */
static inline void writer_leave(struct writer_thread *thread, uint64_t identity, uint32_t site)
{
    uint64_t now = clock_read(thread->clock);
    const struct recording_frame *frame = thread->top;
    if (__builtin_expect(frame->identity != identity || frame->site != site, 0)) {
        writer_leave_slowly(thread, identity, site, now);
        return;
    }
    writer_pop(thread);
    writer_book(thread, &thread->nodes[frame->node], now - frame->entered);
}

#endif
