/* SPDX-License-Identifier: MIT */
#include "model/adding.h"

#include <math.h>

#include "base/saturating.h"

uint64_t ticks_convert(uint64_t ticks, double scale)
{
    return scale == 1 ? ticks : saturating_from((double)ticks * scale);
}

static uint64_t count_durations(const struct pyperf_function *function)
{
    uint64_t count = 0;
    for (int i = 0; i < PYPERF_DURATION_BUCKETS; i++)
        saturating_add(&count, function->durations[i]);
    return count;
}

/* Durations are known by powers of two; where the clocks tick at rates that far apart, they
 * move by whole items. */
static void add_durations(struct pyperf_function *to, const struct pyperf_function *from,
                          double scale)
{
    int shift = scale == 1 ? 0 : (int)lround(log2(scale));
    for (int i = 0; i < PYPERF_DURATION_BUCKETS; i++) {
        int bucket = i + shift;
        if (bucket < 0)
            bucket = 0;
        if (bucket >= PYPERF_DURATION_BUCKETS)
            bucket = PYPERF_DURATION_BUCKETS - 1;
        saturating_add(&to->durations[bucket], from->durations[i]);
    }
}

void function_add_figures(struct pyperf_function *to, const struct pyperf_function *from,
                          double scale)
{
    double own = (double)count_durations(to), others = (double)count_durations(from);
    uint64_t longest = ticks_convert(from->longest, scale);
    to->decorated = to->decorated || from->decorated;
    if (longest > to->longest)
        to->longest = longest;
    if (own + others > 0)
        to->duration_scale =
            (to->duration_scale * own + from->duration_scale * others) / (own + others);
    add_durations(to, from, scale);
    saturating_add(&to->folded_primitive_calls, from->folded_primitive_calls);
    saturating_add(&to->folded_primitive_ticks,
                   ticks_convert(from->folded_primitive_ticks, scale));
}

void run_add_losses(struct pyperf_run *to, const struct pyperf_run *from, double scale)
{
    saturating_add(&to->children, from->children);
    saturating_add(&to->lost_calls, from->lost_calls);
    saturating_add(&to->resynchronised, from->resynchronised);
    saturating_add(&to->unmatched, from->unmatched);
    saturating_add(&to->displaced, from->displaced);
    saturating_add(&to->displaced_time, from->displaced_time);
    saturating_add(&to->beyond_depth, from->beyond_depth);
    to->overhead += from->overhead * scale;
    to->unexplained += from->unexplained * scale;
    if (!to->recording_error)
        to->recording_error = from->recording_error;
}
