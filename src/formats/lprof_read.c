/* From a pickled LineStats object to a profile with lines and no calls.
 *
 * SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/saturating.h"
#include "base/utf8.h"
#include "formats/lprof.h"
#include "formats/pickle_reader.h"

/* A profile in the making. */
struct reading {
    struct pickle pickle;
    struct pyperf_profile *profile;
    uint32_t *offsets; /* of a value: the string that it became in the profile, or 0 */
    size_t strings_capacity, function_capacity, line_capacity, whole_capacity;
    struct pyperf_error *error;
};

static enum pyperf_status bad(const struct reading *reading, const char *what)
{
    return pyperf_error_set(reading->error, PYPERF_BAD_DATA, "no file of line_profiler's: %s",
                            what);
}

static enum pyperf_status no_memory(const struct reading *reading)
{
    return pyperf_error_set(reading->error, PYPERF_NO_MEMORY, "out of memory");
}

/* ---- Pieces ---- */

static bool get_number(const struct reading *reading, uint32_t value, uint64_t *number)
{
    const struct pickle_value *integer = pickle_get(&reading->pickle, value, PICKLE_INTEGER);
    const struct pickle_value *real = pickle_get(&reading->pickle, value, PICKLE_FLOAT);
    if (integer && integer->integer >= 0)
        *number = (uint64_t)integer->integer;
    else if (real && real->number >= 0)
        *number = saturating_from(real->number);
    else
        return false;
    return true;
}

static bool get_line_number(const struct reading *reading, uint32_t value, uint32_t *number)
{
    const struct pickle_value *integer = pickle_get(&reading->pickle, value, PICKLE_INTEGER);
    if (!integer || integer->integer < 0 || integer->integer > INT32_MAX)
        return false;
    *number = (uint32_t)integer->integer;
    return true;
}

/* The values of a tuple of three. */
static bool get_three(const struct reading *reading, uint32_t value, uint32_t items[3])
{
    const struct pickle_value *tuple = pickle_get(&reading->pickle, value, PICKLE_TUPLE);
    if (!tuple || tuple->count != 3)
        return false;
    uint32_t cell = tuple->items.first;
    for (int i = 0; i < 3; i++) {
        items[i] = reading->pickle.cells[cell].value;
        cell = reading->pickle.cells[cell].next;
    }
    return true;
}

static enum pyperf_status copy_string(struct reading *reading, const unsigned char *bytes,
                                      size_t size)
{
    struct pyperf_profile *profile = reading->profile;
    size_t used = profile->strings_size;
    if (memchr(bytes, '\0', size))
        return bad(reading, "a name has a NUL character in it");
    if (!array_reserve((void **)&profile->strings, &reading->strings_capacity, used + size + 1,
                       1))
        return no_memory(reading);
    memcpy(profile->strings + used, bytes, size);
    profile->strings[used + size] = '\0';
    if (!utf8_valid(profile->strings + used))
        return bad(reading, "a name is not UTF-8");
    profile->strings_size += size + 1;
    return PYPERF_OK;
}

/* Makes a string that names something one of the profile's, once: pickles are less than 2 GiB
 * long, and many functions are in one file. */
static enum pyperf_status take_name(struct reading *reading, uint32_t value, uint32_t *offset)
{
    const struct pickle_value *string = pickle_get(&reading->pickle, value, PICKLE_STRING);
    enum pyperf_status status = PYPERF_OK;
    if (!string)
        return bad(reading, "a name is no string");
    if (reading->offsets[value] == 0) {
        reading->offsets[value] = (uint32_t)reading->profile->strings_size;
        status = copy_string(reading, reading->pickle.bytes + string->string.offset,
                             string->string.size);
    }
    *offset = reading->offsets[value];
    return status;
}

static bool add_function(struct reading *reading, const struct pyperf_function *function)
{
    struct pyperf_profile *profile = reading->profile;
    if (!array_reserve((void **)&profile->functions, &reading->function_capacity,
                       (size_t)profile->function_count + 1, sizeof *profile->functions))
        return false;
    profile->functions[profile->function_count++] = *function;
    return true;
}

