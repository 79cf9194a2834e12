/* profile.proto of github.com/google/pprof, gzipped, written message by message: no more of it
 * is in memory than one.
 *
 * Each frame is a function and a location with the same number, from 1 on; each call path is a
 * sample with two values: calls, and nanoseconds of its own. Labels say which thread it is.
 *
 * SPDX-License-Identifier: MIT */
#include "formats/pprof.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/gzip_writer.h"
#include "base/visible_text.h"
#include "formats/call_tree.h"
#include "formats/frames.h"
#include "formats/protobuf.h"

/* Numbers of the fields, by message. */
enum {
    PROFILE_SAMPLE_TYPE = 1,
    PROFILE_SAMPLE = 2,
    PROFILE_MAPPING = 3,
    PROFILE_LOCATION = 4,
    PROFILE_FUNCTION = 5,
    PROFILE_STRING_TABLE = 6,
    PROFILE_TIME = 9,
    PROFILE_DURATION = 10,
    PROFILE_PERIOD_TYPE = 11,
    PROFILE_PERIOD = 12,
    PROFILE_COMMENT = 13,
    PROFILE_DEFAULT_SAMPLE_TYPE = 14,
    VALUE_TYPE_TYPE = 1,
    VALUE_TYPE_UNIT = 2,
    SAMPLE_LOCATIONS = 1,
    SAMPLE_VALUES = 2,
    SAMPLE_LABEL = 3,
    LABEL_KEY = 1,
    LABEL_STRING = 2,
    LABEL_NUMBER = 3,
    MAPPING_ID = 1,
    MAPPING_FILE = 5,
    MAPPING_HAS_FUNCTIONS = 7,
    MAPPING_HAS_FILES = 8,
    MAPPING_HAS_LINES = 9,
    LOCATION_ID = 1,
    LOCATION_MAPPING = 2,
    LOCATION_LINE = 4,
    LINE_FUNCTION = 1,
    LINE_LINE = 2,
    FUNCTION_ID = 1,
    FUNCTION_NAME = 2,
    FUNCTION_SYSTEM_NAME = 3,
    FUNCTION_FILE = 4,
    FUNCTION_START_LINE = 5,
};

/* Numbers of the strings that are always there, in the order in which they are written. */
enum {
    STRING_EMPTY,
    STRING_CALLS,
    STRING_COUNT,
    STRING_TIME,
    STRING_NANOSECONDS,
    STRING_THREAD,
    STRING_THREAD_ID,
    STRING_PROCESS_ID,
    STRING_INTERPRETER,
    STRING_COMMENT,
    STRING_FIRST_FREE,
};

/* The rest are numbered as they come. */
struct pprof {
    struct gzip_writer gzip;
    const struct pyperf_profile *profile;
    const struct call_tree *tree;
    const struct frame_table *frames;
    uint64_t next_string;
    uint32_t *path; /* frames, outermost first */
    size_t path_capacity;
    struct text_buffer field;   /* what goes to the file next */
    struct text_buffer message; /* inside of it */
    struct text_buffer part;    /* inside of that */
    bool failed;                /* no memory */
};

/* ---- Fields of the profile ---- */

static void put(struct pprof *out)
{
    out->failed = out->failed || out->field.failed;
    gzip_writer_add(&out->gzip, text_buffer_text(&out->field), out->field.length);
    text_buffer_clear(&out->field);
}

static void put_message(struct pprof *out, uint32_t field)
{
    out->failed = out->failed || out->message.failed;
    protobuf_message(&out->field, field, &out->message);
    text_buffer_clear(&out->message);
    put(out);
}

static void put_number(struct pprof *out, uint32_t field, uint64_t number)
{
    protobuf_number(&out->field, field, number);
    put(out);
}

/* Puts the inner message into the one that is being made. */
static void add_part(struct pprof *out, uint32_t field)
{
    out->failed = out->failed || out->part.failed;
    protobuf_message(&out->message, field, &out->part);
    text_buffer_clear(&out->part);
}

static uint64_t put_string(struct pprof *out, const char *text)
{
    text_buffer_add_visible(&out->message, text);
    put_message(out, PROFILE_STRING_TABLE);
    return out->next_string++;
}

