/* SPDX-License-Identifier: MIT */
#include "recording/reader_lines.h"

#include <stdlib.h>
#include <string.h>

#include "base/saturating.h"
#include "model/lines.h"
#include "recording/source_text.h"

/* ---- What was open ---- */

static uint64_t elapsed(uint64_t from, uint64_t to)
{
    return to > from ? to - from : 0;
}

/* How often each line, and each function, is on the stack: a kill between two stores may have
 * left another number. */
static void count_active(struct recording_file *file, const struct recording_line_frame *frames,
                         uint32_t depth)
{
    for (uint32_t i = 1; i < depth; i++) {
        file->lines[frames[i].head].active = 0;
        if (frames[i].line != RECORDING_NONE)
            file->lines[frames[i].line].active = 0;
    }
    for (uint32_t i = 1; i < depth; i++) {
        file->lines[frames[i].head].active++;
        if (frames[i].line != RECORDING_NONE)
            file->lines[frames[i].line].active++;
    }
}

/* Returns the ticks that the activation has taken, which are its caller's callees'. */
static uint64_t close_frame(struct recording_file *file,
                            const struct recording_line_frame *frame, uint64_t callees,
                            uint64_t now)
{
    struct recording_line *head = &file->lines[frame->head];
    uint64_t total = frame->began ? elapsed(frame->began, now) : 0;
    if (frame->began && total == 0)
        total = 1; /* it did run: nobody saw for how long */
    if (--head->active == 0)
        saturating_add(&head->inclusive, total);
    if (frame->line == RECORDING_NONE)
        return total;
    struct recording_line *line = &file->lines[frame->line];
    uint64_t ticks = elapsed(frame->entered, now);
    saturating_add(&line->gross, ticks);
    saturating_add(&line->callees, saturating_sum(frame->callees, callees));
    if (--line->active == 0)
        saturating_add(&line->inclusive, ticks);
    return total;
}

/* Of a thread's CPU time nothing is known after its last event. */
static void close_frames(struct recording_file *file, const struct recording_thread *thread,
                         uint64_t now)
{
    if (thread->line_depth == 0)
        return; /* where the stack lies has not been checked */
    const struct recording_line_frame *frames = &file->line_frames[thread->line_stack];
    uint64_t callees = 0;
    if (file->header.event_clock == CLOCK_KIND_CPU)
        now = frames[thread->line_depth - 1].entered;
    count_active(file, frames, thread->line_depth);
    for (uint32_t i = thread->line_depth; i-- > 1;)
        callees = close_frame(file, &frames[i], callees, now);
}

/* ---- Conversion ---- */

static uint32_t count_heads(const struct recording_file *file)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < file->header.counts[RECORDING_LINES]; i++)
        count += recording_line_is_head(&file->lines[i]);
    return count;
}

static struct pyperf_line_function convert_function(const struct recording_line *line)
{
    return (struct pyperf_line_function){
        .function = line->function,
        .thread = line->thread,
        .calls = line->hits,
        .inclusive = line->inclusive,
        .overhead = line->overhead,
        .decorated = line->number == RECORDING_LINE_DECORATED,
    };
}

/* A line's own time is what all its activations took less what their callees did; it is part of
 * the inclusive time, because no two of them run at once. */
static struct pyperf_line convert_line(const struct recording_line *line)
{
    uint64_t own = line->gross > line->callees ? line->gross - line->callees : 0;
    return (struct pyperf_line){
        .function = line->function,
        .thread = line->thread,
        .number = line->number,
        .hits = line->hits,
        .inclusive = line->inclusive,
        .callees = line->inclusive > own ? line->inclusive - own : 0,
        .entries = line->entries,
        .overhead = line->overhead,
    };
}

/* Where the program said with decorators what it is about, the rest is left out. */
static void mark_meant(const struct recording_file *file, bool *meant)
{
    bool all = !file->header.only_decorated;
    for (uint32_t i = 0; i < file->header.counts[RECORDING_FUNCTIONS]; i++)
        meant[i] = all;
    for (uint32_t i = 0; i < file->header.counts[RECORDING_LINES]; i++)
        if (file->lines[i].number == RECORDING_LINE_DECORATED)
            meant[file->lines[i].function] = true;
}

static bool convert_table(const struct recording_file *file, struct pyperf_lines *lines)
{
    uint32_t count = file->header.counts[RECORDING_LINES];
    bool *meant = malloc(file->header.counts[RECORDING_FUNCTIONS] + 1u);
    lines->functions = calloc(count_heads(file) + 1u, sizeof *lines->functions);
    lines->lines = calloc((size_t)count + 1, sizeof *lines->lines);
    if (!meant || !lines->functions || !lines->lines) {
        free(meant);
        return false;
    }
    mark_meant(file, meant);
    for (uint32_t i = 0; i < count; i++) {
        const struct recording_line *line = &file->lines[i];
        if (!meant[line->function])
            continue;
        if (recording_line_is_head(line))
            lines->functions[lines->function_count++] = convert_function(line);
        else
            lines->lines[lines->line_count++] = convert_line(line);
    }
    free(meant);
    return lines_arrange(lines);
}

