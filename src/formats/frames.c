/* SPDX-License-Identifier: MIT */
#include "formats/frames.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/label_table.h"
#include "base/visible_text.h"

/* ---- Texts ---- */

/* The table's copy of what is in the buffer. NULL: no memory. */
static const char *keep(struct frame_table *table, const struct text_buffer *text)
{
    return text->failed ? NULL : string_pool_add(&table->strings, text_buffer_text(text));
}

static const char *keep_visible(struct frame_table *table, struct text_buffer *scratch,
                                const char *text)
{
    text_buffer_clear(scratch);
    text_buffer_add_visible(scratch, text);
    return keep(table, scratch);
}

/* The name of the file, behind that of its directory where the name alone says nothing. */
static const char *short_file(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash || !slash[1])
        return path;
    if (strcmp(slash, "/__init__.py") != 0 && strcmp(slash, "/__main__.py") != 0)
        return slash + 1;
    const char *start = slash;
    while (start > path && start[-1] != '/')
        start--;
    return start;
}

static const char *make_title(struct frame_table *table, struct text_buffer *scratch,
                              const struct frame *frame, bool whole_path)
{
    if (!*frame->file)
        return frame->name;
    const char *file = whole_path ? frame->file : short_file(frame->file);
    text_buffer_clear(scratch);
    text_buffer_printf(scratch, "%s (%s:%" PRIu32 ")", frame->name, file, frame->line);
    return keep(table, scratch);
}

/* False: no memory. */
static bool fill_frame(struct frame_table *table, struct text_buffer *scratch,
                       struct frame *frame, const struct pyperf_label *label)
{
    bool in_file = strcmp(label->file, "~") != 0 || label->line != 0;
    frame->name = keep_visible(table, scratch, *label->name ? label->name : "<unnamed>");
    frame->file = keep_visible(table, scratch, in_file ? label->file : "");
    frame->line = in_file ? label->line : 0;
    if (!frame->name || !frame->file)
        return false;
    frame->title = make_title(table, scratch, frame, false);
    return frame->title != NULL;
}

/* ---- Names that several have ---- */

/* Strings of one pool are equal when their addresses are; the order as such means nothing. */
static int compare_addresses(const char *a, const char *b)
{
    return ((uintptr_t)a > (uintptr_t)b) - ((uintptr_t)a < (uintptr_t)b);
}

static int by_title(const void *a, const void *b)
{
    return compare_addresses((*(struct frame *const *)a)->title,
                             (*(struct frame *const *)b)->title);
}

static int by_name_and_file(const void *a, const void *b)
{
    const struct frame *left = *(struct frame *const *)a;
    const struct frame *right = *(struct frame *const *)b;
    int order = compare_addresses(left->name, right->name);
    return order ? order : compare_addresses(left->file, right->file);
}

/* Sorted by title: gives whole paths to those with the same title and another file. */
static bool tell_titles_apart(struct frame_table *table, struct text_buffer *scratch,
                              struct frame **sorted)
{
    for (uint32_t first = 0, end; first < table->count; first = end) {
        const char *title = sorted[first]->title;
        bool differ = false;
        for (end = first + 1; end < table->count && sorted[end]->title == title; end++)
            differ = differ || sorted[end]->file != sorted[first]->file;
        for (uint32_t i = first; differ && i < end; i++) {
            sorted[i]->title = make_title(table, scratch, sorted[i], true);
            if (!sorted[i]->title)
                return false;
        }
    }
    return true;
}

static bool tell_apart(struct frame_table *table, struct text_buffer *scratch)
{
    struct frame **sorted = malloc(((size_t)table->count + 1) * sizeof *sorted);
    if (!sorted)
        return false;
    for (uint32_t i = 0; i < table->count; i++)
        sorted[i] = &table->frames[i];
    qsort(sorted, table->count, sizeof *sorted, by_title);
    bool done = tell_titles_apart(table, scratch, sorted);
    qsort(sorted, table->count, sizeof *sorted, by_name_and_file);
    for (uint32_t i = 1; i < table->count; i++)
        if (by_name_and_file(&sorted[i - 1], &sorted[i]) == 0)
            sorted[i - 1]->shares_name = sorted[i]->shares_name = true;
    free(sorted);
    return done;
}

/* ---- Threads ---- */

const struct pyperf_process *process_of_thread(const struct pyperf_profile *profile,
                                               uint32_t thread)
{
    for (uint32_t i = 0; i < profile->process_count; i++) {
        const struct pyperf_process *process = &profile->processes[i];
        if (thread >= process->first_thread &&
            thread - process->first_thread < process->thread_count)
            return process;
    }
    return NULL;
}

static void name_program(struct text_buffer *text, const struct pyperf_profile *profile)
{
    text_buffer_clear(text);
    text_buffer_printf(text, "<program %s>",
                       pyperf_profile_string(profile, profile->run.program));
}

