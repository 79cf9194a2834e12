/* SPDX-License-Identifier: MIT */
#include "filled_profile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "profile_builder.h"

static uint64_t next_random(uint64_t *state)
{
    *state += 0x9E3779B97F4A7C15u; /* splitmix64 */
    uint64_t mixed = *state;
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBu;
    return mixed ^ mixed >> 31;
}

/* Of every length, the largest included. */
static uint64_t number(uint64_t *state)
{
    uint64_t value = next_random(state);
    return value >> next_random(state) % 64 | 1;
}

static uint32_t narrow(uint64_t *state)
{
    return (uint32_t)next_random(state) >> next_random(state) % 32 | 1;
}

static uint32_t below(uint64_t *state, uint32_t limit)
{
    return (uint32_t)(next_random(state) % limit);
}

static double fraction(uint64_t *state)
{
    return (double)(next_random(state) >> 12 | 1) / (double)(UINT64_C(1) << 52);
}

static uint32_t string(struct pyperf_profile *profile, uint64_t *state)
{
    char text[32];
    snprintf(text, sizeof text, "s%u", below(state, 100000));
    return build_string(profile, text);
}

static void *items(uint32_t count, size_t size)
{
    void *made = calloc((size_t)count + 1, size);
    if (!made)
        abort();
    return made;
}

static void fill_functions(struct pyperf_profile *profile, uint64_t *state, uint32_t count)
{
    profile->functions = items(count, sizeof *profile->functions);
    profile->function_count = count;
    for (uint32_t i = 0; i < count; i++) {
        struct pyperf_function *function = &profile->functions[i];
        function->file = string(profile, state);
        function->name = string(profile, state);
        function->qualified_name = string(profile, state);
        function->line = narrow(state);
        function->kind = i == 0   ? PYPERF_FUNCTION_ROOT
                         : i == 1 ? PYPERF_FUNCTION_FOLD_ROOT
                                  : (enum pyperf_function_kind)below(state, 3);
        function->folded_primitive_calls = number(state);
        function->folded_primitive_ticks = number(state);
        function->longest = number(state);
        function->duration_scale = fraction(state);
        function->decorated = i % 3 == 1;
        for (uint32_t j = below(state, 5); j > 0; j--)
            function->durations[below(state, PYPERF_DURATION_BUCKETS)] = number(state);
    }
}

static void fill_nodes(struct pyperf_profile *profile, uint64_t *state, uint32_t count)
{
    profile->nodes = items(count, sizeof *profile->nodes);
    profile->node_count = count;
    for (uint32_t i = 0; i < count; i++) {
        bool root = i < 4; /* of two threads, each with folded contexts */
        profile->nodes[i] = (struct pyperf_node){
            .parent = root ? PYPERF_NO_INDEX : below(state, i),
            .function = root ? i % 2 : 2 + below(state, profile->function_count - 2),
            .calls = number(state),
            .resumes = number(state),
            .inclusive = number(state),
            .folded = number(state),
            .unrecorded = number(state),
            .recording = number(state),
        };
    }
}

static void fill_threads(struct pyperf_profile *profile, uint64_t *state)
{
    profile->thread_count = profile->process_count = 2;
    profile->threads = items(2, sizeof *profile->threads);
    profile->processes = items(2, sizeof *profile->processes);
    profile->open_calls = items(6, sizeof *profile->open_calls);
    profile->open_call_count = 6;
    for (uint32_t i = 0; i < 6; i++)
        profile->open_calls[i] = i == 3 ? PYPERF_NO_INDEX : below(state, profile->node_count);
    for (uint32_t i = 0; i < 2; i++) {
        struct pyperf_thread *thread = &profile->threads[i];
        struct pyperf_process *process = &profile->processes[i];
        thread->os_id = number(state);
        thread->root = 2 * i;
        thread->fold_root = i == 0 ? 1 : PYPERF_NO_INDEX;
        thread->started = number(state);
        thread->ended = number(state);
        thread->open_frames = narrow(state);
        thread->first_open = 3 * i;
        thread->open_calls = 3;
        thread->end_seen = i == 0;
        thread->name = string(profile, state);
        thread->usage_known = i == 1;
        thread->cpu = number(state);
        thread->voluntary_switches = number(state);
        thread->involuntary_switches = number(state);
        process->pid = number(state);
        process->parent_pid = number(state);
        process->command = string(profile, state);
        process->python_version = string(profile, state);
        process->first_thread = i;
        process->thread_count = 1;
        process->calls = number(state);
        process->wall = number(state);
        process->running = i == 1;
    }
}

