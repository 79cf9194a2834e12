/* SPDX-License-Identifier: MIT */
#include "analysis/row_details.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/groups.h"
#include "analysis/label_table.h"
#include "base/saturating.h"

bool label_is_builtin(const struct pyperf_label *label)
{
    return label->line == 0 && strcmp(label->file, "~") == 0;
}

bool builtin_dotted_name(const char *name, char *dotted, size_t size)
{
    char member[256];
    char type[256];
    int end = 0;
    if (sscanf(name, "<method '%255[^']' of '%255[^']' objects>%n", member, type, &end) == 2 &&
        end > 0 && name[end] == '\0')
        return snprintf(dotted, size, "%s.%s", type, member) < (int)size;
    if (sscanf(name, "<built-in method %255[^ >]>%n", member, &end) == 1 && end > 0 &&
        name[end] == '\0')
        return snprintf(dotted, size, "%s", member) < (int)size;
    return false;
}

static enum row_kind kind_of(const struct pyperf_label *label)
{
    if (!label_is_builtin(label))
        return ROW_PYTHON;
    if (strncmp(label->name, "<program ", 9) == 0)
        return ROW_PROGRAM;
    return strcmp(label->name, "<folded contexts>") == 0 ? ROW_FOLDED : ROW_BUILTIN;
}

static void describe_labels(struct row_details *details, const struct pyperf_summary *summary)
{
    for (uint32_t i = 0; i < summary->row_count; i++) {
        struct row_detail *row = &details->rows[i];
        row->kind = kind_of(&summary->rows[i].label);
        row->group = group_of_path(summary->rows[i].label.file);
        if (row->kind == ROW_PROGRAM || row->kind == ROW_FOLDED)
            row->group = PYPERF_GROUP_MINE;
    }
}

/* ---- From the profile ---- */

static bool is_builtin(const struct pyperf_function *function)
{
    return function->kind == PYPERF_FUNCTION_BUILTIN ||
           function->kind == PYPERF_FUNCTION_BUILTIN_METHOD;
}

static bool add_summary_labels(struct label_table *labels, const struct pyperf_summary *summary)
{
    for (uint32_t i = 0; i < summary->row_count; i++) {
        const struct pyperf_label *label = &summary->rows[i].label;
        /* Labels are unique, so a label's number is its row. */
        if (label_table_add(labels, label->file, label->line, label->name) != i)
            return false;
    }
    return true;
}

static bool map_functions(struct row_details *details, struct label_table *labels,
                          const struct pyperf_profile *profile, uint32_t row_count)
{
    bool qualified = pyperf_profile_knows_qualified_names(profile);
    for (uint32_t i = 0; i < profile->function_count; i++) {
        const struct pyperf_function *function = &profile->functions[i];
        const char *name = pyperf_profile_string(profile, function->name);
        uint32_t row = PYPERF_NO_INDEX;
        details->row_of_function[i] = PYPERF_NO_INDEX;
        if (function->kind == PYPERF_FUNCTION_ROOT ||
            function->kind == PYPERF_FUNCTION_FOLD_ROOT)
            continue;
        row = is_builtin(function)
                  ? label_table_add_builtin(labels, name)
                  : label_table_add(labels, pyperf_profile_string(profile, function->file),
                                    function->line, name);
        if (row == PYPERF_NO_INDEX)
            return false;
        if (row >= row_count) /* never called */
            continue;
        details->row_of_function[i] = row;
        if (qualified && !is_builtin(function) && !details->rows[row].qualified_name)
            details->rows[row].qualified_name =
                pyperf_profile_string(profile, function->qualified_name);
    }
    return true;
}

static void count_resumes(struct row_details *details, const struct pyperf_profile *profile)
{
    for (uint32_t i = 0; i < profile->node_count; i++) {
        const struct pyperf_node *node = &profile->nodes[i];
        uint32_t row = details->row_of_function[node->function];
        if (row != PYPERF_NO_INDEX)
            saturating_add(&details->rows[row].resumes, node->resumes);
    }
}

static bool describe_functions(struct row_details *details,
                               const struct pyperf_summary *summary,
                               const struct pyperf_profile *profile)
{
    struct label_table labels = {0};
    details->row_of_function =
        calloc((size_t)profile->function_count + 1, sizeof *details->row_of_function);
    bool done = details->row_of_function && add_summary_labels(&labels, summary) &&
                map_functions(details, &labels, profile, summary->row_count);
    label_table_release(&labels);
    if (done)
        count_resumes(details, profile);
    return done;
}

enum pyperf_status row_details_init(struct row_details *details,
                                    const struct pyperf_summary *summary,
                                    const struct pyperf_profile *profile,
                                    struct pyperf_error *error)
{
    *details = (struct row_details){NULL, NULL};
    details->rows = calloc((size_t)summary->row_count + 1, sizeof *details->rows);
    if (details->rows) {
        describe_labels(details, summary);
        if (!profile || describe_functions(details, summary, profile))
            return PYPERF_OK;
    }
    return pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory to describe %u functions",
                            summary->row_count);
}

void row_details_release(struct row_details *details)
{
    free(details->rows);
    free(details->row_of_function);
    *details = (struct row_details){NULL, NULL};
}