/* The program; another process by what it was started as; another thread by its name. */
static void name_thread(struct text_buffer *text, const struct pyperf_profile *profile,
                        uint32_t index)
{
    const struct pyperf_thread *thread = &profile->threads[index];
    const struct pyperf_process *process = process_of_thread(profile, index);
    const char *name = pyperf_profile_string(profile, thread->name);
    if (index == 0) {
        name_program(text, profile);
        return;
    }
    text_buffer_clear(text);
    bool child = process && process != profile->processes;
    if (child && index == process->first_thread) {
        text_buffer_printf(text, "<process %" PRIu64 " %s>", process->pid,
                           pyperf_profile_string(profile, process->command));
        return;
    }
    text_buffer_add(text, "<thread ");
    if (*name)
        text_buffer_add(text, name);
    else
        text_buffer_printf(text, "%" PRIu64, thread->os_id);
    if (child)
        text_buffer_printf(text, " of process %" PRIu64, process->pid);
    text_buffer_add(text, ">");
}

/* ---- Tables ---- */

static uint32_t label_in_no_file(struct label_table *labels, const struct text_buffer *name)
{
    return name->failed ? PYPERF_NO_INDEX
                        : label_table_add(labels, "~", 0, text_buffer_text(name));
}

static uint32_t label_of(struct label_table *labels, struct text_buffer *scratch,
                         const struct pyperf_profile *profile,
                         const struct pyperf_function *function)
{
    switch (function->kind) {
    case PYPERF_FUNCTION_BUILTIN:
    case PYPERF_FUNCTION_BUILTIN_METHOD:
        return label_table_add_builtin(labels, pyperf_profile_string(profile, function->name));
    case PYPERF_FUNCTION_ROOT:
        name_program(scratch, profile);
        return label_in_no_file(labels, scratch);
    case PYPERF_FUNCTION_FOLD_ROOT:
        return label_table_add(labels, "~", 0, "<folded contexts>");
    case PYPERF_FUNCTION_PYTHON:
        break;
    }
    return label_table_add(labels, pyperf_profile_string(profile, function->file),
                           function->line,
                           pyperf_profile_string(profile, function->qualified_name));
}

/* Labels of all functions, then of all threads; the tables say which. */
static bool add_labels(struct frame_table *table, struct label_table *labels,
                       struct text_buffer *scratch, const struct pyperf_profile *profile)
{
    for (uint32_t i = 0; i < profile->function_count; i++) {
        uint32_t label = label_of(labels, scratch, profile, &profile->functions[i]);
        if (label == PYPERF_NO_INDEX)
            return false;
        table->of_function[i] = label;
    }
    for (uint32_t i = 0; i < profile->thread_count; i++) {
        name_thread(scratch, profile, i);
        uint32_t label = label_in_no_file(labels, scratch);
        if (label == PYPERF_NO_INDEX)
            return false;
        table->of_thread[i] = label;
    }
    return true;
}

static bool add_frames(struct frame_table *table, struct text_buffer *scratch,
                       const struct pyperf_label *labels, size_t stride, uint32_t count)
{
    table->frames = calloc((size_t)count + 1, sizeof *table->frames);
    if (!table->frames)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        const void *label = (const char *)labels + i * stride;
        if (!fill_frame(table, scratch, &table->frames[i], label))
            return false;
        table->count++;
    }
    return tell_apart(table, scratch);
}

static enum pyperf_status conclude(bool done, struct pyperf_error *error)
{
    return done ? PYPERF_OK
                : pyperf_error_set(error, PYPERF_NO_MEMORY,
                                   "no memory for the names of the functions");
}

enum pyperf_status frame_table_from_profile(struct frame_table *table,
                                            const struct pyperf_profile *profile,
                                            struct pyperf_error *error)
{
    struct label_table labels = {0};
    struct text_buffer scratch = {0};
    *table = (struct frame_table){0};
    table->of_function =
        malloc(((size_t)profile->function_count + 1) * sizeof *table->of_function);
    table->of_thread = malloc(((size_t)profile->thread_count + 1) * sizeof *table->of_thread);
    bool done = table->of_function && table->of_thread &&
                add_labels(table, &labels, &scratch, profile) &&
                add_frames(table, &scratch, labels.labels, sizeof *labels.labels, labels.count);
    text_buffer_release(&scratch);
    label_table_release(&labels);
    return conclude(done, error);
}

enum pyperf_status frame_table_from_summary(struct frame_table *table,
                                            const struct pyperf_summary *summary,
                                            struct pyperf_error *error)
{
    struct text_buffer scratch = {0};
    *table = (struct frame_table){0};
    bool done = add_frames(table, &scratch, &summary->rows->label, sizeof *summary->rows,
                           summary->row_count);
    text_buffer_release(&scratch);
    return conclude(done, error);
}

void frame_table_release(struct frame_table *table)
{
    free(table->frames);
    free(table->of_function);
    free(table->of_thread);
    string_pool_release(&table->strings);
    *table = (struct frame_table){0};
}

const struct frame *frame_of_node(const struct frame_table *table,
                                  const struct pyperf_profile *profile, uint32_t thread,
                                  uint32_t node)
{
    if (node == profile->threads[thread].root)
        return &table->frames[table->of_thread[thread]];
    return &table->frames[table->of_function[profile->nodes[node].function]];
}
