/* SPDX-License-Identifier: MIT */
#include "model/merge.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/saturating.h"
#include "model/adding.h"
#include "model/lines.h"

enum { FIRST_INDEX_SIZE = 256, FIRST_LINES_LIMIT = 4096 };

/* ---- The merge as an object ---- */

void pyperf_merge_free(struct pyperf_merge *merge)
{
    if (!merge)
        return;
    pyperf_profile_free(merge->sum);
    profile_growth_release(&merge->growth);
    hash_index_release(&merge->nodes);
    hash_index_release(&merge->threads);
    hash_index_release(&merge->children);
    free(merge->process_of_thread);
    free(merge);
}

struct pyperf_merge *pyperf_merge_create(void)
{
    struct pyperf_merge *merge = calloc(1, sizeof *merge);
    if (!merge)
        return NULL;
    merge->key = hash_key_random();
    merge->lines_limit = FIRST_LINES_LIMIT;
    merge->sum = pyperf_profile_create();
    if (!merge->sum || !profile_growth_init(&merge->growth, merge->sum) ||
        !hash_index_init(&merge->nodes, FIRST_INDEX_SIZE) ||
        !hash_index_init(&merge->threads, FIRST_INDEX_SIZE) ||
        !hash_index_init(&merge->children, FIRST_INDEX_SIZE)) {
        pyperf_merge_free(merge);
        return NULL;
    }
    return merge;
}

/* ---- Strings and functions ---- */

/* The sum's string that is the same as one of the profile that is added. */
static uint32_t merge_string(struct merging *merging, uint32_t offset)
{
    return profile_growth_string(&merging->merge->growth,
                                 pyperf_profile_string(merging->from, offset));
}

static bool merge_functions(struct merging *merging)
{
    const struct pyperf_profile *from = merging->from;
    struct pyperf_merge *merge = merging->merge;
    for (uint32_t i = 0; i < from->function_count; i++) {
        uint32_t found = profile_growth_function(&merge->growth, from, i);
        if (found == PYPERF_NO_INDEX)
            return false;
        function_add_figures(&merge->sum->functions[found], &from->functions[i],
                             merging->scale);
        merging->functions[i] = found;
    }
    return true;
}

/* ---- Nodes ---- */

static uint32_t hash_node(const void *context, uint32_t index)
{
    const struct pyperf_merge *merge = context;
    const struct pyperf_node *node = &merge->sum->nodes[index];
    return merge_pair_hash(&merge->key, node->parent, node->function);
}

static uint32_t new_node(struct pyperf_merge *merge, uint32_t parent, uint32_t function)
{
    struct pyperf_profile *sum = merge->sum;
    uint32_t added = sum->node_count;
    if (added == PYPERF_NO_INDEX - 1 ||
        !array_reserve((void **)&sum->nodes, &merge->node_capacity, (size_t)added + 1,
                       sizeof *sum->nodes))
        return PYPERF_NO_INDEX;
    sum->nodes[added] = (struct pyperf_node){.parent = parent, .function = function};
    sum->node_count++;
    return added;
}

static uint32_t child_node(struct pyperf_merge *merge, uint32_t parent, uint32_t function)
{
    struct pyperf_profile *sum = merge->sum;
    uint32_t hash = merge_pair_hash(&merge->key, parent, function);
    HASH_INDEX_FOR_EACH(&merge->nodes, hash, candidate)
    if (sum->nodes[candidate].parent == parent && sum->nodes[candidate].function == function)
        return candidate;
    uint32_t added = new_node(merge, parent, function);
    if (added != PYPERF_NO_INDEX &&
        !hash_index_add(&merge->nodes, hash, added, hash_node, merge))
        return PYPERF_NO_INDEX;
    return added;
}

static void add_node(struct pyperf_node *to, const struct pyperf_node *from, double scale)
{
    saturating_add(&to->calls, from->calls);
    saturating_add(&to->resumes, from->resumes);
    saturating_add(&to->inclusive, ticks_convert(from->inclusive, scale));
    saturating_add(&to->folded, ticks_convert(from->folded, scale));
    saturating_add(&to->unrecorded, from->unrecorded);
    saturating_add(&to->recording, ticks_convert(from->recording, scale));
}

