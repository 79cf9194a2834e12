/* SPDX-License-Identifier: MIT */
#include "formats/pyperf_file.h"

#include <string.h>

/* ---- Functions and nodes ---- */

#define MEMBER(type, member, kind)                                                             \
    {                                                                                          \
        offsetof(struct type, member), kind                                                    \
    }

static const struct column function_columns[] = {
    MEMBER(pyperf_function, file, COLUMN_STEP),
    MEMBER(pyperf_function, name, COLUMN_STEP),
    MEMBER(pyperf_function, qualified_name, COLUMN_STEP),
    MEMBER(pyperf_function, line, COLUMN_U32),
    MEMBER(pyperf_function, kind, COLUMN_U32),
    MEMBER(pyperf_function, folded_primitive_calls, COLUMN_U64),
    MEMBER(pyperf_function, folded_primitive_ticks, COLUMN_U64),
    MEMBER(pyperf_function, longest, COLUMN_U64),
    MEMBER(pyperf_function, duration_scale, COLUMN_DOUBLE),
    MEMBER(pyperf_function, decorated, COLUMN_BOOL),
};
_Static_assert(sizeof(enum pyperf_function_kind) == sizeof(uint32_t), "it is read as one");

static const struct column node_columns[] = {
    MEMBER(pyperf_node, parent, COLUMN_PARENT), MEMBER(pyperf_node, function, COLUMN_U32),
    MEMBER(pyperf_node, calls, COLUMN_U64),     MEMBER(pyperf_node, resumes, COLUMN_U64),
    MEMBER(pyperf_node, folded, COLUMN_U64),    MEMBER(pyperf_node, unrecorded, COLUMN_U64),
    MEMBER(pyperf_node, recording, COLUMN_U64),
};

/* ---- Threads and processes ---- */

static const struct column thread_columns[] = {
    MEMBER(pyperf_thread, os_id, COLUMN_U64),
    MEMBER(pyperf_thread, root, COLUMN_U32),
    MEMBER(pyperf_thread, fold_root, COLUMN_INDEX),
    MEMBER(pyperf_thread, started, COLUMN_U64),
    MEMBER(pyperf_thread, ended, COLUMN_U64),
    MEMBER(pyperf_thread, open_frames, COLUMN_U32),
    MEMBER(pyperf_thread, first_open, COLUMN_U32),
    MEMBER(pyperf_thread, open_calls, COLUMN_U32),
    MEMBER(pyperf_thread, end_seen, COLUMN_BOOL),
    MEMBER(pyperf_thread, name, COLUMN_STEP),
    MEMBER(pyperf_thread, usage_known, COLUMN_BOOL),
    MEMBER(pyperf_thread, cpu, COLUMN_U64),
    MEMBER(pyperf_thread, voluntary_switches, COLUMN_U64),
    MEMBER(pyperf_thread, involuntary_switches, COLUMN_U64),
};

static const struct column process_columns[] = {
    MEMBER(pyperf_process, pid, COLUMN_U64),
    MEMBER(pyperf_process, parent_pid, COLUMN_U64),
    MEMBER(pyperf_process, command, COLUMN_STEP),
    MEMBER(pyperf_process, python_version, COLUMN_STEP),
    MEMBER(pyperf_process, first_thread, COLUMN_U32),
    MEMBER(pyperf_process, thread_count, COLUMN_U32),
    MEMBER(pyperf_process, calls, COLUMN_U64),
    MEMBER(pyperf_process, wall, COLUMN_U64),
    MEMBER(pyperf_process, running, COLUMN_BOOL),
};

static const struct column open_call_columns[] = {{0, COLUMN_INDEX}};

#define TABLE(id, owner, member, counter, type, weighs, its_columns)                           \
    {                                                                                          \
        .section = (id), .items = offsetof(struct owner, member),                              \
        .count = offsetof(struct owner, counter), .item_size = sizeof(type),                   \
        .weight = (weighs), .columns = (its_columns),                                          \
        .column_count = sizeof(its_columns) / sizeof *(its_columns)                            \
    }

