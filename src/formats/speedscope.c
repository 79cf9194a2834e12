/* https://www.speedscope.app/file-format-schema.json: frames that all profiles share, and for
 * each thread a profile of opened and closed calls.
 *
 * A call tree has no order in time. Calls are laid out one after the other, the heaviest first,
 * each context once: speedscope's "time order" shows what its "left heavy" shows.
 *
 * SPDX-License-Identifier: MIT */
#include "formats/speedscope.h"

#include "formats/call_tree.h"
#include "formats/frames.h"
#include "formats/json_file.h"

static void put_frames(struct json_writer *json, const struct frame_table *frames)
{
    json_line(json);
    json_key(json, "shared");
    json_begin_object(json);
    json_key(json, "frames");
    json_begin_array(json);
    for (uint32_t i = 0; i < frames->count; i++) {
        const struct frame *frame = &frames->frames[i];
        json_line(json);
        json_begin_object(json);
        json_member_string(json, "name", frame->name);
        if (*frame->file) {
            json_member_string(json, "file", frame->file);
            json_member_unsigned(json, "line", frame->line);
        }
        json_end_object(json);
    }
    json_end_array(json);
    json_end_object(json);
}

static void put_event(struct json_writer *json, const char *type, uint64_t at, size_t frame)
{
    json_line(json);
    json_begin_object(json);
    json_member_string(json, "type", type);
    json_member_unsigned(json, "frame", frame);
    json_member_unsigned(json, "at", at);
    json_end_object(json);
}

/* A call's own time lies behind what it called. */
static void put_events(struct json_writer *json, const struct call_tree *tree,
                       const struct frame_table *frames, uint32_t thread)
{
    struct whole_numbers numbers = {.scale = tree->scale};
    struct tree_walk walk = tree_walk_start(tree, tree->profile->threads[thread].root);
    for (; walk.node != PYPERF_NO_INDEX; tree_walk_next(&walk)) {
        const struct frame *frame = frame_of_node(frames, tree->profile, thread, walk.node);
        size_t index = (size_t)(frame - frames->frames);
        if (walk.leaving) {
            whole_numbers_next(&numbers, tree->weight[walk.node]);
            put_event(json, "C", numbers.given, index);
        } else if (tree->total[walk.node] == 0) {
            tree_walk_skip(&walk);
        } else {
            put_event(json, "O", numbers.given, index);
        }
    }
}

static void put_profile(struct json_writer *json, const struct call_tree *tree,
                        const struct frame_table *frames, uint32_t thread,
                        enum pyperf_weighing weighing)
{
    const struct whole_numbers all = {
        .scale = tree->scale, .weight = tree->total[tree->profile->threads[thread].root]};
    json_line(json);
    json_begin_object(json);
    json_member_string(json, "type", "evented");
    json_member_string(json, "name", frames->frames[frames->of_thread[thread]].name);
    json_member_string(json, "unit", weighing == PYPERF_WEIGH_CALLS ? "none" : "nanoseconds");
    json_member_unsigned(json, "startValue", 0);
    json_member_unsigned(json, "endValue", whole_numbers_sum(&all));
    json_key(json, "events");
    json_begin_array(json);
    put_events(json, tree, frames, thread);
    json_end_array(json);
    json_end_object(json);
}

static void put_document(struct json_writer *json, const struct call_tree *tree,
                         const struct frame_table *frames, const struct pyperf_export *content)
{
    const struct pyperf_profile *profile = content->profile;
    json_begin_object(json);
    json_member_string(json, "$schema", "https://www.speedscope.app/file-format-schema.json");
    json_member_string(json, "exporter", creator_of(content));
    json_member_string(json, "name", pyperf_profile_string(profile, profile->run.program));
    put_frames(json, frames);
    json_line(json);
    json_key(json, "profiles");
    json_begin_array(json);
    for (uint32_t i = 0; i < profile->thread_count; i++)
        put_profile(json, tree, frames, i, content->weighing);
    json_end_array(json);
    json_end_object(json);
}

static enum pyperf_status write_speedscope(const struct pyperf_export *content,
                                           struct output_file *file, struct pyperf_error *error)
{
    struct call_tree tree;
    struct frame_table frames = {0};
    enum pyperf_status status = call_tree_create(&tree, content, "a speedscope file", error);
    if (status == PYPERF_OK)
        status = frame_table_from_profile(&frames, content->profile, error);
    if (status == PYPERF_OK) {
        struct json_writer json;
        json_file_init(&json, file);
        put_document(&json, &tree, &frames, content);
        json_writer_finish(&json);
    }
    frame_table_release(&frames);
    call_tree_release(&tree);
    return status;
}

static const char *const suffixes[] = {".speedscope.json", ".speedscope", NULL};

const struct pyperf_format format_speedscope = {
    .name = "speedscope",
    .suffixes = suffixes,
    .wishes = PYPERF_WISH_WEIGHING,
    .write = write_speedscope,
};
