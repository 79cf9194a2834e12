/* Puts one profile behind another: functions that are the same become one, trees stay apart.
 *
 * SPDX-License-Identifier: MIT */
#include <pyperf/profile.h>

#include <stdlib.h>
#include <string.h>

#include "base/hash_index.h"
#include "model/adding.h"

/* What is appended, and where its items come to lie. */
struct appending {
    struct pyperf_profile *to;
    const struct pyperf_profile *from;
    double scale;        /* ticks of `to` in a tick of `from` */
    uint32_t *functions; /* of `from` → of `to` */
    uint32_t strings;    /* where the strings of `from` begin in `to` */
};

/* ---- Functions ---- */

static uint32_t find_function(const struct pyperf_profile *profile,
                              const struct hash_index *index, const struct function_key *key,
                              uint32_t hash)
{
    HASH_INDEX_FOR_EACH(index, hash, candidate)
    {
        const struct function_key other = function_key(profile, candidate);
        if (function_key_equal(&other, key))
            return candidate;
    }
    return PYPERF_NO_INDEX;
}

static bool append_function(struct appending *appending, struct hash_index *index, uint32_t i)
{
    struct pyperf_profile *to = appending->to;
    const struct pyperf_function *function = &appending->from->functions[i];
    const struct function_key key = function_key(appending->from, i);
    uint32_t hash = function_key_hash(&key), found = find_function(to, index, &key, hash);
    if (found == PYPERF_NO_INDEX) {
        found = to->function_count;
        to->functions[found] = (struct pyperf_function){
            .file = function->file + appending->strings,
            .name = function->name + appending->strings,
            .qualified_name = function->qualified_name + appending->strings,
            .line = function->line,
            .kind = function->kind,
            .duration_scale = 1,
        };
        to->function_count++;
        if (!hash_index_add(index, hash, found, function_hash, to))
            return false;
    }
    appending->functions[i] = found;
    return true;
}

/* New functions are added without figures, which are added last: nothing can fail then. */
static bool append_functions(struct appending *appending)
{
    struct pyperf_profile *to = appending->to;
    struct hash_index index;
    bool done = hash_index_init(&index, 1u << 10);
    if (!done)
        return false;
    for (uint32_t i = 0; done && i < to->function_count; i++)
        done = hash_index_add(&index, function_hash(to, i), i, function_hash, to);
    for (uint32_t i = 0; done && i < appending->from->function_count; i++)
        done = append_function(appending, &index, i);
    hash_index_release(&index);
    for (uint32_t i = 0; done && i < appending->from->function_count; i++)
        function_add_figures(&to->functions[appending->functions[i]],
                             &appending->from->functions[i], appending->scale);
    return done;
}

/* ---- The rest ---- */

static uint32_t moved(uint32_t index, uint32_t by)
{
    return index == PYPERF_NO_INDEX ? index : index + by;
}

static void append_nodes(const struct appending *appending)
{
    struct pyperf_profile *to = appending->to;
    double scale = appending->scale;
    for (uint32_t i = 0; i < appending->from->node_count; i++) {
        const struct pyperf_node *node = &appending->from->nodes[i];
        to->nodes[to->node_count + i] = (struct pyperf_node){
            .parent = moved(node->parent, to->node_count),
            .function = appending->functions[node->function],
            .calls = node->calls,
            .resumes = node->resumes,
            .inclusive = ticks_convert(node->inclusive, scale),
            .folded = ticks_convert(node->folded, scale),
            .unrecorded = node->unrecorded,
            .recording = ticks_convert(node->recording, scale),
        };
    }
}

static void append_threads(const struct appending *appending)
{
    struct pyperf_profile *to = appending->to;
    for (uint32_t i = 0; i < appending->from->thread_count; i++) {
        struct pyperf_thread *thread = &to->threads[to->thread_count + i];
        *thread = appending->from->threads[i];
        thread->root = moved(thread->root, to->node_count);
        thread->fold_root = moved(thread->fold_root, to->node_count);
        thread->name += appending->strings;
        thread->first_open += to->open_call_count;
    }
}

