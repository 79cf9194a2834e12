/* SPDX-License-Identifier: MIT */
#include "profile_builder.h"

#include <stdlib.h>
#include <string.h>

static void *grown(void *items, size_t count, size_t size)
{
    void *moved = realloc(items, count * size);
    if (!moved)
        abort();
    return moved;
}

struct pyperf_profile *build_profile(const char *program)
{
    struct pyperf_profile *profile = pyperf_profile_create();
    if (!profile)
        abort();
    profile->run.program = build_string(profile, program);
    profile->run.nanoseconds_per_tick = 1e9;
    profile->run.max_nodes = 4000000;
    profile->run.started = true;
    profile->run.end_known = true;
    return profile;
}

uint32_t build_string(struct pyperf_profile *profile, const char *text)
{
    size_t size = strlen(text) + 1;
    size_t offset = profile->strings_size;
    profile->strings = grown(profile->strings, offset + size, 1);
    memcpy(profile->strings + offset, text, size);
    profile->strings_size = offset + size;
    return (uint32_t)offset;
}

uint32_t build_function(struct pyperf_profile *profile, enum pyperf_function_kind kind,
                        const char *file, uint32_t line, const char *name)
{
    uint32_t index = profile->function_count++;
    profile->functions =
        grown(profile->functions, profile->function_count, sizeof *profile->functions);
    struct pyperf_function function = {.kind = kind, .line = line};
    function.file = build_string(profile, file);
    function.name = build_string(profile, name);
    function.qualified_name = function.name;
    profile->functions[index] = function;
    return index;
}

uint32_t build_python(struct pyperf_profile *profile, const char *name, uint32_t line)
{
    return build_function(profile, PYPERF_FUNCTION_PYTHON, "dir/file.py", line, name);
}

void build_open_call(struct pyperf_profile *profile, uint32_t node)
{
    struct pyperf_thread *thread = &profile->threads[profile->thread_count - 1];
    uint32_t index = profile->open_call_count++;
    profile->open_calls =
        grown(profile->open_calls, profile->open_call_count, sizeof *profile->open_calls);
    profile->open_calls[index] = node;
    thread->open_calls++;
    if (thread->open_frames++ == 0)
        thread->first_open = index;
}

uint32_t build_node(struct pyperf_profile *profile, uint32_t parent, uint32_t function,
                    uint64_t calls, uint64_t self)
{
    uint32_t index = profile->node_count++;
    profile->nodes = grown(profile->nodes, profile->node_count, sizeof *profile->nodes);
    profile->nodes[index] = (struct pyperf_node){
        .parent = parent, .function = function, .calls = calls, .inclusive = self};
    return index;
}

static uint32_t function_of_kind(struct pyperf_profile *profile, enum pyperf_function_kind kind)
{
    for (uint32_t i = 0; i < profile->function_count; i++)
        if (profile->functions[i].kind == kind)
            return i;
    return build_function(profile, kind, "", 0, "");
}

uint32_t build_thread(struct pyperf_profile *profile, uint64_t self)
{
    uint32_t function = function_of_kind(profile, PYPERF_FUNCTION_ROOT);
    uint32_t root = build_node(profile, PYPERF_NO_INDEX, function, 1, self);
    uint32_t index = profile->thread_count++;
    profile->threads = grown(profile->threads, profile->thread_count, sizeof *profile->threads);
    profile->threads[index] = (struct pyperf_thread){
        .os_id = index, .root = root, .fold_root = PYPERF_NO_INDEX, .end_seen = true};
    return root;
}

uint32_t build_fold_root(struct pyperf_profile *profile)
{
    uint32_t function = function_of_kind(profile, PYPERF_FUNCTION_FOLD_ROOT);
    uint32_t node = build_node(profile, PYPERF_NO_INDEX, function, 0, 0);
    profile->threads[profile->thread_count - 1].fold_root = node;
    return node;
}

void build_process(struct pyperf_profile *profile, const char *command)
{
    uint32_t index = profile->process_count++;
    profile->processes =
        grown(profile->processes, profile->process_count, sizeof *profile->processes);
    struct pyperf_process process = {.pid = index + 1};
    for (uint32_t i = 0; i < index; i++)
        process.first_thread += profile->processes[i].thread_count;
    process.thread_count = profile->thread_count - process.first_thread;
    process.command = build_string(profile, command);
    profile->processes[index] = process;
}

static bool is_fold_root(const struct pyperf_profile *profile, uint32_t node)
{
    return profile->functions[profile->nodes[node].function].kind == PYPERF_FUNCTION_FOLD_ROOT;
}

void build_inclusive(struct pyperf_profile *profile)
{
    for (uint32_t i = profile->node_count; i-- > 0;) {
        struct pyperf_node *node = &profile->nodes[i];
        node->inclusive += node->folded;
        if (node->parent != PYPERF_NO_INDEX && !is_fold_root(profile, node->parent))
            profile->nodes[node->parent].inclusive += node->inclusive;
    }
}
