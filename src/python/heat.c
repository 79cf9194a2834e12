/* SPDX-License-Identifier: MIT */
#include "python/compat.h"

#include "python/heat.h"

#include "python/lines.h"

enum {
    LOOKS = 50,                     /* the time between two is that part of the time so far, */
    SHORTEST_NANOSECONDS = 5000000, /* but not less */
};

uint64_t heat_next_look;

/* All that waits. */
static struct lines_of_code *waiting;

void heat_wait(struct lines_of_code *known)
{
    known->next_waiting = waiting;
    waiting = known;
}

void heat_forget(struct lines_of_code *known)
{
    struct lines_of_code **link = &waiting;
    while (*link && *link != known)
        link = &(*link)->next_waiting;
    if (*link)
        *link = known->next_waiting;
}

/* Nested activations of a function are part of the outermost. */
static bool is_nested(const struct writer_thread *thread, uint32_t node)
{
    uint32_t function = thread->nodes[node].function;
    for (uint32_t above = thread->nodes[node].parent; above != RECORDING_NONE;
         above = thread->nodes[above].parent)
        if (thread->nodes[above].function == function)
            return true;
    return false;
}

/* Ticks since it was entered, of the calling thread's outermost activation. */
static uint64_t open_ticks(const struct writer_thread *thread, uint32_t function, uint64_t now)
{
    for (const struct recording_frame *frame = thread->frames + 1; frame <= thread->top;
         frame++)
        if (thread->nodes[frame->node].function == function)
            return now - frame->entered;
    return 0;
}

static uint64_t ticks_of(const struct writer_thread *thread, uint32_t function, uint64_t now)
{
    uint64_t ticks = open_ticks(thread, function, now);
    for (uint32_t node = thread->functions[function].newest_node; node != RECORDING_NONE;
         node = thread->nodes[node].next_of_function)
        if (!is_nested(thread, node))
            ticks += thread->nodes[node].inclusive;
    return ticks;
}

void heat_take(struct writer_thread *thread, uint64_t now)
{
    uint64_t so_far = now - thread->frames->entered, shortest = SHORTEST_NANOSECONDS;
    double hot = (double)so_far * recorder.options.hot / RECORD_SHARE_UNIT;
    if (thread->clock == CLOCK_KIND_COUNTER)
        shortest *= 3; /* processors count some billions a second */
    heat_next_look = now + so_far / LOOKS + shortest;
    for (struct lines_of_code **link = &waiting, *known; (known = *link) != NULL;) {
        if ((double)ticks_of(thread, known->function, now) < hot) {
            link = &known->next_waiting;
            continue;
        }
        *link = known->next_waiting;
        lines_become_hot(known);
    }
}
