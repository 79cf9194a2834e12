/* Tables are written column by column: what is alike then stands side by side, and compresses.
 *
 * SPDX-License-Identifier: MIT */
#include "formats/page_payload.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/label_table.h"
#include "formats/page_tree.h"

/* ---- The run ---- */

enum {
    FLAG_TREE = 1,        /* there is a call tree; else callers and callees are all there is */
    FLAG_CPU_TIME = 2,    /* times are CPU time */
    FLAG_COMPENSATED = 4, /* the cost of recording was taken off */
    FLAG_END_UNKNOWN = 8, /* nobody saw the program's end */
    FLAG_RUNNING = 16,    /* the program still ran */
};

static uint64_t flags_of(const struct pyperf_profile *profile)
{
    if (!profile)
        return 0;
    const struct pyperf_run *run = &profile->run;
    return FLAG_TREE | (run->cpu_time ? FLAG_CPU_TIME : 0) |
           (run->compensated ? FLAG_COMPENSATED : 0) | (run->end_known ? 0 : FLAG_END_UNKNOWN) |
           (run->running ? FLAG_RUNNING : 0);
}

static void put_run(struct page_stream *stream, const struct pyperf_profile *profile)
{
    const struct pyperf_run *run = &profile->run;
    page_stream_text(stream, pyperf_profile_string(profile, run->program));
    page_stream_text(stream, pyperf_profile_string(profile, run->python_version));
    page_stream_text(stream, pyperf_profile_string(profile, run->engine));
    page_stream_number(stream, run->started_at / 1000000u);
    page_stream_float(stream, (double)run->wall * 1e-9);
    page_stream_float(stream, run->overhead * run->nanoseconds_per_tick * 1e-9);
    page_stream_number(stream, run->lost_calls);
    page_stream_number(stream, run->children);
    page_stream_float(stream, run->nanoseconds_per_tick * 1e-9);
}

/* ---- Rows ---- */

/* Labels come file by file: what a path shares with the one before it is only counted. */
static void put_path(struct page_stream *stream, const char *path, const char **before)
{
    size_t shared = 0;
    while (path[shared] && path[shared] == (*before)[shared])
        shared++;
    page_stream_number(stream, shared);
    page_stream_text(stream, path + shared);
    *before = path;
}

static void put_labels(struct page_stream *stream, const struct pyperf_summary *summary)
{
    const char *before = "";
    for (uint32_t i = 0; i < summary->row_count; i++)
        put_path(stream, summary->rows[i].label.file, &before);
    for (uint32_t i = 0; i < summary->row_count; i++)
        page_stream_text(stream, summary->rows[i].label.name);
    for (uint32_t i = 0; i < summary->row_count; i++)
        page_stream_number(stream, summary->rows[i].label.line);
}

/* Of how long single calls took: 0 where it is not known, else 1, median, 95th percentile and
 * longest. */
static void put_spread(struct page_stream *stream, const struct pyperf_durations *durations)
{
    double median = durations ? pyperf_durations_quantile(durations, 0.5) : 0;
    bool known = durations && durations->longest > 0;
    page_stream_number(stream, known);
    if (!known)
        return;
    page_stream_float(stream, median);
    page_stream_float(stream, pyperf_durations_quantile(durations, 0.95));
    page_stream_float(stream, durations->longest);
}

static void put_edges(struct page_stream *stream, const struct pyperf_summary_row *row)
{
    page_stream_number(stream, row->caller_count);
    for (uint32_t i = 0; i < row->caller_count; i++) {
        const struct pyperf_summary_edge *edge = &row->callers[i];
        page_stream_number(stream, edge->caller);
        page_stream_number(stream, edge->calls);
        page_stream_number(stream, edge->primitive_calls);
        page_stream_float(stream, edge->self);
        page_stream_float(stream, edge->cumulative);
    }
}