/* Where those of the roots are known. */
static bool merge_nodes(struct merging *merging)
{
    for (uint32_t i = 0; i < merging->from->node_count; i++) {
        const struct pyperf_node *node = &merging->from->nodes[i];
        if (node->parent != PYPERF_NO_INDEX) {
            uint32_t parent = merging->nodes[node->parent];
            merging->nodes[i] = PYPERF_NO_INDEX;
            if (parent == PYPERF_NO_INDEX)
                continue;
            merging->nodes[i] =
                child_node(merging->merge, parent, merging->functions[node->function]);
            if (merging->nodes[i] == PYPERF_NO_INDEX)
                return false;
        }
        if (merging->nodes[i] != PYPERF_NO_INDEX)
            add_node(&merging->merge->sum->nodes[merging->nodes[i]], node, merging->scale);
    }
    return true;
}

/* ---- Threads and processes ---- */

static uint32_t hash_thread(const void *context, uint32_t index)
{
    const struct pyperf_merge *merge = context;
    return merge_pair_hash(&merge->key, merge->process_of_thread[index],
                           merge->sum->threads[index].name);
}

/* A root for a thread of the sum that has none yet, of the function of the other's root. */
static bool share_root(struct merging *merging, uint32_t *root, uint32_t other)
{
    if (other == PYPERF_NO_INDEX)
        return true;
    if (*root == PYPERF_NO_INDEX)
        *root = new_node(merging->merge, PYPERF_NO_INDEX,
                         merging->functions[merging->from->nodes[other].function]);
    merging->nodes[other] = *root;
    return *root != PYPERF_NO_INDEX;
}

static uint32_t find_thread(struct pyperf_merge *merge, uint32_t process, uint32_t name)
{
    struct pyperf_profile *sum = merge->sum;
    uint32_t hash = merge_pair_hash(&merge->key, process, name), added = sum->thread_count;
    HASH_INDEX_FOR_EACH(&merge->threads, hash, candidate)
    if (merge->process_of_thread[candidate] == process && sum->threads[candidate].name == name)
        return candidate;
    if (!array_reserve((void **)&sum->threads, &merge->thread_capacity, (size_t)added + 1,
                       sizeof *sum->threads) ||
        !array_reserve((void **)&merge->process_of_thread, &merge->process_of_thread_capacity,
                       (size_t)added + 1, sizeof *merge->process_of_thread))
        return PYPERF_NO_INDEX;
    merge->process_of_thread[added] = process;
    sum->threads[added] = (struct pyperf_thread){
        .root = PYPERF_NO_INDEX,
        .fold_root = PYPERF_NO_INDEX,
        .name = name,
        .end_seen = true,
        .usage_known = true,
    };
    sum->thread_count++;
    return hash_index_add(&merge->threads, hash, added, hash_thread, merge) ? added
                                                                            : PYPERF_NO_INDEX;
}

static void add_thread(struct pyperf_thread *to, const struct pyperf_thread *from)
{
    uint64_t open = (uint64_t)to->open_frames + from->open_frames;
    if (to->os_id == 0)
        to->os_id = from->os_id;
    if (from->ended > from->started)
        saturating_add(&to->ended, from->ended - from->started);
    to->open_frames = open < UINT32_MAX ? (uint32_t)open : UINT32_MAX;
    to->end_seen = to->end_seen && from->end_seen;
    to->usage_known = to->usage_known && from->usage_known;
    saturating_add(&to->cpu, from->cpu);
    saturating_add(&to->voluntary_switches, from->voluntary_switches);
    saturating_add(&to->involuntary_switches, from->involuntary_switches);
}

static bool merge_thread(struct merging *merging, uint32_t index, uint32_t process)
{
    const struct pyperf_thread *from = &merging->from->threads[index];
    struct pyperf_merge *merge = merging->merge;
    uint32_t name = merge_string(merging, from->name);
    uint32_t found =
        name == PYPERF_NO_INDEX ? PYPERF_NO_INDEX : find_thread(merge, process, name);
    if (found == PYPERF_NO_INDEX)
        return false;
    struct pyperf_thread *to = &merge->sum->threads[found];
    add_thread(to, from);
    merging->threads[index] = found;
    return share_root(merging, &to->root, from->root) &&
           share_root(merging, &to->fold_root, from->fold_root);
}

static uint32_t hash_child(const void *context, uint32_t index)
{
    const struct pyperf_profile *sum = context;
    return hash_mix(sum->processes[index].command); /* equal strings have one offset */
}

