/* SPDX-License-Identifier: MIT */
#include "model/check.h"

#include <inttypes.h>
#include <math.h>

/* A check of one item; what it needs of others has been checked before. */
typedef bool item_check(const struct pyperf_profile *profile, uint32_t index);

static bool is_string(const struct pyperf_profile *profile, uint32_t offset)
{
    return offset < profile->strings_size;
}

static bool is_range(uint32_t first, uint32_t count, uint32_t limit)
{
    return first <= limit && count <= limit - first;
}

static enum pyperf_function_kind kind_of(const struct pyperf_profile *profile, uint32_t node)
{
    return profile->functions[profile->nodes[node].function].kind;
}

static bool function_is_sound(const struct pyperf_profile *profile, uint32_t index)
{
    const struct pyperf_function *function = &profile->functions[index];
    return is_string(profile, function->file) && is_string(profile, function->name) &&
           is_string(profile, function->qualified_name) &&
           function->kind <= PYPERF_FUNCTION_FOLD_ROOT && function->duration_scale >= 0 &&
           function->duration_scale <= 1;
}

static bool node_is_sound(const struct pyperf_profile *profile, uint32_t index)
{
    const struct pyperf_node *node = &profile->nodes[index];
    bool has_parent = node->parent != PYPERF_NO_INDEX;
    if (node->function >= profile->function_count || (has_parent && node->parent >= index))
        return false;
    enum pyperf_function_kind kind = kind_of(profile, index);
    bool is_root = kind == PYPERF_FUNCTION_ROOT || kind == PYPERF_FUNCTION_FOLD_ROOT;
    return is_root != has_parent;
}

static bool thread_is_sound(const struct pyperf_profile *profile, uint32_t index)
{
    const struct pyperf_thread *thread = &profile->threads[index];
    bool folds = thread->fold_root != PYPERF_NO_INDEX;
    return thread->root < profile->node_count &&
           kind_of(profile, thread->root) == PYPERF_FUNCTION_ROOT &&
           (!folds || (thread->fold_root < profile->node_count &&
                       kind_of(profile, thread->fold_root) == PYPERF_FUNCTION_FOLD_ROOT)) &&
           is_string(profile, thread->name) &&
           is_range(thread->first_open, thread->open_calls, profile->open_call_count);
}

static bool open_call_is_sound(const struct pyperf_profile *profile, uint32_t index)
{
    uint32_t node = profile->open_calls[index];
    return node == PYPERF_NO_INDEX || node < profile->node_count;
}

static bool process_is_sound(const struct pyperf_profile *profile, uint32_t index)
{
    const struct pyperf_process *process = &profile->processes[index];
    return is_string(profile, process->command) &&
           is_string(profile, process->python_version) &&
           is_range(process->first_thread, process->thread_count, profile->thread_count);
}

/* ---- Lines ---- */

/* Each function is there once in each thread. */
static bool is_before(const struct pyperf_line_function *function,
                      const struct pyperf_line_function *next)
{
    return function->function < next->function ||
           (function->function == next->function && function->thread < next->thread);
}

static bool line_function_is_sound(const struct pyperf_profile *profile, uint32_t index)
{
    const struct pyperf_line_function *function = &profile->lines->functions[index];
    return function->function < profile->function_count &&
           function->thread < profile->thread_count &&
           is_range(function->first_line, function->line_count, profile->lines->line_count) &&
           (index == 0 || is_before(function - 1, function));
}

static bool is_sorted(const struct pyperf_line *line, const struct pyperf_line *next)
{
    if (line->function != next->function)
        return line->function < next->function;
    if (line->thread != next->thread)
        return line->thread < next->thread;
    return line->number <= next->number;
}

static bool line_is_sound(const struct pyperf_profile *profile, uint32_t index)
{
    const struct pyperf_line *line = &profile->lines->lines[index];
    return line->function < profile->function_count && line->thread < profile->thread_count &&
           is_range(line->first_call, line->call_count, profile->lines->call_count) &&
           (index == 0 || is_sorted(line - 1, line));
}

/* Once no two functions share lines, this takes no longer than the lines are many. */
static bool lines_are_the_functions(const struct pyperf_profile *profile, uint32_t index)
{
    const struct pyperf_line_function *function = &profile->lines->functions[index];
    const struct pyperf_line *lines = profile->lines->lines + function->first_line;
    for (uint32_t i = 0; i < function->line_count; i++)
        if (lines[i].function != function->function || lines[i].thread != function->thread)
            return false;
    return true;
}

static bool line_call_is_sound(const struct pyperf_profile *profile, uint32_t index)
{
    return profile->lines->calls[index].callee < profile->function_count;
}

static bool source_is_sound(const struct pyperf_profile *profile, uint32_t index)
{
    const struct pyperf_source *source = &profile->lines->sources[index];
    return is_string(profile, source->file) && is_string(profile, source->text);
}

/* ---- The run ---- */

