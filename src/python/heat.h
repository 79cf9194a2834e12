/* Functions whose lines are recorded once they are hot: from the moment at which a function has
 * used a given share of the time so far. Calls tell how much that is.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_PYTHON_HEAT_H
#define PYPERF_PYTHON_HEAT_H

#include "python/compat.h"

#include "python/recorder.h"

struct lines_of_code;

/* Lets chosen code wait until it is hot; and no more, because it is freed. */
void heat_wait(struct lines_of_code *known);
void heat_forget(struct lines_of_code *known);

/* Private to heat_look. */
extern uint64_t heat_next_look; /* ticks of events */
void heat_take(struct writer_thread *thread, uint64_t now);

/* To be called at the end of calls, by engines that record them with `options.hot`: looks, now
 * and then, whether something has become hot. */
static inline void heat_look(void)
{
    struct writer_thread *thread = recorder_current_thread;
    uint64_t now = thread ? clock_read(thread->clock) : 0;
    if (__builtin_expect(now > heat_next_look, 0))
        heat_take(thread, now);
}

#endif
