/* SPDX-License-Identifier: MIT */
#include "reports/json_comparison.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/comparison_order.h"

static const char *const presences[] = {
    [PYPERF_IN_BOTH] = "both",
    [PYPERF_NEW] = "new",
    [PYPERF_GONE] = "gone",
};

static const char *const verdicts[] = {
    [PYPERF_VERDICT_UNKNOWN] = "unknown",
    [PYPERF_VERDICT_SAME] = "no difference found",
    [PYPERF_VERDICT_SLOWER] = "slower",
    [PYPERF_VERDICT_FASTER] = "faster",
};

static void add_figures(struct json_writer *json, const char *name,
                        const struct pyperf_figures *figures)
{
    json_key(json, name);
    json_begin_object(json);
    json_member_double(json, "before", figures->before);
    json_member_double(json, "after", figures->after);
    json_member_double(json, "difference", figures->after - figures->before);
    json_key(json, "ratio");
    if (figures->before > 0)
        json_double(json, figures->after / figures->before);
    else
        json_null(json);
    json_key(json, "interval");
    if (figures->interval_known && isfinite(figures->high)) {
        json_begin_array(json);
        json_double(json, figures->low);
        json_double(json, figures->high);
        json_end_array(json);
    } else {
        json_null(json);
    }
    json_end_object(json);
}

static void add_side(struct json_writer *json, const char *name, const char *const *files,
                     size_t count)
{
    json_line(json);
    json_key(json, name);
    json_begin_object(json);
    json_key(json, "files");
    json_begin_array(json);
    for (size_t i = 0; i < count; i++)
        json_string(json, files[i]);
    json_end_array(json);
    json_end_object(json);
}

static void add_place(struct json_writer *json, const char *name,
                      const struct pyperf_compared_function *function, int side)
{
    json_key(json, name);
    if (!function->file[side]) {
        json_null(json);
        return;
    }
    json_begin_object(json);
    json_member_string(json, "file", function->file[side]);
    json_key(json, "line");
    json_signed(json, pyperf_signed_line(function->line[side]));
    json_end_object(json);
}

static void add_function(struct json_writer *json, const struct pyperf_comparison *comparison,
                         uint32_t index)
{
    const struct pyperf_compared_function *function = &comparison->functions[index];
    json_line(json);
    json_begin_object(json);
    json_member_unsigned(json, "id", index);
    json_member_string(json, "name", function->name);
    json_key(json, "qualified_name");
    if (function->qualified_name)
        json_string(json, function->qualified_name);
    else
        json_null(json);
    json_member_string(json, "group", pyperf_group_name(function->group));
    json_member_string(json, "status", presences[function->presence]);
    add_place(json, "before", function, PYPERF_BEFORE);
    add_place(json, "after", function, PYPERF_AFTER);
    add_figures(json, "calls", &function->figures[PYPERF_METRIC_CALLS]);
    add_figures(json, "self", &function->figures[PYPERF_METRIC_SELF]);
    add_figures(json, "cumulative", &function->figures[PYPERF_METRIC_CUMULATIVE]);
    json_end_object(json);
}

static void add_list_of_functions(struct json_writer *json,
                                  const struct pyperf_comparison *comparison,
                                  const struct comparison_rows *rows)
{
    json_line(json);
    json_key(json, "functions");
    json_begin_array(json);
    for (uint32_t i = 0; i < rows->count; i++)
        add_function(json, comparison, rows->indexes[i]);
    json_line(json);
    json_end_array(json);
}

static void add_paths(struct json_writer *json, const struct pyperf_comparison *comparison)
{
    json_line(json);
    json_key(json, "paths");
    json_begin_array(json);
    for (uint32_t i = 0; i < comparison->path_count; i++) {
        const struct pyperf_compared_path *path = &comparison->paths[i];
        json_line(json);
        json_begin_object(json);
        json_member_index(json, "parent", path->parent);
        json_member_index(json, "function", path->function);
        json_member_string(json, "status", presences[path->presence]);
        add_figures(json, "calls", &path->figures[PYPERF_METRIC_CALLS]);
        add_figures(json, "self", &path->figures[PYPERF_METRIC_SELF]);
        add_figures(json, "inclusive", &path->figures[PYPERF_METRIC_CUMULATIVE]);
        json_end_object(json);
    }
    json_line(json);
    json_end_array(json);
}

static void add_matches(struct json_writer *json, const struct pyperf_condition_result *result)
{
    json_key(json, "matches");
    json_begin_array(json);
    for (uint32_t i = 0; i < result->count; i++) {
        const struct pyperf_condition_match *match = &result->matches[i];
        json_line(json);
        json_begin_object(json);
        json_member_index(json, "id", match->function);
        json_member_boolean(json, "failed", match->holds);
        add_figures(json, "figures", &match->figures);
        json_end_object(json);
    }
    json_end_array(json);
}

static void add_conditions(struct json_writer *json, const struct json_comparison *content)
{
    json_line(json);
    json_key(json, "conditions");
    json_begin_array(json);
    for (size_t i = 0; i < content->condition_count; i++) {
        json_begin_object(json);
        json_member_string(json, "text", pyperf_condition_text(content->conditions[i]));
        json_member_boolean(json, "failed", content->results[i].holds);
        add_matches(json, &content->results[i]);
        json_end_object(json);
    }
    json_end_array(json);
}

static void add_head(struct json_writer *json, const struct json_comparison *content)
{
    const struct pyperf_comparison *comparison = content->comparison;
    size_t before = comparison->profiles[PYPERF_BEFORE];
    json_member_string(json, "schema", "pyperf-comparison");
    json_member_unsigned(json, "version", 1);
    json_member_string(json, "creator", content->creator);
    add_side(json, "before", content->files, before);
    add_side(json, "after", content->files + before, comparison->profiles[PYPERF_AFTER]);
    json_line(json);
    json_key(json, "total");
    json_begin_object(json);
    add_figures(json, "calls", &comparison->totals[PYPERF_METRIC_CALLS]);
    add_figures(json, "self", &comparison->totals[PYPERF_METRIC_SELF]);
    json_end_object(json);
    json_line(json);
    json_member_string(json, "verdict", verdicts[comparison->verdict]);
}

bool json_comparison_write(struct json_writer *json, const struct json_comparison *content)
{
    struct comparison_rows functions;
    const struct pyperf_comparison *comparison = content->comparison;
    if (!comparison_order_functions(comparison, content->view, false, &functions))
        return false;
    json_begin_object(json);
    add_head(json, content);
    add_list_of_functions(json, comparison, &functions);
    if (comparison->paths && functions.count == comparison->function_count)
        add_paths(json, comparison);
    add_conditions(json, content);
    json_line(json);
    json_end_object(json);
    free(functions.indexes);
    return true;
}