/* The first process is the program's own, and found by its place. */
static uint32_t find_process(struct pyperf_merge *merge, const struct pyperf_process *process,
                             bool own)
{
    struct pyperf_profile *sum = merge->sum;
    uint32_t hash = hash_mix(process->command), added = sum->process_count;
    if (own && added > 0)
        return 0;
    HASH_INDEX_FOR_EACH(&merge->children, hash, candidate)
    if (!own && sum->processes[candidate].command == process->command)
        return candidate;
    if (!array_reserve((void **)&sum->processes, &merge->process_capacity, (size_t)added + 1,
                       sizeof *sum->processes))
        return PYPERF_NO_INDEX;
    sum->processes[added] = *process;
    sum->process_count++;
    if (!own && !hash_index_add(&merge->children, hash, added, hash_child, sum))
        return PYPERF_NO_INDEX;
    return added;
}

static bool merge_process(struct merging *merging, uint32_t index)
{
    const struct pyperf_profile *from = merging->from;
    const struct pyperf_process *process = &from->processes[index];
    struct pyperf_merge *merge = merging->merge;
    const struct pyperf_process named = {
        .pid = process->pid,
        .parent_pid = process->parent_pid,
        .command = merge_string(merging, process->command),
        .python_version = merge_string(merging, process->python_version),
    };
    if (named.command == PYPERF_NO_INDEX || named.python_version == PYPERF_NO_INDEX)
        return false;
    uint32_t found = find_process(merge, &named, index == 0);
    if (found == PYPERF_NO_INDEX)
        return false;
    struct pyperf_process *to = &merge->sum->processes[found];
    saturating_add(&to->calls, process->calls);
    saturating_add(&to->wall, process->wall);
    to->running = to->running || process->running;
    for (uint32_t i = 0; i < process->thread_count; i++)
        if (!merge_thread(merging, process->first_thread + i, found))
            return false;
    return true;
}

static bool merge_processes(struct merging *merging)
{
    for (uint32_t i = 0; i < merging->from->process_count; i++)
        if (!merge_process(merging, i))
            return false;
    return true;
}

/* ---- Lines ---- */

/* They are put behind those that are there. To sort them takes time, so it waits until there are
 * twice as many as were left of it the last time. */
static bool merge_lines(struct merging *merging)
{
    struct pyperf_merge *merge = merging->merge;
    const struct lines_mapping mapping = {
        .functions = merging->functions,
        .threads = merging->threads,
        .growth = &merge->growth,
        .scale = merging->scale,
    };
    if (!lines_append(merge->sum, merging->from, &mapping))
        return false;
    struct pyperf_lines *lines = merge->sum->lines;
    if (!lines || (size_t)lines->line_count + lines->call_count < merge->lines_limit)
        return true;
    if (!lines_arrange(lines))
        return false;
    merge->lines_limit =
        2 * ((size_t)lines->line_count + lines->call_count) + FIRST_LINES_LIMIT;
    return true;
}

/* `place`: where each of the threads went. */
static bool finish_lines(struct pyperf_lines *lines, const uint32_t *place)
{
    if (!lines)
        return true;
    for (uint32_t i = 0; i < lines->line_count; i++)
        lines->lines[i].thread = place[lines->lines[i].thread];
    for (uint32_t i = 0; i < lines->function_count; i++)
        lines->functions[i].thread = place[lines->functions[i].thread];
    return lines_arrange(lines);
}

/* ---- The run ---- */

static bool copy_run(struct merging *merging)
{
    struct pyperf_run *run = &merging->merge->sum->run;
    uint32_t *const strings[] = {
        &run->program,        &run->interpreter, &run->python_version, &run->engine,
        &run->host,           &run->clock,       &run->command_line,   &run->unrecordable_why,
        &run->displaced_where};
    *run = merging->from->run;
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) {
        *strings[i] = merge_string(merging, *strings[i]);
        if (*strings[i] == PYPERF_NO_INDEX)
            return false;
    }
    return true;
}

static void add_run(struct pyperf_run *to, const struct pyperf_run *from, double scale)
{
    saturating_add(&to->wall, from->wall);
    saturating_add(&to->unrecordable, from->unrecordable);
    if (from->started_at < to->started_at)
        to->started_at = from->started_at;
    if (from->max_nodes > to->max_nodes)
        to->max_nodes = from->max_nodes;
    to->follows_children = to->follows_children && from->follows_children;
    to->running = to->running || from->running;
    to->end_known = to->end_known && from->end_known;
    to->replaced = to->replaced && from->replaced;
    run_add_losses(to, from, scale);
}

/* That there were costs is said where any were measured. */
static void keep_costs(struct pyperf_run *to, const struct pyperf_run *from)
{
    for (int i = 0; i < PYPERF_COST_COUNT; i++)
        if (to->costs[i].inside == 0 && to->costs[i].outside == 0)
            to->costs[i] = from->costs[i];
}

