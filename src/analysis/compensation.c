/* Overhead compensation after Malony and Shende ("Overhead Compensation in Performance
 * Profiling", Euro-Par 2004): an event's cost is in two places, between the two readings of the
 * clock (in the callee's time) and around them (in the caller's), and each is taken off where
 * it is.
 *
 * How a cost divides between the two is known less well than their sum. So where a callee's
 * self time is shorter than the cost it should hold, the rest is taken off its caller; what
 * that has no time for either is reported, not hidden.
 *
 * SPDX-License-Identifier: MIT */
#include <pyperf/compensation.h>

#include <stdlib.h>

#include "analysis/line_compensation.h"
#include "base/saturating.h"

struct compensation {
    struct pyperf_profile *profile;
    uint64_t *self;      /* ticks by node; compensated as the work goes on */
    double *own;         /* ticks by node: cost that its self time should hold */
    double *passed;      /* ticks by node: what its callees' self times had no room for */
    uint64_t *inclusive; /* ticks by node, compensated */
    double
        folded_outside; /* ticks: cost outside of folded calls, whose callers are not known */
    double removed;
    double unexplained;
};

bool pyperf_profile_has_costs(const struct pyperf_profile *profile)
{
    for (int kind = 0; kind < PYPERF_COST_COUNT; kind++)
        if (profile->run.costs[kind].inside > 0 || profile->run.costs[kind].outside > 0)
            return true;
    return false;
}

static enum pyperf_function_kind kind_of(const struct pyperf_profile *profile, uint32_t node)
{
    return profile->functions[profile->nodes[node].function].kind;
}

static bool is_folded(const struct pyperf_profile *profile, uint32_t node)
{
    uint32_t parent = profile->nodes[node].parent;
    return parent != PYPERF_NO_INDEX && kind_of(profile, parent) == PYPERF_FUNCTION_FOLD_ROOT;
}

/* What one start of a function costs. A thread's root costs nothing. */
static struct pyperf_cost start_cost(const struct pyperf_profile *profile,
                                     enum pyperf_function_kind kind)
{
    switch (kind) {
    case PYPERF_FUNCTION_PYTHON:
        return profile->run.costs[PYPERF_COST_CALL];
    case PYPERF_FUNCTION_BUILTIN:
        return profile->run.costs[PYPERF_COST_BUILTIN];
    case PYPERF_FUNCTION_BUILTIN_METHOD:
        return profile->run.costs[PYPERF_COST_METHOD];
    case PYPERF_FUNCTION_ROOT:
    case PYPERF_FUNCTION_FOLD_ROOT:
        break;
    }
    return (struct pyperf_cost){0, 0};
}

/* ---- Expected costs ---- */

static void expect_costs(struct compensation *work)
{
    const struct pyperf_profile *profile = work->profile;
    struct pyperf_cost resume = profile->run.costs[PYPERF_COST_RESUME];
    double unrecorded = profile->run.costs[PYPERF_COST_UNRECORDED].outside;
    for (uint32_t i = 0; i < profile->node_count; i++) {
        const struct pyperf_node *node = &profile->nodes[i];
        struct pyperf_cost start = start_cost(profile, kind_of(profile, i));
        double calls = (double)node->calls, resumes = (double)node->resumes;
        double outside = calls * start.outside + resumes * resume.outside;
        work->own[i] += calls * start.inside + resumes * resume.inside +
                        (double)node->unrecorded * unrecorded + (double)node->recording;
        if (is_folded(profile, i))
            work->folded_outside += outside;
        else if (node->parent != PYPERF_NO_INDEX)
            work->own[node->parent] += outside;
    }
}

/* ---- Self times ---- */

static double at_most(double value, double limit)
{
    return value < limit ? value : limit;
}

/* Callees come before their callers, so that these know what was passed on to them. */
static void take_off_self(struct compensation *work)
{
    const struct pyperf_profile *profile = work->profile;
    for (uint32_t i = profile->node_count; i-- > 0;) {
        double self = (double)work->self[i], own = work->own[i];
        double expected = own + work->passed[i];
        double taken = at_most(expected, self);
        double passed_on = own > self ? at_most(own - self, expected - taken) : 0;
        uint32_t parent = profile->nodes[i].parent;
        if (parent != PYPERF_NO_INDEX && !is_folded(profile, i))
            work->passed[parent] += passed_on;
        else
            passed_on = 0;
        work->unexplained += expected - taken - passed_on;
        work->removed += taken;
        uint64_t ticks = saturating_from(taken);
        work->self[i] -= ticks < work->self[i] ? ticks : work->self[i];
    }
}

/* ---- Folded contexts ---- */

static uint64_t recorded_folded_self(const struct pyperf_node *node)
{
    return node->inclusive > node->folded ? node->inclusive - node->folded : 0;
}

/* The callers of folded calls are not known, but nearly all of them are folded as well: the
 * cost outside is taken off all folded self times alike. Returns what is left of folded time.
 */
static double take_off_folded(struct compensation *work)
{
    struct pyperf_profile *profile = work->profile;
    double before = 0, after = 0;
    for (uint32_t i = 0; i < profile->node_count; i++)
        if (is_folded(profile, i)) {
            after += (double)work->self[i];
            before += (double)recorded_folded_self(&profile->nodes[i]);
        }
    if (before <= 0)
        return 1;
    double taken = at_most(work->folded_outside, after);
    double rest = after > 0 ? (after - taken) / after : 0;
    work->removed += taken;
    work->unexplained += work->folded_outside - taken;
    for (uint32_t i = 0; i < profile->node_count; i++)
        if (is_folded(profile, i))
            work->self[i] = saturating_from((double)work->self[i] * rest);
    return at_most((after - taken) / before, 1);
}

