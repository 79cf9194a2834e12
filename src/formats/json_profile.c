/* SPDX-License-Identifier: MIT */
#include "formats/json_profile.h"

#include <stdlib.h>

#include "analysis/row_details.h"
#include "formats/json_lines.h"
#include "formats/json_tree.h"

static const char *const kinds[] = {
    [ROW_PYTHON] = "python",
    [ROW_BUILTIN] = "builtin",
    [ROW_PROGRAM] = "program",
    [ROW_FOLDED] = "folded",
};

/* ---- Head ---- */

static void add_files(struct json_writer *json, const struct json_profile *content)
{
    json_key(json, "files");
    json_begin_array(json);
    for (size_t i = 0; i < content->file_count; i++)
        json_string(json, content->files[i]);
    json_end_array(json);
}

static void add_run(struct json_writer *json, const struct pyperf_profile *profile)
{
    json_line(json);
    json_key(json, "run");
    if (!profile) {
        json_null(json);
        return;
    }
    const struct pyperf_run *run = &profile->run;
    json_begin_object(json);
    json_member_string(json, "program", pyperf_profile_string(profile, run->program));
    json_member_string(json, "interpreter", pyperf_profile_string(profile, run->interpreter));
    json_member_string(json, "python", pyperf_profile_string(profile, run->python_version));
    json_member_string(json, "engine", pyperf_profile_string(profile, run->engine));
    json_member_unsigned(json, "pid", run->pid);
    json_member_double(json, "started_at", (double)run->started_at / 1e9);
    json_member_double(json, "wall", (double)run->wall / 1e9);
    json_member_string(json, "clock", run->cpu_time ? "cpu" : "wall");
    json_member_boolean(json, "compensated", run->compensated);
    json_member_double(json, "overhead", run->overhead * run->nanoseconds_per_tick / 1e9);
    json_end_object(json);
}

static void add_totals(struct json_writer *json, const struct json_profile *content)
{
    const struct pyperf_summary *summary = content->summary;
    json_line(json);
    json_key(json, "totals");
    json_begin_object(json);
    json_member_unsigned(json, "functions",
                         (uint64_t)summary->row_count + content->hidden.functions);
    json_member_unsigned(json, "calls", summary->total_calls);
    json_member_unsigned(json, "primitive_calls", summary->total_primitive_calls);
    json_member_double(json, "self", summary->total_self);
    json_end_object(json);
    json_line(json);
    json_key(json, "hidden");
    json_begin_object(json);
    json_member_unsigned(json, "functions", content->hidden.functions);
    json_member_unsigned(json, "calls", content->hidden.calls);
    json_member_double(json, "self", content->hidden.self);
    json_end_object(json);
}

/* ---- Functions ---- */

static void add_identity(struct json_writer *json, uint32_t id,
                         const struct pyperf_label *label, const struct row_detail *detail)
{
    json_member_unsigned(json, "id", id);
    json_member_string(json, "file", label->file);
    json_key(json, "line");
    json_signed(json, pyperf_signed_line(label->line));
    json_member_string(json, "name", label->name);
    json_key(json, "qualified_name");
    if (detail->qualified_name)
        json_string(json, detail->qualified_name);
    else
        json_null(json);
    json_member_string(json, "kind", kinds[detail->kind]);
    json_member_string(json, "group", pyperf_group_name(detail->group));
}

static void add_durations(struct json_writer *json, const struct pyperf_durations *durations)
{
    json_key(json, "durations");
    if (!durations) {
        json_null(json);
        return;
    }
    uint64_t completed = 0;
    for (int i = 0; i < PYPERF_DURATION_BUCKETS; i++)
        completed += durations->counts[i];
    json_begin_object(json);
    json_member_unsigned(json, "completed", completed);
    json_member_double(json, "median", pyperf_durations_quantile(durations, 0.5));
    json_member_double(json, "p95", pyperf_durations_quantile(durations, 0.95));
    json_member_double(json, "longest", durations->longest);
    json_end_object(json);
}

