/* Chrome's trace events: one complete event ("X") for each call path, in microseconds.
 *
 * A call tree has no order in time. Calls are laid out one after the other, the heaviest first,
 * each context once; the document's "otherData" says so. Moments are whole nanoseconds, so that
 * events nest exactly, as Perfetto wants it.
 *
 * SPDX-License-Identifier: MIT */
#include "formats/chrome.h"

#include "formats/call_tree.h"
#include "formats/frames.h"
#include "formats/json_file.h"

struct chrome {
    struct json_writer *json;
    const struct call_tree *tree;
    const struct frame_table *frames;
};

/* Threads are numbered by us: the kernel gives the numbers of those that ended to new ones. */
struct place {
    uint32_t thread;  /* index */
    uint64_t process; /* id */
};

static void put_place(const struct chrome *out, const struct place *place)
{
    json_member_unsigned(out->json, "pid", place->process);
    json_member_unsigned(out->json, "tid", (uint64_t)place->thread + 1);
}

static void put_name(const struct chrome *out, const struct place *place, const char *kind,
                     const char *name)
{
    json_line(out->json);
    json_begin_object(out->json);
    json_member_string(out->json, "name", kind);
    json_member_string(out->json, "ph", "M");
    put_place(out, place);
    json_key(out->json, "args");
    json_begin_object(out->json);
    json_member_string(out->json, "name", name);
    json_end_object(out->json);
    json_end_object(out->json);
}

/* Returns the place that events of the thread are in. */
static struct place put_names(const struct chrome *out, uint32_t thread)
{
    const struct pyperf_profile *profile = out->tree->profile;
    const struct pyperf_process *process = process_of_thread(profile, thread);
    const struct place place = {thread, process ? process->pid : profile->run.pid};
    const char *name = pyperf_profile_string(profile, profile->threads[thread].name);
    if (thread == 0)
        put_name(out, &place, "process_name",
                 pyperf_profile_string(profile, profile->run.program));
    else if (process && thread == process->first_thread)
        put_name(out, &place, "process_name", pyperf_profile_string(profile, process->command));
    if (!*name)
        name = out->frames->frames[out->frames->of_thread[thread]].name;
    put_name(out, &place, "thread_name", name);
    return place;
}

static void put_call(const struct chrome *out, const struct place *place, uint32_t node,
                     uint64_t begin, uint64_t end)
{
    const struct frame *frame =
        frame_of_node(out->frames, out->tree->profile, place->thread, node);
    json_line(out->json);
    json_begin_object(out->json);
    json_member_string(out->json, "name", frame->title);
    json_member_string(out->json, "cat", *frame->file ? "python" : "builtin");
    json_member_string(out->json, "ph", "X");
    put_place(out, place);
    json_member_double(out->json, "ts", (double)begin / 1000);
    json_member_double(out->json, "dur", (double)(end - begin) / 1000);
    json_key(out->json, "args");
    json_begin_object(out->json);
    json_member_unsigned(out->json, "calls", call_tree_calls(out->tree, node));
    json_end_object(out->json);
    json_end_object(out->json);
}

/* A call's own time lies behind what it called. */
static void put_thread(const struct chrome *out, uint32_t thread)
{
    const struct call_tree *tree = out->tree;
    struct whole_numbers numbers = {.scale = tree->scale};
    struct tree_walk walk = tree_walk_start(tree, tree->profile->threads[thread].root);
    const struct place place = put_names(out, thread);
    for (; walk.node != PYPERF_NO_INDEX; tree_walk_next(&walk)) {
        if (walk.leaving) {
            whole_numbers_next(&numbers, tree->weight[walk.node]);
            continue;
        }
        struct whole_numbers end = numbers;
        saturating_add(&end.weight, tree->total[walk.node]);
        put_call(out, &place, walk.node, numbers.given, whole_numbers_sum(&end));
    }
}

static void put_document(const struct chrome *out, const char *creator)
{
    const struct pyperf_profile *profile = out->tree->profile;
    struct json_writer *json = out->json;
    json_begin_object(json);
    json_member_string(json, "displayTimeUnit", "ns");
    json_line(json);
    json_key(json, "otherData");
    json_begin_object(json);
    json_member_string(json, "creator", creator);
    json_member_string(json, "clock", profile->run.cpu_time ? "cpu" : "wall");
    json_member_string(json, "order",
                       "each call path once, with the time of all its calls; the heaviest "
                       "first, not in the order of time");
    json_end_object(json);
    json_line(json);
    json_key(json, "traceEvents");
    json_begin_array(json);
    for (uint32_t i = 0; i < profile->thread_count; i++)
        put_thread(out, i);
    json_line(json);
    json_end_array(json);
    json_end_object(json);
}

static enum pyperf_status write_chrome(const struct pyperf_export *content,
                                       struct output_file *file, struct pyperf_error *error)
{
    struct pyperf_export by_time = *content;
    by_time.weighing = PYPERF_WEIGH_TIME;
    struct call_tree tree;
    struct frame_table frames = {0};
    enum pyperf_status status = call_tree_create(&tree, &by_time, "a Chrome trace", error);
    if (status == PYPERF_OK)
        status = frame_table_from_profile(&frames, content->profile, error);
    if (status == PYPERF_OK) {
        struct json_writer json;
        json_file_init(&json, file);
        const struct chrome out = {.json = &json, .tree = &tree, .frames = &frames};
        put_document(&out, creator_of(content));
        json_writer_finish(&json);
    }
    frame_table_release(&frames);
    call_tree_release(&tree);
    return status;
}

static const char *const suffixes[] = {".trace.json", ".trace", NULL};

const struct pyperf_format format_chrome = {
    .name = "chrome",
    .suffixes = suffixes,
    .write = write_chrome,
};