static void put_rows(struct page_stream *stream, const struct pyperf_summary *summary)
{
    page_stream_number(stream, summary->row_count);
    put_labels(stream, summary);
    for (uint32_t i = 0; i < summary->row_count; i++)
        page_stream_number(stream, summary->rows[i].calls);
    for (uint32_t i = 0; i < summary->row_count; i++)
        page_stream_number(stream, summary->rows[i].primitive_calls);
    for (uint32_t i = 0; i < summary->row_count; i++)
        page_stream_float(stream, summary->rows[i].self);
    for (uint32_t i = 0; i < summary->row_count; i++)
        page_stream_float(stream, summary->rows[i].cumulative);
    for (uint32_t i = 0; i < summary->row_count; i++)
        put_spread(stream, summary->rows[i].durations);
    for (uint32_t i = 0; i < summary->row_count; i++)
        put_edges(stream, &summary->rows[i]);
}

/* ---- Functions ---- */

/* The number of each function's row, or PYPERF_NO_INDEX; NULL: no memory. Several functions may
 * share a row, and those that start threads have none. */
static uint32_t *rows_of_functions(const struct pyperf_export *content)
{
    const struct pyperf_profile *profile = content->profile;
    const struct pyperf_summary *summary = content->summary;
    struct label_table labels = {0};
    uint32_t *rows = malloc(((size_t)profile->function_count + 1) * sizeof *rows);
    bool made = rows != NULL;
    for (uint32_t i = 0; made && i < summary->row_count; i++) {
        const struct pyperf_label *label = &summary->rows[i].label;
        made = label_table_add(&labels, label->file, label->line, label->name) == i;
    }
    for (uint32_t i = 0; made && i < profile->function_count; i++) {
        const struct pyperf_function *function = &profile->functions[i];
        const char *name = pyperf_profile_string(profile, function->name);
        bool builtin = function->kind == PYPERF_FUNCTION_BUILTIN ||
                       function->kind == PYPERF_FUNCTION_BUILTIN_METHOD;
        uint32_t row =
            builtin ? label_table_add_builtin(&labels, name)
                    : label_table_add(&labels, pyperf_profile_string(profile, function->file),
                                      function->line, name);
        rows[i] = row < summary->row_count ? row : PYPERF_NO_INDEX;
    }
    label_table_release(&labels);
    if (made)
        return rows;
    free(rows);
    return NULL;
}

static void put_function(struct page_stream *stream, const struct pyperf_profile *profile,
                         uint32_t index, uint32_t row)
{
    const struct pyperf_function *function = &profile->functions[index];
    const char *name = pyperf_profile_string(profile, function->name);
    const char *qualified = pyperf_profile_string(profile, function->qualified_name);
    page_stream_number(stream, function->kind);
    page_stream_number(stream, row == PYPERF_NO_INDEX ? 0 : (uint64_t)row + 1);
    page_stream_text(stream, strcmp(name, qualified) == 0 ? "" : qualified);
    if (row != PYPERF_NO_INDEX)
        return;
    page_stream_text(stream, pyperf_profile_string(profile, function->file));
    page_stream_text(stream, name);
    page_stream_number(stream, function->line);
}

static enum pyperf_status put_functions(struct page_stream *stream,
                                        const struct pyperf_export *content,
                                        struct pyperf_error *error)
{
    const struct pyperf_profile *profile = content->profile;
    uint32_t *rows = rows_of_functions(content);
    if (!rows)
        return pyperf_error_set(error, PYPERF_NO_MEMORY, "out of memory");
    page_stream_number(stream, profile->function_count);
    for (uint32_t i = 0; i < profile->function_count; i++)
        put_function(stream, profile, i, rows[i]);
    free(rows);
    return PYPERF_OK;
}

/* ---- The tree ---- */

static void put_threads(struct page_stream *stream, const struct pyperf_profile *profile)
{
    page_stream_number(stream, profile->process_count);
    for (uint32_t i = 0; i < profile->process_count; i++) {
        const struct pyperf_process *process = &profile->processes[i];
        page_stream_number(stream, process->pid);
        page_stream_text(stream, pyperf_profile_string(profile, process->command));
        page_stream_number(stream, process->first_thread);
        page_stream_number(stream, process->thread_count);
    }
    page_stream_number(stream, profile->thread_count);
    for (uint32_t i = 0; i < profile->thread_count; i++) {
        const struct pyperf_thread *thread = &profile->threads[i];
        page_stream_number(stream, thread->os_id);
        page_stream_text(stream, pyperf_profile_string(profile, thread->name));
    }
}

