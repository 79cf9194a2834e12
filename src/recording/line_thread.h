/* Writing lines: the part of the hot path that the engines for lines share.
 *
 * Each thread has a stack of the chosen functions that are running in it, apart from the shadow
 * stack of calls, with the line that each is in. A line begins with line_begin, and ends with
 * the next one or with line_leave. The clock is read first when a line ends and last when one
 * begins, so that the recorder's own work lies between lines; it is part of what called the
 * function, though, and of what an event costs besides (RECORDING_COST_LINE…), so that each
 * thread adds up what it has cost so far, and a line notes how much of that came while it ran.
 *
 * An *identity* tells activations apart while both are on the stack: an address.
 *
 * Threading: as in writer.h.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_RECORDING_LINE_THREAD_H
#define PYPERF_RECORDING_LINE_THREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "recording/layout.h"
#include "recording/line_codes.h"
#include "recording/writer.h"

/* What only this process needs to know of an activation. */
struct line_frame {
    uint64_t identity;
    const struct line_code *code;
    struct recording_line *head; /* its block: stands for the function */
    struct recording_line *line; /* that it is in, or NULL */
    uint32_t node; /* of its call, where it is recorded what lines call; else RECORDING_NONE */
    uint64_t overhead_before_line;  /* the thread's, when the line began */
    uint64_t overhead_before_frame; /* and when its first one did */
};

struct line_thread {
    struct line_frame *top;
    struct recording_line_frame *shared_top; /* goes up and down with it */
    struct line_frame *limit;                /* the last frame there is room for */
    struct recording_line *lines;            /* the recording's */
    struct recording_thread *shared;
    uint64_t overhead;     /* ticks that recording lines has cost so far */
    uint32_t cost_between; /* ticks, as calibrated: of a line before it, and after another, */
    uint32_t cost_inside;  /* within it, */
    uint32_t cost_entry;   /* and of starting or resuming a function */
    enum clock_kind clock;
    struct recording_line **blocks; /* by the code's id; NULL: none yet */
    size_t block_capacity;
    struct line_frame *frames; /* the first is of no function */
    struct recording_writer *writer;
    struct writer_thread *calls;  /* where it is recorded what lines call; else NULL */
    struct line_parking *parking; /* stacks put aside (line_switch.h), or NULL: none ever */
};

/* Begins to record lines of that thread. NULL: no room. */
struct line_thread *line_thread_start(struct writer_thread *thread);

/* Ends what is running, and frees it. NULL is ignored. The caller is the thread; the GIL is not
 * needed. */
void line_thread_end(struct line_thread *lines, uint64_t now);

/* Puts activations on the stack that were taken from one, with their lines going on; they are
 * not counted. The frames are this thread's; or, in a forked child, those that the forking
 * thread had in its parent, whose codes have been moved (line_codes.h). */
void line_thread_put_back(struct line_thread *lines, const struct line_frame *frames,
                          size_t count);

/* The block of that code, made if need be. NULL: no room. */
struct recording_line *line_thread_add_block(struct line_thread *lines,
                                             const struct line_code *code);

/* Makes room for more frames; false: there is none. */
bool line_thread_grow(struct line_thread *lines);

/* Closes the frames above that of an activation, whose ends were not seen. False: it is not on
 * the stack, and nothing was done. */
bool line_thread_return_to(struct line_thread *lines, uint64_t identity);

/* Lets calls that follow be the calls of the line that the activation on top is in. */
void line_thread_mark_calls(struct line_thread *lines);

/* Notes the beginning of a line that finds no room. */
void line_thread_lose(struct line_thread *lines);

/* The first line of an activation begins. */
static inline void line_open_function(struct line_thread *lines, uint64_t now)
{
    struct line_frame *frame = lines->top;
    frame->overhead_before_frame = frame->overhead_before_line;
    frame->head->active++;
    lines->shared_top->began = now;
}

/* The clock is read last. */
static inline void line_open(struct line_thread *lines, struct recording_line *line)
{
    struct line_frame *frame = lines->top;
    struct recording_line_frame *shared = lines->shared_top;
    frame->line = line;
    frame->overhead_before_line = lines->overhead;
    line->active++;
    if (__builtin_expect(lines->calls != NULL, 0))
        line_thread_mark_calls(lines);
    shared->callees = 0;
    shared->entered = clock_read(lines->clock);
    if (__builtin_expect(shared->began == 0, 0))
        line_open_function(lines, shared->entered);
    WRITER_ORDER_STORES();
    shared->line = (uint32_t)(line - lines->lines);
}

