/* SPDX-License-Identifier: MIT */
#include "model/lines.h"

#include <stdlib.h>
#include <string.h>

#include <pyperf/profile.h>

#include "base/saturating.h"
#include "model/adding.h"

void lines_free(struct pyperf_lines *lines)
{
    if (!lines)
        return;
    free(lines->functions);
    free(lines->lines);
    free(lines->calls);
    free(lines->sources);
    free(lines);
}

/* ---- Order ---- */

static int compare(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

static int compare_lines(const void *left, const void *right)
{
    const struct pyperf_line *a = left, *b = right;
    int order = compare(a->function, b->function);
    if (order == 0)
        order = compare(a->thread, b->thread);
    return order ? order : compare(a->number, b->number);
}

static int compare_functions(const void *left, const void *right)
{
    const struct pyperf_line_function *a = left, *b = right;
    int order = compare(a->function, b->function);
    return order ? order : compare(a->thread, b->thread);
}

static int compare_calls(const void *left, const void *right)
{
    const struct pyperf_line_call *a = left, *b = right;
    return compare(a->callee, b->callee);
}

/* ---- Adding up ---- */

/* All but what they called. */
static void add_line(struct pyperf_line *to, const struct pyperf_line *from)
{
    saturating_add(&to->hits, from->hits);
    saturating_add(&to->inclusive, from->inclusive);
    saturating_add(&to->callees, from->callees);
    saturating_add(&to->entries, from->entries);
    saturating_add(&to->overhead, from->overhead);
}

/* Calls of the same callee become one. Returns how many are left. */
static uint32_t add_calls_up(struct pyperf_line_call *calls, uint32_t count)
{
    uint32_t kept = 0;
    if (count > 1)
        qsort(calls, count, sizeof *calls, compare_calls);
    for (uint32_t i = 0; i < count; i++) {
        if (kept && calls[kept - 1].callee == calls[i].callee) {
            saturating_add(&calls[kept - 1].calls, calls[i].calls);
            saturating_add(&calls[kept - 1].inclusive, calls[i].inclusive);
        } else {
            calls[kept++] = calls[i];
        }
    }
    return kept;
}

static void add_function(struct pyperf_line_function *to,
                         const struct pyperf_line_function *from)
{
    saturating_add(&to->calls, from->calls);
    saturating_add(&to->inclusive, from->inclusive);
    saturating_add(&to->overhead, from->overhead);
    to->decorated = to->decorated || from->decorated;
}

/* Makes one of the lines from `from` on that are the same, with what they called at the end of
 * a new table of calls. Returns where they end. */
static uint32_t merge_line(const struct pyperf_lines *lines, uint32_t from,
                           struct pyperf_line *to, struct pyperf_line_call *calls,
                           uint32_t *call_count)
{
    uint32_t at = from, first = *call_count, count = 0;
    struct pyperf_line sum = lines->lines[from];
    for (; at < lines->line_count && compare_lines(&sum, &lines->lines[at]) == 0; at++) {
        const struct pyperf_line *line = &lines->lines[at];
        if (at > from)
            add_line(&sum, line);
        for (uint32_t i = 0; i < line->call_count; i++)
            calls[first + count++] = lines->calls[line->first_call + i];
    }
    sum.first_call = first;
    sum.call_count = add_calls_up(calls + first, count);
    *call_count = first + sum.call_count;
    *to = sum;
    return at;
}

/* No two lines share calls. */
static bool merge_lines(struct pyperf_lines *lines)
{
    uint32_t kept = 0, call_count = 0;
    struct pyperf_line_call *calls = calloc(lines->call_count + 1u, sizeof *calls);
    if (!calls)
        return false;
    for (uint32_t i = 0; i < lines->line_count; kept++)
        i = merge_line(lines, i, &lines->lines[kept], calls, &call_count);
    free(lines->calls);
    lines->calls = calls;
    lines->call_count = call_count;
    lines->line_count = kept;
    return true;
}

static void merge_functions(struct pyperf_lines *lines)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < lines->function_count; i++) {
        const struct pyperf_line_function *function = &lines->functions[i];
        if (kept && compare_functions(&lines->functions[kept - 1], function) == 0)
            add_function(&lines->functions[kept - 1], function);
        else
            lines->functions[kept++] = *function;
    }
    lines->function_count = kept;
}