static void put_value_type(struct pprof *out, uint32_t field, uint64_t type, uint64_t unit)
{
    protobuf_number(&out->message, VALUE_TYPE_TYPE, type);
    protobuf_number(&out->message, VALUE_TYPE_UNIT, unit);
    put_message(out, field);
}

static void put_head(struct pprof *out)
{
    const struct pyperf_run *run = &out->profile->run;
    const char *const fixed[STRING_FIRST_FREE] = {
        [STRING_EMPTY] = "",
        [STRING_CALLS] = "calls",
        [STRING_COUNT] = "count",
        [STRING_TIME] = run->cpu_time ? "cpu" : "wall",
        [STRING_NANOSECONDS] = "nanoseconds",
        [STRING_THREAD] = "thread",
        [STRING_THREAD_ID] = "thread id",
        [STRING_PROCESS_ID] = "pid",
        [STRING_INTERPRETER] = pyperf_profile_string(out->profile, run->interpreter),
        [STRING_COMMENT] = "Every call, recorded by pyperf; no samples.",
    };
    for (size_t i = 0; i < STRING_FIRST_FREE; i++)
        put_string(out, fixed[i]);
    put_value_type(out, PROFILE_SAMPLE_TYPE, STRING_CALLS, STRING_COUNT);
    put_value_type(out, PROFILE_SAMPLE_TYPE, STRING_TIME, STRING_NANOSECONDS);
    put_value_type(out, PROFILE_PERIOD_TYPE, STRING_TIME, STRING_NANOSECONDS);
    put_number(out, PROFILE_PERIOD, 1);
    put_number(out, PROFILE_DEFAULT_SAMPLE_TYPE, STRING_TIME);
    put_number(out, PROFILE_TIME, run->started_at);
    put_number(out, PROFILE_DURATION, run->wall);
    put_number(out, PROFILE_COMMENT, STRING_COMMENT);
    protobuf_number(&out->message, MAPPING_ID, 1);
    protobuf_number(&out->message, MAPPING_FILE, STRING_INTERPRETER);
    protobuf_number(&out->message, MAPPING_HAS_FUNCTIONS, 1);
    protobuf_number(&out->message, MAPPING_HAS_FILES, 1);
    protobuf_number(&out->message, MAPPING_HAS_LINES, 1);
    put_message(out, PROFILE_MAPPING);
}

/* pprof shows names without their files, so these are in the names. */
static void put_function(struct pprof *out, uint32_t index, uint64_t file)
{
    const struct frame *frame = &out->frames->frames[index];
    uint64_t id = (uint64_t)index + 1;
    uint64_t name = put_string(out, frame->title);
    uint64_t system_name = *frame->file ? put_string(out, frame->name) : name;
    protobuf_number(&out->message, FUNCTION_ID, id);
    protobuf_number(&out->message, FUNCTION_NAME, name);
    protobuf_number(&out->message, FUNCTION_SYSTEM_NAME, system_name);
    protobuf_number(&out->message, FUNCTION_FILE, file);
    protobuf_number(&out->message, FUNCTION_START_LINE, frame->line);
    put_message(out, PROFILE_FUNCTION);
    protobuf_number(&out->part, LINE_FUNCTION, id);
    protobuf_number(&out->part, LINE_LINE, frame->line);
    protobuf_number(&out->message, LOCATION_ID, id);
    protobuf_number(&out->message, LOCATION_MAPPING, 1);
    add_part(out, LOCATION_LINE);
    put_message(out, PROFILE_LOCATION);
}

/* Functions of a file mostly follow each other, and share its string then. */
static void put_functions(struct pprof *out)
{
    const char *last = NULL;
    uint64_t file = STRING_EMPTY;
    for (uint32_t i = 0; i < out->frames->count; i++) {
        const char *wanted = out->frames->frames[i].file;
        if (wanted != last)
            file = *wanted ? put_string(out, wanted) : STRING_EMPTY;
        last = wanted;
        put_function(out, i, file);
    }
}

/* ---- Samples ---- */

static void add_label(struct pprof *out, uint64_t key, uint32_t field, uint64_t value)
{
    protobuf_number(&out->part, LABEL_KEY, key);
    protobuf_number(&out->part, field, value);
    add_part(out, SAMPLE_LABEL);
}