/* Puts a text at the end of the profile's strings; UINT32_MAX: no room. */
static uint32_t append_text(struct pyperf_profile *profile, const char *text, size_t length)
{
    size_t size = profile->strings_size + length + 1;
    char *strings = size < UINT32_MAX ? realloc(profile->strings, size) : NULL;
    if (!strings)
        return UINT32_MAX;
    uint32_t offset = (uint32_t)profile->strings_size;
    memcpy(strings + offset, text, length);
    strings[offset + length] = '\0';
    profile->strings = strings;
    profile->strings_size = size;
    return offset;
}

static bool convert_source(const struct recording_file *file,
                           const struct recording_source *source,
                           struct pyperf_profile *profile)
{
    const char *recorded = file->strings + source->text, *path = file->strings + source->path;
    size_t length;
    char *text = source_text_decode(recorded, source->is_raw != 0, &length);
    uint32_t offset = text ? append_text(profile, text, length) : UINT32_MAX;
    free(text);
    if (offset == UINT32_MAX)
        return false;
    profile->lines->sources[profile->lines->source_count++] = (struct pyperf_source){
        .file = source->file,
        .text = offset,
        .changed = *path && source_text_changed(path, recorded, source->size, source->modified),
    };
    return true;
}

static bool convert_sources(const struct recording_file *file, struct pyperf_profile *profile)
{
    uint32_t count = file->header.counts[RECORDING_SOURCES];
    profile->lines->sources = calloc((size_t)count + 1, sizeof *profile->lines->sources);
    if (!profile->lines->sources)
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (file->strings[file->sources[i].text] &&
            !convert_source(file, &file->sources[i], profile))
            return false;
    return true;
}

/* ---- What they called ---- */

static int order(const struct reader_line_call *call, uint32_t function, uint32_t thread,
                 uint32_t number)
{
    if (call->function != function)
        return call->function < function ? -1 : 1;
    if (call->thread != thread)
        return call->thread < thread ? -1 : 1;
    return (call->number > number) - (call->number < number);
}

/* The first of a line's calls, or where it would be. */
static size_t find_calls(const struct reader_calls *calls, uint32_t function, uint32_t thread,
                         uint32_t number)
{
    size_t from = 0, to = calls->count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (order(&calls->items[middle], function, thread, number) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static bool is_of(const struct reader_calls *calls, size_t index, uint32_t function,
                  uint32_t thread, uint32_t number)
{
    return index < calls->count && order(&calls->items[index], function, thread, number) == 0;
}

/* With all calls known, a line's callees are these, not the chosen ones alone. */
static void take_callees(struct recording_file *file, struct reader_calls *calls)
{
    for (uint32_t i = 0; i < file->header.counts[RECORDING_LINES]; i++) {
        struct recording_line *line = &file->lines[i];
        line->callees = 0;
        for (size_t j = find_calls(calls, line->function, line->thread, line->number);
             is_of(calls, j, line->function, line->thread, line->number); j++) {
            saturating_add(&line->callees, calls->items[j].gross);
            calls->items[j].gross = 0;
        }
    }
}

static bool convert_calls(const struct reader_calls *calls, struct pyperf_lines *lines)
{
    lines->calls_recorded = true;
    lines->call_count = (uint32_t)calls->count;
    free(lines->calls); /* arranging the lines left an empty table */
    lines->calls = calloc(calls->count + 1, sizeof *lines->calls);
    if (!lines->calls)
        return false;
    for (size_t i = 0; i < calls->count; i++)
        lines->calls[i] = (struct pyperf_line_call){
            .callee = calls->items[i].callee,
            .calls = calls->items[i].calls,
            .inclusive = calls->items[i].inclusive,
        };
    for (uint32_t i = 0; i < lines->line_count; i++) {
        struct pyperf_line *line = &lines->lines[i];
        size_t first = find_calls(calls, line->function, line->thread, line->number);
        line->first_call = (uint32_t)first;
        while (
            is_of(calls, first + line->call_count, line->function, line->thread, line->number))
            line->call_count++;
    }
    return true;
}

/* ---- The whole ---- */

bool reader_convert_lines(struct recording_file *file, uint64_t ended,
                          struct reader_calls *calls, struct pyperf_profile *profile)
{
    if (!file->header.records_lines)
        return true;
    bool with_calls = file->header.records_line_calls != 0;
    for (uint32_t i = 0; i < file->header.counts[RECORDING_THREADS]; i++)
        close_frames(file, &file->threads[i], ended);
    profile->lines = calloc(1, sizeof *profile->lines);
    if (!profile->lines)
        return false;
    if (with_calls)
        take_callees(file, calls);
    profile->lines->lost = file->header.lost_lines;
    return convert_table(file, profile->lines) &&
           (!with_calls || convert_calls(calls, profile->lines)) &&
           convert_sources(file, profile);
}