/* What is told of the first of them that there was. */
static bool keep_firsts(struct merging *merging, struct pyperf_run *to)
{
    const struct pyperf_run *from = &merging->from->run;
    if (to->displaced == 0)
        to->displaced_where = merge_string(merging, from->displaced_where);
    if (to->unrecordable == 0)
        to->unrecordable_why = merge_string(merging, from->unrecordable_why);
    return to->displaced_where != PYPERF_NO_INDEX && to->unrecordable_why != PYPERF_NO_INDEX;
}

static bool merge_run(struct merging *merging)
{
    struct pyperf_run *run = &merging->merge->sum->run;
    const struct pyperf_run *from = &merging->from->run;
    uint64_t merged = run->merged;
    if (merged == 0 && !copy_run(merging))
        return false;
    if (merged > 0) {
        if (!keep_firsts(merging, run))
            return false;
        add_run(run, from, merging->scale);
        keep_costs(run, from);
    }
    run->merged = saturating_sum(merged, from->merged ? from->merged : 1);
    return true;
}

/* ---- The whole ---- */

static bool merge_all(struct merging *merging)
{
    const struct pyperf_profile *from = merging->from;
    merging->functions = calloc((size_t)from->function_count + 1, sizeof(uint32_t));
    merging->nodes = malloc(((size_t)from->node_count + 1) * sizeof(uint32_t));
    merging->threads = calloc((size_t)from->thread_count + 1, sizeof(uint32_t));
    if (!merging->functions || !merging->nodes || !merging->threads)
        return false;
    memset(merging->nodes, 0xFF, ((size_t)from->node_count + 1) * sizeof(uint32_t));
    return merge_functions(merging) && merge_processes(merging) && merge_nodes(merging) &&
           merge_lines(merging) && merge_run(merging);
}

enum pyperf_status pyperf_merge_add(struct pyperf_merge *merge,
                                    const struct pyperf_profile *profile,
                                    struct pyperf_error *error)
{
    const struct pyperf_run *run = &merge->sum->run;
    struct merging merging = {.merge = merge, .from = profile, .scale = 1};
    if (run->merged > 0) {
        if (run->cpu_time != profile->run.cpu_time)
            return pyperf_error_set(error, PYPERF_USAGE,
                                    "its times are %s and those before it %s; they do not "
                                    "add up",
                                    profile->run.cpu_time ? "CPU time" : "on the wall",
                                    run->cpu_time ? "CPU time" : "on the wall");
        merging.scale = profile->run.nanoseconds_per_tick / run->nanoseconds_per_tick;
    }
    bool done = merge_all(&merging);
    free(merging.functions);
    free(merging.nodes);
    free(merging.threads);
    return done ? PYPERF_OK
                : pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory to add profiles up");
}

/* Puts threads in the order of their processes, whose threads lie together in a profile.
 * `place`: where each of them went. */
static bool sort_threads(struct pyperf_merge *merge, uint32_t *place)
{
    struct pyperf_profile *sum = merge->sum;
    struct pyperf_thread *sorted = calloc((size_t)sum->thread_count + 1, sizeof *sorted);
    uint32_t *next = calloc((size_t)sum->process_count + 1, sizeof *next);
    bool done = sorted && next;
    for (uint32_t i = 0; done && i < sum->thread_count; i++)
        sum->processes[merge->process_of_thread[i]].thread_count++;
    for (uint32_t i = 1; done && i < sum->process_count; i++)
        sum->processes[i].first_thread =
            sum->processes[i - 1].first_thread + sum->processes[i - 1].thread_count;
    for (uint32_t i = 0; done && i < sum->process_count; i++)
        next[i] = sum->processes[i].first_thread;
    for (uint32_t i = 0; done && i < sum->thread_count; i++) {
        place[i] = next[merge->process_of_thread[i]]++;
        sorted[place[i]] = sum->threads[i];
    }
    free(next);
    free(done ? sum->threads : sorted);
    if (done)
        sum->threads = sorted;
    return done;
}

struct pyperf_profile *pyperf_merge_take(struct pyperf_merge *merge)
{
    struct pyperf_profile *sum = merge->sum;
    uint32_t *place = calloc((size_t)sum->thread_count + 1, sizeof *place);
    bool done = place && sort_threads(merge, place) && finish_lines(sum->lines, place);
    free(place);
    if (!done)
        return NULL;
    merge->sum = NULL;
    return sum;
}