/* The time of a function's folded activations, recursion counted once, is its own, of which the
 * rest is known, and that of other folded calls, which shrinks as all of that does. */
static bool take_off_folded_primitives(struct compensation *work, double folded_scale)
{
    struct pyperf_profile *profile = work->profile;
    double *before = calloc(2 * ((size_t)profile->function_count + 1), sizeof *before);
    if (!before)
        return false;
    double *after = before + profile->function_count + 1;
    for (uint32_t i = 0; i < profile->node_count; i++)
        if (is_folded(profile, i)) {
            before[profile->nodes[i].function] +=
                (double)recorded_folded_self(&profile->nodes[i]);
            after[profile->nodes[i].function] += (double)work->self[i];
        }
    for (uint32_t i = 0; i < profile->function_count; i++) {
        uint64_t *ticks = &profile->functions[i].folded_primitive_ticks;
        double others = (double)*ticks > before[i] ? (double)*ticks - before[i] : 0;
        if (*ticks > 0)
            *ticks = saturating_from(after[i] + others * folded_scale);
    }
    free(before);
    return true;
}

/* ---- Inclusive times ---- */

static void add_up_inclusive(struct compensation *work, double folded_scale)
{
    struct pyperf_profile *profile = work->profile;
    for (uint32_t i = 0; i < profile->node_count; i++) {
        struct pyperf_node *node = &profile->nodes[i];
        node->folded = saturating_from((double)node->folded * folded_scale);
        work->inclusive[i] = saturating_sum(work->self[i], node->folded);
    }
    for (uint32_t i = profile->node_count; i-- > 0;) {
        uint32_t parent = profile->nodes[i].parent;
        if (parent != PYPERF_NO_INDEX && !is_folded(profile, i))
            saturating_add(&work->inclusive[parent], work->inclusive[i]);
    }
}

/* The longest activation holds the cost of one start, as each does, and of its callees' in
 * proportion to their time. A share of the whole would take far too much from the one long call
 * among many short ones. `before` and `after`: ticks of all of the function's activations. */
static uint64_t compensated_longest(const struct pyperf_function *function, double start,
                                    double before, double after)
{
    double activations = 0;
    for (int i = 0; i < PYPERF_DURATION_BUCKETS; i++)
        activations += (double)function->durations[i];
    double without_starts = before - activations * start;
    if (without_starts <= after)
        return saturating_from((double)function->longest - start);
    return saturating_from(((double)function->longest - start) * after / without_starts);
}

/* Durations have no node of their own: they shrink as the function's inclusive times do. */
static bool scale_durations(struct compensation *work)
{
    struct pyperf_profile *profile = work->profile;
    double *before = calloc(2 * ((size_t)profile->function_count + 1), sizeof *before);
    if (!before)
        return false;
    double *after = before + profile->function_count + 1;
    for (uint32_t i = 0; i < profile->node_count; i++) {
        before[profile->nodes[i].function] += (double)profile->nodes[i].inclusive;
        after[profile->nodes[i].function] += (double)work->inclusive[i];
    }
    for (uint32_t i = 0; i < profile->function_count; i++) {
        struct pyperf_function *function = &profile->functions[i];
        if (before[i] <= 0)
            continue;
        function->duration_scale = at_most(after[i] / before[i], 1);
        function->longest = compensated_longest(
            function, start_cost(profile, function->kind).inside, before[i], after[i]);
    }
    free(before);
    return true;
}

/* ---- The whole ---- */

static bool prepare(struct compensation *work)
{
    size_t nodes = (size_t)work->profile->node_count + 1;
    work->self = pyperf_profile_self_ticks(work->profile);
    work->own = calloc(nodes, sizeof *work->own);
    work->passed = calloc(nodes, sizeof *work->passed);
    work->inclusive = calloc(nodes, sizeof *work->inclusive);
    if (!work->self || !work->own || !work->passed || !work->inclusive)
        return false;
    return true;
}

static bool compensate(struct compensation *work)
{
    struct pyperf_profile *profile = work->profile;
    if (!prepare(work))
        return false;
    expect_costs(work);
    take_off_self(work);
    double folded_scale = take_off_folded(work);
    if (!take_off_folded_primitives(work, folded_scale))
        return false;
    add_up_inclusive(work, folded_scale);
    if (!scale_durations(work))
        return false;
    for (uint32_t i = 0; i < profile->node_count; i++) {
        profile->nodes[i].inclusive = work->inclusive[i];
        profile->nodes[i].recording = 0;
    }
    profile->run.overhead = work->removed;
    profile->run.unexplained = work->unexplained;
    line_compensation_apply(profile);
    return true;
}

enum pyperf_status pyperf_profile_compensate(struct pyperf_profile *profile,
                                             struct pyperf_error *error)
{
    struct compensation work = {.profile = profile};
    if (profile->run.compensated)
        return PYPERF_OK;
    /* Without costs nothing is taken off, not even what the writer measured: half of a cost
     * would make times neither raw nor right. */
    profile->run.compensated = true;
    if (!pyperf_profile_has_costs(profile))
        return PYPERF_OK;
    bool done = compensate(&work);
    free(work.self);
    free(work.own);
    free(work.passed);
    free(work.inclusive);
    if (!done)
        return pyperf_error_set(error, PYPERF_NO_MEMORY,
                                "no memory to take off what recording cost");
    return PYPERF_OK;
}
