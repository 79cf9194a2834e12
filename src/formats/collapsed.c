/* "outermost;...;innermost 1234\n" for each call path that took time itself.
 *
 * SPDX-License-Identifier: MIT */
#include "formats/collapsed.h"

#include <inttypes.h>
#include <string.h>

#include "base/text_buffer.h"
#include "formats/call_tree.h"
#include "formats/frames.h"

/* Semicolons separate frames; readers know no way to quote one. */
static void push(struct text_buffer *path, const char *title, uint32_t depth)
{
    if (depth > 0)
        text_buffer_add(path, ";");
    size_t start = path->length;
    text_buffer_add(path, title);
    for (size_t i = start; i < path->length; i++)
        if (path->text[i] == ';')
            path->text[i] = ':';
}

static void pop(struct text_buffer *path, const char *title, uint32_t depth)
{
    size_t size = strlen(title) + (depth > 0);
    if (!path->failed)
        text_buffer_truncate(path, path->length - size);
}

static void put_thread(const struct call_tree *tree, const struct frame_table *frames,
                       uint32_t thread, struct whole_numbers *numbers, struct text_buffer *path,
                       struct output_file *file)
{
    struct tree_walk walk = tree_walk_start(tree, tree->profile->threads[thread].root);
    for (; walk.node != PYPERF_NO_INDEX; tree_walk_next(&walk)) {
        const char *title = frame_of_node(frames, tree->profile, thread, walk.node)->title;
        if (walk.leaving) {
            pop(path, title, walk.depth);
            continue;
        }
        if (tree->total[walk.node] == 0) {
            tree_walk_skip(&walk);
            continue;
        }
        push(path, title, walk.depth);
        uint64_t weight = whole_numbers_next(numbers, tree->weight[walk.node]);
        if (weight == 0)
            continue;
        output_file_write(file, text_buffer_text(path), path->length);
        output_file_printf(file, " %" PRIu64 "\n", weight);
    }
}

static double units_in_one(const struct call_tree *tree, const struct pyperf_export *content)
{
    static const double nanoseconds[] = {
        [PYPERF_NANOSECONDS] = 1,
        [PYPERF_MICROSECONDS] = 1e3,
        [PYPERF_MILLISECONDS] = 1e6,
        [PYPERF_SECONDS] = 1e9,
    };
    if (content->weighing == PYPERF_WEIGH_CALLS)
        return tree->scale;
    return tree->scale / nanoseconds[content->unit];
}

static enum pyperf_status write_collapsed(const struct pyperf_export *content,
                                          struct output_file *file, struct pyperf_error *error)
{
    struct call_tree tree;
    struct frame_table frames = {0};
    struct text_buffer path = {0};
    enum pyperf_status status = call_tree_create(&tree, content, "a file of stacks", error);
    if (status == PYPERF_OK)
        status = frame_table_from_profile(&frames, content->profile, error);
    if (status == PYPERF_OK) {
        struct whole_numbers numbers = {.scale = units_in_one(&tree, content)};
        for (uint32_t i = 0; i < content->profile->thread_count; i++)
            put_thread(&tree, &frames, i, &numbers, &path, file);
        if (path.failed)
            status = pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory for a call path");
    }
    text_buffer_release(&path);
    frame_table_release(&frames);
    call_tree_release(&tree);
    return status;
}

static const char *const suffixes[] = {".collapsed", ".folded", NULL};

const struct pyperf_format format_collapsed = {
    .name = "collapsed",
    .suffixes = suffixes,
    .wishes = PYPERF_WISH_WEIGHING | PYPERF_WISH_UNIT,
    .write = write_collapsed,
};