/* ---- Functions and their lines ---- */

static bool ran(const struct pyperf_line_function *function)
{
    return function->calls || function->inclusive;
}

/* Does the same function stand before or behind it, in a thread where it ran? They are in
 * order. */
static bool ran_elsewhere(const struct pyperf_lines *lines, uint32_t index)
{
    uint32_t function = lines->functions[index].function;
    for (uint32_t i = index; i-- > 0 && lines->functions[i].function == function;)
        if (ran(&lines->functions[i]))
            return true;
    for (uint32_t i = index + 1;
         i < lines->function_count && lines->functions[i].function == function; i++)
        if (ran(&lines->functions[i]))
            return true;
    return false;
}

static bool belongs(const struct pyperf_line *line, const struct pyperf_line_function *function)
{
    return line->function == function->function && line->thread == function->thread;
}

/* Is the line before all of the function's? */
static bool precedes(const struct pyperf_line *line,
                     const struct pyperf_line_function *function)
{
    int order = compare(line->function, function->function);
    return order < 0 || (order == 0 && line->thread < function->thread);
}

/* Both tables are walked side by side; `kept` lines have been kept so far. A function whose
 * lines are not is left with no place for any. */
static void take_lines(struct pyperf_lines *lines, struct pyperf_line_function *function,
                       uint32_t *next, uint32_t *kept, bool keep)
{
    while (*next < lines->line_count && precedes(&lines->lines[*next], function))
        ++*next;
    function->first_line = keep ? *kept : PYPERF_NO_INDEX;
    for (; *next < lines->line_count && belongs(&lines->lines[*next], function); ++*next)
        if (keep)
            lines->lines[(*kept)++] = lines->lines[*next];
    function->line_count = keep ? *kept - function->first_line : 0;
}

static void give_lines(struct pyperf_lines *lines)
{
    uint32_t next = 0, kept = 0;
    for (uint32_t i = 0; i < lines->function_count; i++) {
        struct pyperf_line_function *function = &lines->functions[i];
        bool first = i == 0 || function[-1].function != function->function;
        bool keep = ran(function) || (first && !ran_elsewhere(lines, i));
        take_lines(lines, function, &next, &kept, keep);
    }
    lines->line_count = kept;
    uint32_t functions = 0;
    for (uint32_t i = 0; i < lines->function_count; i++)
        if (lines->functions[i].first_line != PYPERF_NO_INDEX)
            lines->functions[functions++] = lines->functions[i];
    lines->function_count = functions;
}

bool lines_arrange(struct pyperf_lines *lines)
{
    if (lines->line_count)
        qsort(lines->lines, lines->line_count, sizeof *lines->lines, compare_lines);
    if (lines->function_count)
        qsort(lines->functions, lines->function_count, sizeof *lines->functions,
              compare_functions);
    if (!merge_lines(lines))
        return false;
    merge_functions(lines);
    give_lines(lines);
    return true;
}

/* ---- Appending ---- */

static uint32_t mapped_thread(const struct lines_mapping *mapping, uint32_t thread)
{
    return mapping->threads ? mapping->threads[thread] : mapping->first_thread + thread;
}

static void append_lines(struct pyperf_lines *to, const struct pyperf_lines *from,
                         const struct lines_mapping *mapping)
{
    for (uint32_t i = 0; i < from->line_count; i++) {
        struct pyperf_line line = from->lines[i];
        line.function = mapping->functions[line.function];
        line.thread = mapped_thread(mapping, line.thread);
        line.first_call += to->call_count;
        line.inclusive = ticks_convert(line.inclusive, mapping->scale);
        line.callees = ticks_convert(line.callees, mapping->scale);
        line.overhead = ticks_convert(line.overhead, mapping->scale);
        to->lines[to->line_count + i] = line;
    }
    for (uint32_t i = 0; i < from->call_count; i++) {
        struct pyperf_line_call call = from->calls[i];
        call.callee = mapping->functions[call.callee];
        call.inclusive = ticks_convert(call.inclusive, mapping->scale);
        to->calls[to->call_count + i] = call;
    }
    for (uint32_t i = 0; i < from->function_count; i++) {
        struct pyperf_line_function function = from->functions[i];
        function.function = mapping->functions[function.function];
        function.thread = mapped_thread(mapping, function.thread);
        function.inclusive = ticks_convert(function.inclusive, mapping->scale);
        function.overhead = ticks_convert(function.overhead, mapping->scale);
        to->functions[to->function_count + i] = function;
    }
}