/* ---- Functions and lines ---- */

/* The function whose lines follow. */
static enum pyperf_status take_function(struct reading *reading, uint32_t key)
{
    uint32_t items[3];
    struct pyperf_function function = {.kind = PYPERF_FUNCTION_PYTHON, .duration_scale = 1};
    if (!get_three(reading, key, items) || !get_line_number(reading, items[1], &function.line))
        return bad(reading, "a function is not (file, line, name)");
    enum pyperf_status status = take_name(reading, items[0], &function.file);
    if (status == PYPERF_OK)
        status = take_name(reading, items[2], &function.name);
    function.qualified_name = function.name;
    if (status == PYPERF_OK && !add_function(reading, &function))
        status = no_memory(reading);
    return status;
}

static enum pyperf_status take_line(struct reading *reading, uint32_t value)
{
    struct pyperf_lines *lines = reading->profile->lines;
    struct pyperf_line line = {.function = reading->profile->function_count - 1};
    uint32_t items[3];
    if (!get_three(reading, value, items) ||
        !get_line_number(reading, items[0], &line.number) ||
        !get_number(reading, items[1], &line.hits) ||
        !get_number(reading, items[2], &line.inclusive))
        return bad(reading, "a line is not (number, hits, time)");
    /* Each takes more than this many bytes, unless many functions share their lines. */
    enum { BYTES_OF_A_LINE = 4 };
    if (lines->line_count >= reading->pickle.size / BYTES_OF_A_LINE)
        return bad(reading, "functions share their lines");
    if (!array_reserve((void **)&lines->lines, &reading->line_capacity,
                       (size_t)lines->line_count + 1, sizeof *lines->lines))
        return no_memory(reading);
    lines->lines[lines->line_count++] = line;
    return PYPERF_OK;
}

static int order_lines(const void *left, const void *right)
{
    const struct pyperf_line *a = left, *b = right;
    return (a->number > b->number) - (a->number < b->number);
}

/* The function as a whole: recursion cannot be told from the lines. */
static bool add_whole(struct reading *reading, uint32_t first)
{
    struct pyperf_lines *lines = reading->profile->lines;
    struct pyperf_line_function whole = {.function = reading->profile->function_count - 1,
                                         .first_line = first,
                                         .line_count = lines->line_count - first};
    qsort(lines->lines + first, whole.line_count, sizeof *lines->lines, order_lines);
    for (uint32_t i = first; i < lines->line_count; i++)
        saturating_add(&whole.inclusive, lines->lines[i].inclusive);
    if (!array_reserve((void **)&lines->functions, &reading->whole_capacity,
                       (size_t)lines->function_count + 1, sizeof *lines->functions))
        return false;
    lines->functions[lines->function_count++] = whole;
    return true;
}

static enum pyperf_status take_lines(struct reading *reading, uint32_t value)
{
    const struct pickle_value *list = pickle_get(&reading->pickle, value, PICKLE_LIST);
    uint32_t first = reading->profile->lines->line_count;
    enum pyperf_status status = PYPERF_OK;
    if (!list)
        return bad(reading, "a function's lines are no list");
    for (uint32_t cell = list->items.first; cell != PICKLE_NONE && status == PYPERF_OK;
         cell = reading->pickle.cells[cell].next)
        status = take_line(reading, reading->pickle.cells[cell].value);
    if (status == PYPERF_OK && !add_whole(reading, first))
        status = no_memory(reading);
    return status;
}

/* ---- The file ---- */

/* Under its names of all versions. */
static bool is_class_of_stats(const struct reading *reading, uint32_t value)
{
    static const char *const modules[] = {"line_profiler._line_profiler",
                                          "line_profiler.line_profiler", "_line_profiler"};
    const struct pickle_value *class = pickle_get(&reading->pickle, value, PICKLE_CLASS);
    if (!class || !pickle_is_string(&reading->pickle, class->class.name, "LineStats"))
        return false;
    for (size_t i = 0; i < sizeof modules / sizeof *modules; i++)
        if (pickle_is_string(&reading->pickle, class->class.module, modules[i]))
            return true;
    return false;
}