/* How many levels up from a callee of the node before; 0: it is one. Roots are at depth 0. */
static uint64_t levels_up(const struct page_tree *tree, uint32_t i)
{
    return i == 0 ? 0 : tree->depths[i - 1] + 1 - tree->depths[i];
}

static void put_nodes(struct page_stream *stream, const struct pyperf_profile *profile,
                      const struct page_tree *tree)
{
    const struct pyperf_node *nodes = profile->nodes;
    page_stream_number(stream, tree->left_out);
    page_stream_number(stream, tree->folded);
    page_stream_number(stream, tree->count);
    for (uint32_t i = 0; i < tree->count; i++)
        page_stream_number(stream, levels_up(tree, i));
    for (uint32_t i = 0; i < tree->count; i++)
        page_stream_number(stream, nodes[tree->nodes[i]].function);
    for (uint32_t i = 0; i < tree->count; i++)
        page_stream_number(stream, nodes[tree->nodes[i]].calls);
    for (uint32_t i = 0; i < tree->count; i++)
        page_stream_number(stream, nodes[tree->nodes[i]].resumes);
    for (uint32_t i = 0; i < tree->count; i++)
        page_stream_number(stream, tree->self[tree->nodes[i]]);
    for (uint32_t i = 0; i < tree->count; i++)
        page_stream_number(stream, tree->elsewhere[tree->nodes[i]]);
}

static enum pyperf_status put_tree(struct page_stream *stream,
                                   const struct pyperf_profile *profile, double least_share,
                                   struct pyperf_error *error)
{
    struct page_tree tree;
    enum pyperf_status status = page_tree_make(&tree, profile, least_share, error);
    if (status == PYPERF_OK) {
        page_stream_float(stream, least_share);
        put_threads(stream, profile);
        put_nodes(stream, profile, &tree);
    }
    page_tree_release(&tree);
    return status;
}

/* ---- Lines and source text ---- */

static void put_lines(struct page_stream *stream, const struct pyperf_lines *lines)
{
    static const struct pyperf_lines none = {0};
    if (!lines)
        lines = &none;
    page_stream_number(stream, lines->function_count);
    for (uint32_t i = 0; i < lines->function_count; i++) {
        const struct pyperf_line_function *whole = &lines->functions[i];
        page_stream_number(stream, whole->function);
        page_stream_number(stream, whole->calls);
        page_stream_number(stream, whole->inclusive);
    }
    page_stream_number(stream, lines->line_count);
    for (uint32_t i = 0; i < lines->line_count; i++) {
        const struct pyperf_line *line = &lines->lines[i];
        page_stream_number(stream, line->function);
        page_stream_number(stream, line->number);
        page_stream_number(stream, line->hits);
        page_stream_number(stream, line->inclusive);
        page_stream_number(stream, line->callees);
    }
}

static void put_sources(struct page_stream *stream, const struct pyperf_page_options *options)
{
    page_stream_number(stream, options->source_count);
    for (size_t i = 0; i < options->source_count; i++) {
        page_stream_text(stream, options->sources[i].file);
        page_stream_number(stream, options->sources[i].changed);
        page_stream_text(stream, options->sources[i].text);
    }
}

enum pyperf_status page_payload_write(const struct pyperf_export *content,
                                      struct page_stream *stream, struct pyperf_error *error)
{
    static const struct pyperf_page_options defaults = {0};
    const struct pyperf_page_options *options = content->page ? content->page : &defaults;
    const struct pyperf_profile *profile = content->profile;
    double least_share = content->has_least_share ? content->least_share : 0;
    enum pyperf_status status = PYPERF_OK;
    page_stream_number(stream, PAGE_PAYLOAD_VERSION);
    page_stream_number(stream, flags_of(profile));
    put_rows(stream, content->summary);
    if (profile) {
        put_run(stream, profile);
        status = put_functions(stream, content, error);
        if (status == PYPERF_OK)
            status = put_tree(stream, profile, least_share, error);
        put_lines(stream, profile->lines);
    }
    put_sources(stream, options);
    return status;
}