/* `file`: the one offset that its name has. */
static struct pyperf_source *find_source(struct pyperf_lines *lines, uint32_t file)
{
    for (uint32_t i = 0; i < lines->source_count; i++)
        if (lines->sources[i].file == file)
            return &lines->sources[i];
    return NULL;
}

/* Calls the files of sources as the growth does. False: no memory. */
static bool name_sources(struct pyperf_profile *profile, struct profile_growth *growth)
{
    for (uint32_t i = 0; i < profile->lines->source_count; i++) {
        uint32_t *file = &profile->lines->sources[i].file;
        *file = profile_growth_string(growth, pyperf_profile_string(profile, *file));
        if (*file == PYPERF_NO_INDEX)
            return false;
    }
    return true;
}

/* Of a file that another process has seen, too, the first text stays; where they differ, it has
 * changed. */
static bool append_sources(struct pyperf_profile *to, const struct pyperf_profile *from,
                           struct profile_growth *growth)
{
    if (!name_sources(to, growth))
        return false;
    for (uint32_t i = 0; i < from->lines->source_count; i++) {
        struct pyperf_source source = from->lines->sources[i];
        source.file = profile_growth_string(growth, pyperf_profile_string(from, source.file));
        if (source.file == PYPERF_NO_INDEX)
            return false;
        struct pyperf_source *known = find_source(to->lines, source.file);
        if (known) {
            known->changed = known->changed || source.changed ||
                             strcmp(pyperf_profile_string(to, known->text),
                                    pyperf_profile_string(from, source.text)) != 0;
            continue;
        }
        source.text = profile_growth_string(growth, pyperf_profile_string(from, source.text));
        if (source.text == PYPERF_NO_INDEX)
            return false;
        to->lines->sources[to->lines->source_count++] = source;
    }
    return true;
}

/* Makes room behind `count` items of an array that `items` points to. */
static bool make_room(void *items, uint32_t count, uint32_t more, size_t size)
{
    void *array;
    if (more >= PYPERF_NO_INDEX - count)
        return false;
    memcpy(&array, items, sizeof array);
    array = reallocarray(array, (size_t)count + more + 1, size);
    if (array)
        memcpy(items, &array, sizeof array);
    return array != NULL;
}

static bool make_all_room(struct pyperf_profile *profile, const struct pyperf_profile *other)
{
    const struct pyperf_lines *from = other->lines;
    if (!from)
        return true;
    if (!profile->lines)
        profile->lines = calloc(1, sizeof *profile->lines);
    struct pyperf_lines *to = profile->lines;
    return to &&
           make_room(&to->functions, to->function_count, from->function_count,
                     sizeof *to->functions) &&
           make_room(&to->lines, to->line_count, from->line_count, sizeof *to->lines) &&
           make_room(&to->calls, to->call_count, from->call_count, sizeof *to->calls) &&
           make_room(&to->sources, to->source_count, from->source_count, sizeof *to->sources);
}

bool lines_append(struct pyperf_profile *to, const struct pyperf_profile *from,
                  const struct lines_mapping *mapping)
{
    const struct pyperf_lines *others = from->lines;
    if (!others)
        return true;
    if (!make_all_room(to, from) || !append_sources(to, from, mapping->growth))
        return false;
    struct pyperf_lines *lines = to->lines;
    append_lines(lines, others, mapping);
    lines->line_count += others->line_count;
    lines->call_count += others->call_count;
    lines->function_count += others->function_count;
    lines->calls_recorded = lines->calls_recorded || others->calls_recorded;
    saturating_add(&lines->lost, others->lost);
    return true;
}
