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
    if (order == 0)
        order = compare(a->number, b->number);
    return order ? order : compare(a->first_call, b->first_call);
}

static int compare_functions(const void *left, const void *right)
{
    const struct pyperf_line_function *a = left, *b = right;
    int order = compare(a->function, b->function);
    return order ? order : compare(a->thread, b->thread);
}

static bool same_line(const struct pyperf_line *a, const struct pyperf_line *b)
{
    return a->function == b->function && a->thread == b->thread && a->number == b->number;
}

/* What a line called stays with the first of several that has any. */
static void add_line(struct pyperf_line *to, const struct pyperf_line *from)
{
    saturating_add(&to->hits, from->hits);
    saturating_add(&to->inclusive, from->inclusive);
    saturating_add(&to->callees, from->callees);
    saturating_add(&to->entries, from->entries);
    saturating_add(&to->overhead, from->overhead);
    if (to->call_count == 0) {
        to->first_call = from->first_call;
        to->call_count = from->call_count;
    }
}

static void add_function(struct pyperf_line_function *to,
                         const struct pyperf_line_function *from)
{
    saturating_add(&to->calls, from->calls);
    saturating_add(&to->inclusive, from->inclusive);
    saturating_add(&to->overhead, from->overhead);
    to->decorated = to->decorated || from->decorated;
}

static void merge_lines(struct pyperf_lines *lines)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < lines->line_count; i++)
        if (kept && same_line(&lines->lines[kept - 1], &lines->lines[i]))
            add_line(&lines->lines[kept - 1], &lines->lines[i]);
        else
            lines->lines[kept++] = lines->lines[i];
    lines->line_count = kept;
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

/* Both tables are walked side by side; `kept` lines have been kept so far. */
static void take_lines(struct pyperf_lines *lines, struct pyperf_line_function *function,
                       uint32_t *next, uint32_t *kept, bool keep)
{
    while (*next < lines->line_count && precedes(&lines->lines[*next], function))
        ++*next;
    function->first_line = *kept;
    for (; *next < lines->line_count && belongs(&lines->lines[*next], function); ++*next)
        if (keep)
            lines->lines[(*kept)++] = lines->lines[*next];
    function->line_count = *kept - function->first_line;
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
        if (lines->functions[i].line_count)
            lines->functions[functions++] = lines->functions[i];
    lines->function_count = functions;
}

void lines_arrange(struct pyperf_lines *lines)
{
    if (lines->line_count)
        qsort(lines->lines, lines->line_count, sizeof *lines->lines, compare_lines);
    if (lines->function_count)
        qsort(lines->functions, lines->function_count, sizeof *lines->functions,
              compare_functions);
    merge_lines(lines);
    merge_functions(lines);
    give_lines(lines);
}

/* ---- Appending ---- */

static void append_lines(struct pyperf_lines *to, const struct pyperf_lines *from,
                         const struct lines_mapping *mapping)
{
    for (uint32_t i = 0; i < from->line_count; i++) {
        struct pyperf_line line = from->lines[i];
        line.function = mapping->functions[line.function];
        line.thread += mapping->first_thread;
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
        function.thread += mapping->first_thread;
        function.inclusive = ticks_convert(function.inclusive, mapping->scale);
        function.overhead = ticks_convert(function.overhead, mapping->scale);
        to->functions[to->function_count + i] = function;
    }
}

static struct pyperf_source *find_source(const struct pyperf_profile *profile, const char *file)
{
    for (uint32_t i = 0; i < profile->lines->source_count; i++)
        if (strcmp(pyperf_profile_string(profile, profile->lines->sources[i].file), file) == 0)
            return &profile->lines->sources[i];
    return NULL;
}

/* Of a file that another process has seen, too, the first text stays; where they differ, it has
 * changed. */
static bool append_sources(struct pyperf_profile *to, const struct pyperf_profile *from,
                           struct profile_growth *growth)
{
    for (uint32_t i = 0; i < from->lines->source_count; i++) {
        struct pyperf_source source = from->lines->sources[i];
        struct pyperf_source *known = find_source(to, pyperf_profile_string(from, source.file));
        if (known) {
            known->changed = known->changed || source.changed ||
                             strcmp(pyperf_profile_string(to, known->text),
                                    pyperf_profile_string(from, source.text)) != 0;
            continue;
        }
        source.file = profile_growth_string(growth, pyperf_profile_string(from, source.file));
        source.text = profile_growth_string(growth, pyperf_profile_string(from, source.text));
        if (source.file == PYPERF_NO_INDEX || source.text == PYPERF_NO_INDEX)
            return false;
        to->lines->sources[to->lines->source_count++] = source;
    }
    return true;
}

/* Makes room behind `count` items of an array that `items` points to. */
static bool make_room(void *items, uint32_t count, uint32_t more, size_t size)
{
    void *array;
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
    lines_arrange(lines);
    return true;
}