static inline void line_close(struct line_thread *lines, uint64_t now)
{
    struct line_frame *frame = lines->top;
    struct recording_line_frame *shared = lines->shared_top;
    struct recording_line *line = frame->line;
    if (__builtin_expect(!line, 0))
        return;
    uint64_t ticks = now - shared->entered;
    shared->line = RECORDING_NONE;
    WRITER_ORDER_STORES();
    line->gross += ticks;
    line->callees += shared->callees;
    if (__builtin_expect(--line->active == 0, 1)) {
        line->inclusive += ticks;
        line->overhead += lines->overhead - frame->overhead_before_line;
    }
}

/* A line of the activation on top begins. False: it is another one, and nothing was done; the
 * engine goes on with line_thread_return_to. */
static inline bool line_begin(struct line_thread *lines, uint64_t identity, uint32_t number)
{
    uint64_t now = clock_read(lines->clock);
    struct line_frame *frame = lines->top;
    if (__builtin_expect(frame->identity != identity, 0))
        return false;
    uint32_t offset = number - frame->code->first, place = 0;
    if (__builtin_expect(offset < frame->code->span, 1))
        place = frame->code->places[offset];
    line_close(lines, now);
    if (__builtin_expect(!place, 0)) {
        frame->line = NULL;
        line_thread_lose(lines);
        return true;
    }
    frame->head[place].hits++;
    lines->overhead += lines->cost_between;
    line_open(lines, frame->head + place);
    lines->overhead += lines->cost_inside;
    return true;
}

static inline struct recording_line *line_block_of(struct line_thread *lines,
                                                   const struct line_code *code)
{
    struct recording_line *block =
        code->id < lines->block_capacity ? lines->blocks[code->id] : NULL;
    return __builtin_expect(block != NULL, 1) ? block : line_thread_add_block(lines, code);
}

/* Puts an activation on the stack, in no line yet. False: no room. */
static inline bool line_push(struct line_thread *lines, const struct line_code *code,
                             uint64_t identity)
{
    struct recording_line *head = line_block_of(lines, code);
    if (__builtin_expect(!head, 0) ||
        (__builtin_expect(lines->top == lines->limit, 0) && !line_thread_grow(lines)))
        return false;
    if (lines->top->line)
        lines->top->line->entries++;
    struct line_frame *frame = ++lines->top;
    struct recording_line_frame *shared = ++lines->shared_top;
    frame->identity = identity;
    frame->code = code;
    frame->head = head;
    frame->line = NULL;
    frame->node = RECORDING_NONE;
    frame->overhead_before_line = lines->overhead;
    shared->began = 0;
    shared->line = RECORDING_NONE;
    shared->head = (uint32_t)(head - lines->lines);
    WRITER_ORDER_STORES();
    lines->shared->line_depth++;
    lines->overhead += lines->cost_entry;
    return true;
}

/* A chosen function starts. False: no room; its lines are lost. */
static inline bool line_enter(struct line_thread *lines, const struct line_code *code,
                              uint64_t identity)
{
    if (!line_push(lines, code, identity))
        return false;
    lines->top->head->hits++;
    return true;
}

/* A generator or coroutine goes on, in the middle of a line (0: not known). */
static inline bool line_resume(struct line_thread *lines, const struct line_code *code,
                               uint64_t identity, uint32_t number)
{
    if (!line_push(lines, code, identity))
        return false;
    uint32_t offset = number - code->first;
    uint32_t place = offset < code->span ? code->places[offset] : 0;
    if (place)
        line_open(lines, lines->top->head + place);
    return true;
}

/* Takes the activation on top off the stack. */
static inline void line_pop(struct line_thread *lines, uint64_t now)
{
    struct line_frame *frame = lines->top;
    uint64_t began = lines->shared_top->began;
    line_close(lines, now);
    lines->shared->line_depth--;
    WRITER_ORDER_STORES();
    lines->top--;
    lines->shared_top--;
    if (__builtin_expect(!began, 0))
        return;
    lines->shared_top->callees += now - began;
    if (--frame->head->active == 0) {
        frame->head->inclusive += now - began;
        frame->head->overhead += lines->overhead - frame->overhead_before_frame;
    }
}

/* A chosen function returns, raises, or is suspended. The clock is read first. Ends that are
 * not the topmost activation's are for line_thread_return_to. */
static inline bool line_leave(struct line_thread *lines, uint64_t identity)
{
    uint64_t now = clock_read(lines->clock);
    if (__builtin_expect(lines->top->identity != identity, 0))
        return false;
    line_pop(lines, now);
    return true;
}

#endif
