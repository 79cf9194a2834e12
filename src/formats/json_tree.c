/* SPDX-License-Identifier: MIT */
#include "formats/json_tree.h"

#include <stdlib.h>

#include "analysis/groups.h"

static const char *const kinds[] = {
    [PYPERF_FUNCTION_PYTHON] = "python",          [PYPERF_FUNCTION_BUILTIN] = "builtin",
    [PYPERF_FUNCTION_BUILTIN_METHOD] = "builtin", [PYPERF_FUNCTION_ROOT] = "program",
    [PYPERF_FUNCTION_FOLD_ROOT] = "folded",
};

static void add_string(struct json_writer *json, const struct pyperf_profile *profile,
                       const char *name, uint32_t offset)
{
    json_member_string(json, name, pyperf_profile_string(profile, offset));
}

static void add_processes(struct json_writer *json, const struct pyperf_profile *profile)
{
    json_line(json);
    json_key(json, "processes");
    json_begin_array(json);
    for (uint32_t i = 0; i < profile->process_count; i++) {
        const struct pyperf_process *process = &profile->processes[i];
        json_begin_object(json);
        json_member_unsigned(json, "pid", process->pid);
        json_member_unsigned(json, "parent_pid", process->parent_pid);
        add_string(json, profile, "command", process->command);
        add_string(json, profile, "python", process->python_version);
        json_end_object(json);
    }
    json_end_array(json);
}

static void add_process_of_thread(struct json_writer *json,
                                  const struct pyperf_profile *profile, uint32_t thread)
{
    json_key(json, "process");
    for (uint32_t i = 0; i < profile->process_count; i++) {
        const struct pyperf_process *process = &profile->processes[i];
        if (thread >= process->first_thread &&
            thread - process->first_thread < process->thread_count) {
            json_unsigned(json, i);
            return;
        }
    }
    json_null(json);
}

static void add_threads(struct json_writer *json, const struct pyperf_profile *profile)
{
    json_line(json);
    json_key(json, "threads");
    json_begin_array(json);
    for (uint32_t i = 0; i < profile->thread_count; i++) {
        const struct pyperf_thread *thread = &profile->threads[i];
        json_line(json);
        json_begin_object(json);
        json_member_unsigned(json, "native_id", thread->os_id);
        add_string(json, profile, "name", thread->name);
        add_process_of_thread(json, profile, i);
        json_member_unsigned(json, "root", thread->root);
        json_end_object(json);
    }
    json_end_array(json);
}

static bool is_python(const struct pyperf_function *function)
{
    return function->kind == PYPERF_FUNCTION_PYTHON;
}

static void add_functions(struct json_writer *json, const struct pyperf_profile *profile)
{
    bool qualified = pyperf_profile_knows_qualified_names(profile);
    json_line(json);
    json_key(json, "functions");
    json_begin_array(json);
    for (uint32_t i = 0; i < profile->function_count; i++) {
        const struct pyperf_function *function = &profile->functions[i];
        enum pyperf_group group =
            is_python(function) ? group_of_path(pyperf_profile_string(profile, function->file))
            : function->kind == PYPERF_FUNCTION_BUILTIN ||
                    function->kind == PYPERF_FUNCTION_BUILTIN_METHOD
                ? PYPERF_GROUP_BUILTINS
                : PYPERF_GROUP_MINE;
        json_line(json);
        json_begin_object(json);
        json_member_unsigned(json, "id", i);
        add_string(json, profile, "file", function->file);
        json_key(json, "line");
        json_signed(json, pyperf_signed_line(function->line));
        add_string(json, profile, "name", function->name);
        json_key(json, "qualified_name");
        if (is_python(function) && qualified)
            json_string(json, pyperf_profile_string(profile, function->qualified_name));
        else
            json_null(json);
        json_member_string(json, "kind", kinds[function->kind]);
        json_member_string(json, "group", pyperf_group_name(group));
        json_end_object(json);
    }
    json_end_array(json);
}

static void add_nodes(struct json_writer *json, const struct pyperf_profile *profile,
                      const uint64_t *self)
{
    double seconds = profile->run.nanoseconds_per_tick / 1e9;
    json_line(json);
    json_key(json, "nodes");
    json_begin_array(json);
    for (uint32_t i = 0; i < profile->node_count; i++) {
        const struct pyperf_node *node = &profile->nodes[i];
        json_line(json);
        json_begin_object(json);
        json_member_index(json, "parent", node->parent);
        json_member_unsigned(json, "function", node->function);
        json_member_unsigned(json, "calls", node->calls);
        json_member_unsigned(json, "resumes", node->resumes);
        json_member_double(json, "self", (double)self[i] * seconds);
        json_member_double(json, "inclusive", (double)node->inclusive * seconds);
        json_member_double(json, "folded", (double)node->folded * seconds);
        json_end_object(json);
    }
    json_line(json);
    json_end_array(json);
}

bool json_tree_write(struct json_writer *json, const struct pyperf_profile *profile)
{
    uint64_t *self = pyperf_profile_self_ticks(profile);
    if (!self)
        return false;
    json_line(json);
    json_key(json, "tree");
    json_begin_object(json);
    add_processes(json, profile);
    add_threads(json, profile);
    add_functions(json, profile);
    add_nodes(json, profile, self);
    json_line(json);
    json_end_object(json);
    free(self);
    return true;
}