static void fill_lines(struct pyperf_profile *profile, uint64_t *state)
{
    enum { LINES = 20 };
    struct pyperf_lines *lines = items(0, sizeof *lines);
    profile->lines = lines;
    lines->line_count = lines->call_count = LINES;
    lines->source_count = 2;
    lines->function_count = 4;
    lines->calls_recorded = true;
    lines->lost = number(state);
    lines->functions = items(4, sizeof *lines->functions);
    lines->lines = items(LINES, sizeof *lines->lines);
    lines->calls = items(LINES, sizeof *lines->calls);
    lines->sources = items(2, sizeof *lines->sources);
    for (uint32_t i = 0; i < LINES; i++) {
        lines->lines[i] = (struct pyperf_line){
            .function = 2 + i / 10,
            .thread = i / 5 % 2,
            .number = 100 + i,
            .first_call = i,
            .call_count = 1,
            .hits = number(state),
            .inclusive = number(state),
            .callees = number(state),
            .entries = number(state),
            .overhead = number(state),
        };
        lines->calls[i] = (struct pyperf_line_call){
            .callee = below(state, profile->function_count),
            .calls = number(state),
            .inclusive = number(state),
        };
    }
    for (uint32_t i = 0; i < 4; i++) {
        struct pyperf_line_function *function = &lines->functions[i];
        function->function = 2 + i / 2;
        function->thread = i % 2;
        function->first_line = 5 * i;
        function->line_count = 5;
        function->calls = number(state);
        function->inclusive = number(state);
        function->overhead = number(state);
        function->decorated = i % 2 == 1;
    }
    for (uint32_t i = 0; i < 2; i++)
        lines->sources[i] = (struct pyperf_source){
            .file = string(profile, state), .text = string(profile, state), .changed = i == 1};
}

static void fill_run(struct pyperf_profile *profile, uint64_t *state)
{
    struct pyperf_run *run = &profile->run;
    uint32_t *const strings[] = {
        &run->program,         &run->interpreter,  &run->python_version,
        &run->engine,          &run->command_line, &run->host,
        &run->displaced_where, &run->clock,        &run->unrecordable_why};
    uint64_t *const numbers[] = {&run->merged,      &run->pid,        &run->started_at,
                                 &run->wall,        &run->children,   &run->unrecordable,
                                 &run->max_nodes,   &run->lost_calls, &run->resynchronised,
                                 &run->unmatched,   &run->displaced,  &run->displaced_time,
                                 &run->beyond_depth};
    bool *const flags[] = {&run->cpu_time, &run->follows_children, &run->compensated,
                           &run->running,  &run->started,          &run->end_known,
                           &run->replaced};
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
        *strings[i] = string(profile, state);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        *numbers[i] = number(state);
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        *flags[i] = below(state, 2) == 1;
    run->nanoseconds_per_tick = fraction(state) + 0.1;
    for (int i = 0; i < PYPERF_COST_COUNT; i++) {
        run->costs[i].inside = 1000 * fraction(state);
        run->costs[i].outside = 1000 * fraction(state);
    }
    run->recording_error = ENOSPC;
    run->overhead = 1e9 * fraction(state);
    run->unexplained = 1e6 * fraction(state);
}

struct pyperf_profile *filled_profile(uint64_t seed, bool with_lines)
{
    struct pyperf_profile *profile = pyperf_profile_create();
    uint64_t state = seed;
    fill_functions(profile, &state, 12);
    fill_nodes(profile, &state, 100);
    fill_threads(profile, &state);
    fill_run(profile, &state);
    if (with_lines)
        fill_lines(profile, &state);
    return profile;
}