/* What labels say of the samples of a thread. */
struct origin {
    uint64_t thread_name; /* string */
    uint64_t thread_id;
    uint64_t process_id;
};

static struct origin origin_of_thread(struct pprof *out, uint32_t thread)
{
    const struct pyperf_process *process = process_of_thread(out->profile, thread);
    const struct frame *frame = &out->frames->frames[out->frames->of_thread[thread]];
    return (struct origin){
        .thread_name = put_string(out, frame->name),
        .thread_id = out->profile->threads[thread].os_id,
        .process_id = process ? process->pid : out->profile->run.pid,
    };
}

static void put_sample(struct pprof *out, const struct origin *origin, uint32_t depth,
                       uint64_t calls, uint64_t nanoseconds)
{
    for (size_t i = (size_t)depth + 1; i-- > 0;)
        protobuf_varint(&out->part, (uint64_t)out->path[i] + 1);
    add_part(out, SAMPLE_LOCATIONS);
    protobuf_varint(&out->part, calls);
    protobuf_varint(&out->part, nanoseconds);
    add_part(out, SAMPLE_VALUES);
    add_label(out, STRING_THREAD, LABEL_STRING, origin->thread_name);
    add_label(out, STRING_THREAD_ID, LABEL_NUMBER, origin->thread_id);
    add_label(out, STRING_PROCESS_ID, LABEL_NUMBER, origin->process_id);
    put_message(out, PROFILE_SAMPLE);
}

static void put_thread(struct pprof *out, uint32_t thread, struct whole_numbers *numbers)
{
    const struct call_tree *tree = out->tree;
    const struct origin origin = origin_of_thread(out, thread);
    struct tree_walk walk = tree_walk_start(tree, out->profile->threads[thread].root);
    for (; walk.node != PYPERF_NO_INDEX && !out->failed; tree_walk_next(&walk)) {
        if (walk.leaving)
            continue;
        if (!array_reserve((void **)&out->path, &out->path_capacity, (size_t)walk.depth + 1,
                           sizeof *out->path)) {
            out->failed = true;
            return;
        }
        const struct frame *frame = frame_of_node(out->frames, out->profile, thread, walk.node);
        out->path[walk.depth] = (uint32_t)(frame - out->frames->frames);
        uint64_t calls = call_tree_calls(tree, walk.node);
        uint64_t nanoseconds = whole_numbers_next(numbers, tree->weight[walk.node]);
        if (calls > 0 || nanoseconds > 0)
            put_sample(out, &origin, walk.depth, calls, nanoseconds);
    }
}

static enum pyperf_status put_profile(struct pprof *out, struct output_file *file,
                                      struct pyperf_error *error)
{
    enum pyperf_status status = gzip_writer_init(&out->gzip, file, error);
    if (status != PYPERF_OK)
        return status;
    struct whole_numbers numbers = {.scale = out->tree->scale};
    put_head(out);
    put_functions(out);
    for (uint32_t i = 0; i < out->profile->thread_count; i++)
        put_thread(out, i, &numbers);
    gzip_writer_finish(&out->gzip);
    if (out->failed)
        status = pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory for a call path");
    text_buffer_release(&out->field);
    text_buffer_release(&out->message);
    text_buffer_release(&out->part);
    free(out->path);
    return status;
}

static enum pyperf_status write_pprof(const struct pyperf_export *content,
                                      struct output_file *file, struct pyperf_error *error)
{
    struct pyperf_export by_time = *content;
    by_time.weighing = PYPERF_WEIGH_TIME;
    struct call_tree tree;
    struct frame_table frames = {0};
    enum pyperf_status status = call_tree_create(&tree, &by_time, "a pprof file", error);
    if (status == PYPERF_OK)
        status = frame_table_from_profile(&frames, content->profile, error);
    if (status == PYPERF_OK) {
        struct pprof out = {.profile = content->profile, .tree = &tree, .frames = &frames};
        status = put_profile(&out, file, error);
    }
    frame_table_release(&frames);
    call_tree_release(&tree);
    return status;
}

static const char *const suffixes[] = {".pb.gz", ".pprof", NULL};

const struct pyperf_format format_pprof = {
    .name = "pprof",
    .suffixes = suffixes,
    .binary = true,
    .write = write_pprof,
};