/* The weights belong to the format: they stay when the structs change. */
const struct file_table profile_tables[PROFILE_TABLE_COUNT] = {
    [TABLE_FUNCTIONS] = TABLE("func", pyperf_profile, functions, function_count,
                              struct pyperf_function, 640, function_columns),
    [TABLE_NODES] =
        TABLE("node", pyperf_profile, nodes, node_count, struct pyperf_node, 64, node_columns),
    [TABLE_THREADS] = TABLE("thrd", pyperf_profile, threads, thread_count, struct pyperf_thread,
                            128, thread_columns),
    [TABLE_PROCESSES] = TABLE("proc", pyperf_profile, processes, process_count,
                              struct pyperf_process, 128, process_columns),
    [TABLE_OPEN_CALLS] = TABLE("open", pyperf_profile, open_calls, open_call_count, uint32_t, 4,
                               open_call_columns),
};

/* ---- Lines ---- */

static const struct column line_function_columns[] = {
    MEMBER(pyperf_line_function, function, COLUMN_STEP),
    MEMBER(pyperf_line_function, thread, COLUMN_STEP),
    MEMBER(pyperf_line_function, first_line, COLUMN_STEP),
    MEMBER(pyperf_line_function, line_count, COLUMN_U32),
    MEMBER(pyperf_line_function, calls, COLUMN_U64),
    MEMBER(pyperf_line_function, inclusive, COLUMN_U64),
    MEMBER(pyperf_line_function, overhead, COLUMN_U64),
    MEMBER(pyperf_line_function, decorated, COLUMN_BOOL),
};

static const struct column line_columns[] = {
    MEMBER(pyperf_line, function, COLUMN_STEP),  MEMBER(pyperf_line, thread, COLUMN_STEP),
    MEMBER(pyperf_line, number, COLUMN_STEP),    MEMBER(pyperf_line, first_call, COLUMN_STEP),
    MEMBER(pyperf_line, call_count, COLUMN_U32), MEMBER(pyperf_line, hits, COLUMN_U64),
    MEMBER(pyperf_line, inclusive, COLUMN_U64),  MEMBER(pyperf_line, callees, COLUMN_U64),
    MEMBER(pyperf_line, entries, COLUMN_U64),    MEMBER(pyperf_line, overhead, COLUMN_U64),
};

static const struct column line_call_columns[] = {
    MEMBER(pyperf_line_call, callee, COLUMN_U32),
    MEMBER(pyperf_line_call, calls, COLUMN_U64),
    MEMBER(pyperf_line_call, inclusive, COLUMN_U64),
};

static const struct column source_columns[] = {
    MEMBER(pyperf_source, file, COLUMN_STEP),
    MEMBER(pyperf_source, text, COLUMN_STEP),
    MEMBER(pyperf_source, changed, COLUMN_BOOL),
};

const struct file_table lines_tables[LINES_TABLE_COUNT] = {
    [TABLE_LINE_FUNCTIONS] = TABLE("lfun", pyperf_lines, functions, function_count,
                                   struct pyperf_line_function, 64, line_function_columns),
    [TABLE_LINES] =
        TABLE("line", pyperf_lines, lines, line_count, struct pyperf_line, 64, line_columns),
    [TABLE_LINE_CALLS] = TABLE("lcal", pyperf_lines, calls, call_count, struct pyperf_line_call,
                               32, line_call_columns),
    [TABLE_SOURCES] = TABLE("srcs", pyperf_lines, sources, source_count, struct pyperf_source,
                            16, source_columns),
};

/* ---- Facts ---- */

#define RUN(fact_name, member, kind)                                                           \
    {                                                                                          \
        fact_name, offsetof(struct pyperf_run, member), kind                                   \
    }
#define COST(kind_name, kind)                                                                  \
    RUN("cost." kind_name ".inside", costs[kind].inside, FACT_DOUBLE),                         \
        RUN("cost." kind_name ".outside", costs[kind].outside, FACT_DOUBLE)

