/* Puts one profile behind another: functions that are the same become one, trees stay apart.
 *
 * SPDX-License-Identifier: MIT */
#include <pyperf/profile.h>

#include <stdlib.h>
#include <string.h>

#include "model/adding.h"
#include "model/lines.h"
#include "model/profile_growth.h"

/* What is appended, and where its items come to lie. */
struct appending {
    struct profile_growth growth;
    struct pyperf_profile *to;
    const struct pyperf_profile *from;
    double scale;        /* ticks of `to` in a tick of `from` */
    uint32_t *functions; /* of `from` → of `to` */
};

static bool append_functions(struct appending *appending)
{
    const struct pyperf_profile *from = appending->from;
    for (uint32_t i = 0; i < from->function_count; i++) {
        uint32_t found = profile_growth_function(&appending->growth, from, i);
        if (found == PYPERF_NO_INDEX)
            return false;
        function_add_figures(&appending->to->functions[found], &from->functions[i],
                             appending->scale);
        appending->functions[i] = found;
    }
    return true;
}

static bool append_string(struct appending *appending, uint32_t *offset)
{
    *offset = profile_growth_string(&appending->growth,
                                    pyperf_profile_string(appending->from, *offset));
    return *offset != PYPERF_NO_INDEX;
}

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

static bool append_threads(struct appending *appending)
{
    struct pyperf_profile *to = appending->to;
    for (uint32_t i = 0; i < appending->from->thread_count; i++) {
        struct pyperf_thread *thread = &to->threads[to->thread_count + i];
        *thread = appending->from->threads[i];
        thread->root = moved(thread->root, to->node_count);
        thread->fold_root = moved(thread->fold_root, to->node_count);
        thread->first_open += to->open_call_count;
        if (!append_string(appending, &thread->name))
            return false;
    }
    return true;
}

static void append_open_calls(const struct appending *appending)
{
    struct pyperf_profile *to = appending->to;
    for (uint32_t i = 0; i < appending->from->open_call_count; i++)
        to->open_calls[to->open_call_count + i] =
            moved(appending->from->open_calls[i], to->node_count);
}

static bool append_processes(struct appending *appending)
{
    struct pyperf_profile *to = appending->to;
    for (uint32_t i = 0; i < appending->from->process_count; i++) {
        struct pyperf_process *process = &to->processes[to->process_count + i];
        *process = appending->from->processes[i];
        process->first_thread += to->thread_count;
        if (!append_string(appending, &process->command) ||
            !append_string(appending, &process->python_version))
            return false;
    }
    return true;
}

static bool append_run(struct appending *appending)
{
    struct pyperf_run *to = &appending->to->run;
    const struct pyperf_run *from = &appending->from->run;
    uint32_t where = from->displaced_where;
    if (to->displaced == 0 && from->displaced != 0) {
        if (!append_string(appending, &where))
            return false;
        to->displaced_where = where;
    }
    run_add_losses(to, from, appending->scale);
    return true;
}

/* There is room for all but strings and functions. */
static bool append(struct appending *appending, const struct pyperf_profile *from)
{
    struct pyperf_profile *to = appending->to;
    appending->from = from;
    appending->scale = from->run.nanoseconds_per_tick / to->run.nanoseconds_per_tick;
    appending->functions = calloc(from->function_count + 1u, sizeof *appending->functions);
    bool done = appending->functions && append_functions(appending) &&
                append_processes(appending) && append_threads(appending) &&
                append_run(appending);
    const struct lines_mapping mapping = {
        .functions = appending->functions,
        .first_thread = to->thread_count,
        .growth = &appending->growth,
        .scale = appending->scale,
    };
    done = done && lines_append(to, from, &mapping);
    if (done) {
        append_nodes(appending);
        append_open_calls(appending);
        to->node_count += from->node_count;
        to->thread_count += from->thread_count;
        to->process_count += from->process_count;
        to->open_call_count += from->open_call_count;
    }
    free(appending->functions);
    return done;
}

/* ---- Room ---- */

struct sizes {
    uint64_t nodes, threads, processes, open_calls;
};

static void add_sizes(struct sizes *sizes, const struct pyperf_profile *profile)
{
    sizes->nodes += profile->node_count;
    sizes->threads += profile->thread_count;
    sizes->processes += profile->process_count;
    sizes->open_calls += profile->open_call_count;
}

/* Room for `count` items in the array that `items` points to; false: no memory. */
static bool make_room(void *items, uint64_t count, size_t size)
{
    void *array;
    memcpy(&array, items, sizeof array);
    array = reallocarray(array, (size_t)count + 1, size);
    if (array)
        memcpy(items, &array, sizeof array);
    return array != NULL;
}

static bool make_all_room(struct pyperf_profile *to, const struct sizes *sizes)
{
    return make_room(&to->nodes, sizes->nodes, sizeof *to->nodes) &&
           make_room(&to->threads, sizes->threads, sizeof *to->threads) &&
           make_room(&to->processes, sizes->processes, sizeof *to->processes) &&
           make_room(&to->open_calls, sizes->open_calls, sizeof *to->open_calls);
}

/* ---- All ---- */

enum pyperf_status pyperf_profile_append(struct pyperf_profile *profile,
                                         struct pyperf_profile *const *others, size_t count,
                                         struct pyperf_error *error)
{
    struct appending appending = {.to = profile};
    struct sizes sizes = {0};
    if (count == 0)
        return PYPERF_OK;
    add_sizes(&sizes, profile);
    for (size_t i = 0; i < count; i++)
        add_sizes(&sizes, others[i]);
    if (sizes.nodes >= PYPERF_NO_INDEX || sizes.open_calls >= PYPERF_NO_INDEX)
        return pyperf_error_set(error, PYPERF_UNSUPPORTED,
                                "the processes recorded more than fits one profile");
    bool done =
        make_all_room(profile, &sizes) && profile_growth_init(&appending.growth, profile);
    for (size_t i = 0; i < count && done; i++)
        done = append(&appending, others[i]);
    if (done && profile->lines)
        done = lines_arrange(profile->lines);
    profile_growth_release(&appending.growth);
    return done ? PYPERF_OK
                : pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory for the recordings");
}