static void add_callers(struct json_writer *json, const struct pyperf_summary_row *row)
{
    json_key(json, "callers");
    json_begin_array(json);
    for (uint32_t i = 0; i < row->caller_count; i++) {
        const struct pyperf_summary_edge *edge = &row->callers[i];
        json_begin_object(json);
        json_member_unsigned(json, "id", edge->caller);
        json_member_unsigned(json, "calls", edge->calls);
        json_member_unsigned(json, "primitive_calls", edge->primitive_calls);
        json_member_double(json, "self", edge->self);
        json_member_double(json, "cumulative", edge->cumulative);
        json_end_object(json);
    }
    json_end_array(json);
}

static void add_function(struct json_writer *json, uint32_t id,
                         const struct pyperf_summary_row *row, const struct row_detail *detail,
                         bool resumes_known)
{
    json_line(json);
    json_begin_object(json);
    add_identity(json, id, &row->label, detail);
    json_member_unsigned(json, "calls", row->calls);
    json_member_unsigned(json, "primitive_calls", row->primitive_calls);
    json_key(json, "resumes");
    if (resumes_known)
        json_unsigned(json, detail->resumes);
    else
        json_null(json);
    json_member_double(json, "self", row->self);
    json_member_double(json, "cumulative", row->cumulative);
    add_durations(json, row->durations);
    add_callers(json, row);
    json_end_object(json);
}

enum mention { UNMENTIONED, LISTED, CALLER };

static void mention_callers(const struct pyperf_summary_row *row, unsigned char *mentions)
{
    for (uint32_t i = 0; i < row->caller_count; i++)
        if (mentions[row->callers[i].caller] == UNMENTIONED)
            mentions[row->callers[i].caller] = CALLER;
}

/* The functions that were asked for, and then those that only call them. */
static bool add_functions(struct json_writer *json, const struct json_profile *content,
                          const struct row_details *details)
{
    const struct pyperf_summary *summary = content->summary;
    uint32_t count = content->rows ? content->row_count : summary->row_count;
    unsigned char *mentions = calloc((size_t)summary->row_count + 1, 1);
    if (!mentions)
        return false;
    json_line(json);
    json_key(json, "functions");
    json_begin_array(json);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t row = content->rows ? content->rows[i] : i;
        if (!content->rows && summary->rows[row].only_caller)
            continue;
        mentions[row] = LISTED;
        mention_callers(&summary->rows[row], mentions);
        add_function(json, row, &summary->rows[row], &details->rows[row],
                     content->profile != NULL);
    }
    json_line(json);
    json_end_array(json);
    json_line(json);
    json_key(json, "unlisted");
    json_begin_array(json);
    for (uint32_t i = 0; i < summary->row_count; i++) {
        if (mentions[i] != CALLER)
            continue;
        json_line(json);
        json_begin_object(json);
        add_identity(json, i, &summary->rows[i].label, &details->rows[i]);
        json_end_object(json);
    }
    json_end_array(json);
    free(mentions);
    return true;
}

/* ---- The whole ---- */

bool json_profile_write(struct json_writer *json, const struct json_profile *content)
{
    struct row_details details;
    bool done =
        row_details_init(&details, content->summary, content->profile, NULL) == PYPERF_OK;
    if (done) {
        json_begin_object(json);
        json_member_string(json, "schema", "pyperf-profile");
        json_member_unsigned(json, "version", 1);
        json_member_string(json, "creator", content->creator);
        add_files(json, content);
        add_run(json, content->profile);
        add_totals(json, content);
        done = add_functions(json, content, &details);
    }
    if (done && content->profile && content->profile->lines)
        done = json_lines_write(json, content->profile);
    if (done && content->tree && content->profile)
        done = json_tree_write(json, content->profile);
    if (done) {
        json_line(json);
        json_end_object(json);
    }
    row_details_release(&details);
    return done;
}