/* No event costs a billion ticks. */
static bool is_cost(double ticks)
{
    return ticks >= 0 && ticks < 1e9;
}

static bool run_is_sound(const struct pyperf_profile *profile)
{
    const struct pyperf_run *run = &profile->run;
    const uint32_t strings[] = {
        run->program,         run->interpreter,      run->python_version,
        run->engine,          run->command_line,     run->host,
        run->displaced_where, run->unrecordable_why, run->clock};
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
        if (!is_string(profile, strings[i]))
            return false;
    for (int kind = 0; kind < PYPERF_COST_COUNT; kind++)
        if (!is_cost(run->costs[kind].inside) || !is_cost(run->costs[kind].outside))
            return false;
    return run->nanoseconds_per_tick >= 1e-6 && run->nanoseconds_per_tick <= 1e12 &&
           run->overhead >= 0 && isfinite(run->overhead) && run->unexplained >= 0 &&
           isfinite(run->unexplained);
}

/* ---- The whole ---- */

static enum pyperf_status check_items(const struct pyperf_profile *profile, uint32_t count,
                                      item_check *is_sound, const char *what,
                                      struct pyperf_error *error)
{
    for (uint32_t i = 0; i < count; i++)
        if (!is_sound(profile, i))
            return pyperf_error_set(error, PYPERF_BAD_DATA, "%s %" PRIu32 " makes no sense",
                                    what, i);
    return PYPERF_OK;
}

struct part {
    uint32_t count;
    item_check *is_sound;
    const char *what;
};

static enum pyperf_status check_parts(const struct pyperf_profile *profile,
                                      const struct part *parts, size_t count,
                                      struct pyperf_error *error)
{
    enum pyperf_status status = PYPERF_OK;
    for (size_t i = 0; i < count && status == PYPERF_OK; i++)
        status = check_items(profile, parts[i].count, parts[i].is_sound, parts[i].what, error);
    return status;
}

static bool lines_are_shared(const struct pyperf_lines *lines)
{
    uint64_t calls = 0, own = 0;
    for (uint32_t i = 0; i < lines->line_count; i++)
        calls += lines->lines[i].call_count;
    for (uint32_t i = 0; i < lines->function_count; i++)
        own += lines->functions[i].line_count;
    return calls > lines->call_count || own > lines->line_count;
}

static enum pyperf_status check_lines(const struct pyperf_profile *profile,
                                      struct pyperf_error *error)
{
    const struct pyperf_lines *lines = profile->lines;
    const struct part parts[] = {
        {lines->function_count, line_function_is_sound, "function with lines"},
        {lines->line_count, line_is_sound, "line"},
        {lines->call_count, line_call_is_sound, "call of a line"},
        {lines->source_count, source_is_sound, "source"},
    };
    enum pyperf_status status =
        check_parts(profile, parts, sizeof parts / sizeof *parts, error);
    if (status != PYPERF_OK)
        return status;
    if (lines_are_shared(lines))
        return pyperf_error_set(error, PYPERF_BAD_DATA, "lines or their calls are shared");
    return check_items(profile, lines->function_count, lines_are_the_functions,
                       "function with lines", error);
}

/* Ranges that overlap would make a small file a long one to go through. */
static enum pyperf_status check_shares(const struct pyperf_profile *profile,
                                       struct pyperf_error *error)
{
    uint64_t open_calls = 0, threads = 0;
    for (uint32_t i = 0; i < profile->thread_count; i++)
        open_calls += profile->threads[i].open_calls;
    for (uint32_t i = 0; i < profile->process_count; i++)
        threads += profile->processes[i].thread_count;
    const char *wrong = NULL;
    if (open_calls > profile->open_call_count)
        wrong = "threads share open calls";
    else if (threads != profile->thread_count)
        wrong = "not every thread has one process";
    return wrong ? pyperf_error_set(error, PYPERF_BAD_DATA, "%s", wrong) : PYPERF_OK;
}

enum pyperf_status profile_check(const struct pyperf_profile *profile,
                                 struct pyperf_error *error)
{
    const struct part parts[] = {
        {profile->function_count, function_is_sound, "function"},
        {profile->node_count, node_is_sound, "node"},
        {profile->open_call_count, open_call_is_sound, "open call"},
        {profile->thread_count, thread_is_sound, "thread"},
        {profile->process_count, process_is_sound, "process"},
    };
    if (profile->strings_size == 0 || profile->strings[0] != '\0' ||
        profile->strings[profile->strings_size - 1] != '\0')
        return pyperf_error_set(error, PYPERF_BAD_DATA, "the strings are not terminated");
    if (!run_is_sound(profile))
        return pyperf_error_set(error, PYPERF_BAD_DATA,
                                "what it says of the run makes no sense");
    enum pyperf_status status =
        check_parts(profile, parts, sizeof parts / sizeof *parts, error);
    if (status == PYPERF_OK && profile->lines)
        status = check_lines(profile, error);
    return status == PYPERF_OK ? check_shares(profile, error) : status;
}