static void append_open_calls(const struct appending *appending)
{
    struct pyperf_profile *to = appending->to;
    for (uint32_t i = 0; i < appending->from->open_call_count; i++)
        to->open_calls[to->open_call_count + i] =
            moved(appending->from->open_calls[i], to->node_count);
}

static void append_processes(const struct appending *appending)
{
    struct pyperf_profile *to = appending->to;
    for (uint32_t i = 0; i < appending->from->process_count; i++) {
        struct pyperf_process *process = &to->processes[to->process_count + i];
        *process = appending->from->processes[i];
        process->command += appending->strings;
        process->python_version += appending->strings;
        process->first_thread += to->thread_count;
    }
}

static void append_run(struct pyperf_run *to, const struct pyperf_run *from,
                       const struct appending *appending)
{
    if (to->displaced == 0 && from->displaced != 0)
        to->displaced_where = from->displaced_where + appending->strings;
    run_add_losses(to, from, appending->scale);
}

/* Room in the array that `items` points to for `more` behind those that are there; false: no
 * memory. */
static bool make_room(void *items, uint32_t count, uint32_t more, size_t size)
{
    void *array;
    memcpy(&array, items, sizeof array);
    array = reallocarray(array, (size_t)count + more + 1, size);
    if (array)
        memcpy(items, &array, sizeof array);
    return array != NULL;
}

static bool make_all_room(struct appending *appending)
{
    struct pyperf_profile *to = appending->to;
    const struct pyperf_profile *from = appending->from;
    appending->functions = calloc(from->function_count + 1u, sizeof *appending->functions);
    char *strings = realloc(to->strings, to->strings_size + from->strings_size);
    if (!strings || !appending->functions)
        return false;
    to->strings = strings;
    memcpy(to->strings + to->strings_size, from->strings, from->strings_size);
    return make_room(&to->functions, to->function_count, from->function_count,
                     sizeof *to->functions) &&
           make_room(&to->nodes, to->node_count, from->node_count, sizeof *to->nodes) &&
           make_room(&to->threads, to->thread_count, from->thread_count, sizeof *to->threads) &&
           make_room(&to->open_calls, to->open_call_count, from->open_call_count,
                     sizeof *to->open_calls) &&
           make_room(&to->processes, to->process_count, from->process_count,
                     sizeof *to->processes);
}

static bool fits(uint64_t a, uint64_t b)
{
    return a + b < PYPERF_NO_INDEX;
}

enum pyperf_status pyperf_profile_append(struct pyperf_profile *profile,
                                         const struct pyperf_profile *other,
                                         struct pyperf_error *error)
{
    struct appending appending = {
        .to = profile,
        .from = other,
        .scale = other->run.nanoseconds_per_tick / profile->run.nanoseconds_per_tick,
        .strings = (uint32_t)profile->strings_size,
    };
    uint32_t functions = profile->function_count;
    if (!fits(profile->strings_size, other->strings_size) ||
        !fits(profile->node_count, other->node_count))
        return pyperf_error_set(error, PYPERF_UNSUPPORTED,
                                "the processes recorded more than fits one profile");
    if (!make_all_room(&appending) || !append_functions(&appending)) {
        profile->function_count = functions;
        free(appending.functions);
        return pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory for the recordings");
    }
    append_nodes(&appending);
    append_open_calls(&appending);
    append_processes(&appending);
    append_threads(&appending);
    append_run(&profile->run, &other->run, &appending);
    profile->strings_size += other->strings_size;
    profile->node_count += other->node_count;
    profile->thread_count += other->thread_count;
    profile->process_count += other->process_count;
    profile->open_call_count += other->open_call_count;
    free(appending.functions);
    return PYPERF_OK;
}