static enum pyperf_status take_unit(struct reading *reading, const struct pickle_value *state)
{
    enum { LONGEST_UNIT = 1000000 /* seconds */ };
    const struct pickle_value *unit = pickle_get(
        &reading->pickle, pickle_find(&reading->pickle, state, "unit"), PICKLE_FLOAT);
    if (!unit || !(unit->number > 0) || unit->number > LONGEST_UNIT)
        return bad(reading, "it has no unit of time");
    reading->profile->run.nanoseconds_per_tick = unit->number * 1e9;
    /* Of the unit that they are kept in, exactly one. */
    if (fabs(reading->profile->run.nanoseconds_per_tick - 1) < 1e-9)
        reading->profile->run.nanoseconds_per_tick = 1;
    return PYPERF_OK;
}

static enum pyperf_status take_stats(struct reading *reading)
{
    const struct pickle *pickle = &reading->pickle;
    const struct pickle_value *object = pickle_get(pickle, pickle->root, PICKLE_OBJECT);
    if (!object || !is_class_of_stats(reading, object->object.class))
        return bad(reading, "it holds something else");
    const struct pickle_value *state =
        pickle_get(pickle, object->object.state, PICKLE_DICTIONARY);
    const struct pickle_value *timings =
        state ? pickle_get(pickle, pickle_find(pickle, state, "timings"), PICKLE_DICTIONARY)
              : NULL;
    if (!timings)
        return bad(reading, "it has no timings");
    enum pyperf_status status = take_unit(reading, state);
    for (uint32_t cell = timings->items.first; cell != PICKLE_NONE && status == PYPERF_OK;) {
        uint32_t value = pickle->cells[cell].next;
        status = take_function(reading, pickle->cells[cell].value);
        if (status == PYPERF_OK)
            status = take_lines(reading, pickle->cells[value].value);
        cell = pickle->cells[value].next;
    }
    return status;
}

/* A run of one thread that called nothing. */
static bool begin_profile(struct reading *reading)
{
    struct pyperf_profile *profile = reading->profile = pyperf_profile_create();
    const struct pyperf_function root = {.kind = PYPERF_FUNCTION_ROOT, .duration_scale = 1};
    reading->offsets = calloc(reading->pickle.value_count, sizeof *reading->offsets);
    if (!profile || !reading->offsets || !add_function(reading, &root))
        return false;
    reading->strings_capacity = profile->strings_size;
    profile->lines = calloc(1, sizeof *profile->lines);
    profile->threads = calloc(1, sizeof *profile->threads);
    profile->nodes = calloc(1, sizeof *profile->nodes);
    profile->processes = calloc(1, sizeof *profile->processes);
    if (!profile->lines || !profile->threads || !profile->nodes || !profile->processes)
        return false;
    profile->nodes[profile->node_count++] =
        (struct pyperf_node){.parent = PYPERF_NO_INDEX, .calls = 1};
    profile->threads[profile->thread_count++] =
        (struct pyperf_thread){.fold_root = PYPERF_NO_INDEX, .end_seen = true};
    profile->processes[profile->process_count++] = (struct pyperf_process){.thread_count = 1};
    profile->run.nanoseconds_per_tick = 1;
    profile->run.started = profile->run.end_known = true;
    return true;
}

enum pyperf_status lprof_read(const unsigned char *bytes, size_t size,
                              struct pyperf_import *import, struct pyperf_error *error)
{
    struct reading reading = {.error = error};
    enum pyperf_status status = pickle_read(&reading.pickle, bytes, size, error);
    if (status == PYPERF_OK)
        status = begin_profile(&reading) ? take_stats(&reading) : no_memory(&reading);
    pickle_release(&reading.pickle);
    free(reading.offsets);
    if (status == PYPERF_OK)
        import->profile = reading.profile;
    else
        pyperf_profile_free(reading.profile);
    return status;
}