const struct fact run_facts[] = {
    RUN("program", program, FACT_STRING),
    RUN("command_line", command_line, FACT_STRING),
    RUN("interpreter", interpreter, FACT_STRING),
    RUN("python_version", python_version, FACT_STRING),
    RUN("host", host, FACT_STRING),
    RUN("engine", engine, FACT_STRING),
    RUN("clock", clock, FACT_STRING),
    RUN("pid", pid, FACT_U64),
    RUN("started_at", started_at, FACT_U64),
    RUN("wall", wall, FACT_U64),
    RUN("merged", merged, FACT_U64),
    RUN("nanoseconds_per_tick", nanoseconds_per_tick, FACT_DOUBLE),
    RUN("cpu_time", cpu_time, FACT_BOOL),
    COST("call", PYPERF_COST_CALL),
    COST("resume", PYPERF_COST_RESUME),
    COST("builtin", PYPERF_COST_BUILTIN),
    COST("method", PYPERF_COST_METHOD),
    COST("unrecorded", PYPERF_COST_UNRECORDED),
    COST("line", PYPERF_COST_LINE),
    COST("line_entry", PYPERF_COST_LINE_ENTRY),
    RUN("children", children, FACT_U64),
    RUN("unrecordable", unrecordable, FACT_U64),
    RUN("unrecordable_why", unrecordable_why, FACT_STRING),
    RUN("follows_children", follows_children, FACT_BOOL),
    RUN("max_nodes", max_nodes, FACT_U64),
    RUN("lost_calls", lost_calls, FACT_U64),
    RUN("resynchronised", resynchronised, FACT_U64),
    RUN("unmatched", unmatched, FACT_U64),
    RUN("displaced", displaced, FACT_U64),
    RUN("displaced_time", displaced_time, FACT_U64),
    RUN("displaced_where", displaced_where, FACT_STRING),
    RUN("beyond_depth", beyond_depth, FACT_U64),
    RUN("recording_error", recording_error, FACT_INT),
    RUN("compensated", compensated, FACT_BOOL),
    RUN("overhead", overhead, FACT_DOUBLE),
    RUN("unexplained", unexplained, FACT_DOUBLE),
    RUN("running", running, FACT_BOOL),
    RUN("started", started, FACT_BOOL),
    RUN("end_known", end_known, FACT_BOOL),
    RUN("replaced", replaced, FACT_BOOL),
};
const size_t run_fact_count = sizeof run_facts / sizeof *run_facts;

#define LINES(member, kind)                                                                    \
    {                                                                                          \
#member, offsetof(struct pyperf_lines, member), kind                                   \
    }

const struct fact lines_facts[] = {
    LINES(calls_recorded, FACT_BOOL),
    LINES(lost, FACT_U64),
};
const size_t lines_fact_count = sizeof lines_facts / sizeof *lines_facts;

#define OUTCOME(member, kind)                                                                  \
    {                                                                                          \
#member, offsetof(struct pyperf_outcome, member), kind                                 \
    }

const struct fact outcome_facts[] = {
    OUTCOME(user_time, FACT_U64),   OUTCOME(system_time, FACT_U64),
    OUTCOME(peak_memory, FACT_U64), OUTCOME(signal, FACT_INT),
    OUTCOME(exit_status, FACT_INT),
};
const size_t outcome_fact_count = sizeof outcome_facts / sizeof *outcome_facts;

/* ---- The format ---- */

static bool recognises(const unsigned char *bytes, size_t size)
{
    return size >= PYPERF_FILE_MAGIC_SIZE &&
           memcmp(bytes, PYPERF_FILE_MAGIC, PYPERF_FILE_MAGIC_SIZE) == 0;
}

static const char *const suffixes[] = {".pyperf", NULL};

const struct pyperf_format format_pyperf = {
    .name = "pyperf",
    .suffixes = suffixes,
    .holds_lines = true,
    .keeps_recordings = true,
    .write = pyperf_file_write,
    .recognises = recognises,
    .read = pyperf_file_read,
};
