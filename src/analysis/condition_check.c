/* Whether conditions hold.
 *
 * SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/comparison.h"
#include "analysis/condition.h"
#include "base/nearest.h"

/* ---- Which functions are meant ---- */

static bool matches(const struct pyperf_condition *condition,
                    const struct pyperf_compared_function *function)
{
    for (int side = 0; side < 2; side++) {
        const struct function_identity identity = {
            .file = function->file[side],
            .name = function->name,
            .qualified_name = function->qualified_name,
            .group = function->group,
        };
        if (identity.file && function_pattern_matches(&condition->pattern, &identity))
            return true;
    }
    return false;
}

static const char *shown_name(const struct pyperf_compared_function *function)
{
    return function->qualified_name ? function->qualified_name : function->name;
}

/* Names the function whose name is nearest, with the file where it is. */
static enum pyperf_status refuse(const struct pyperf_condition *condition,
                                 const struct pyperf_comparison *comparison,
                                 struct pyperf_error *error)
{
    const struct pyperf_compared_function *found = NULL;
    const char **names = malloc(((size_t)comparison->function_count + 1) * sizeof *names);
    const char *wanted = condition->pattern.name ? condition->pattern.name : "";
    if (names) {
        for (uint32_t i = 0; i < comparison->function_count; i++)
            names[i] = shown_name(&comparison->functions[i]);
        const char *nearest = nearest_name(wanted, names, comparison->function_count);
        /* The pattern's place may be what is wrong. */
        for (uint32_t i = 0; i < comparison->function_count && !found; i++)
            if (strcmp(names[i], wanted) == 0 || names[i] == nearest)
                found = &comparison->functions[i];
        free(names);
    }
    if (!found)
        return pyperf_error_set(error, PYPERF_USAGE,
                                "'%s': no function in either profile matches '%s'",
                                condition->text, condition->pattern_text);
    const char *file =
        found->file[PYPERF_BEFORE] ? found->file[PYPERF_BEFORE] : found->file[PYPERF_AFTER];
    return pyperf_error_set(error, PYPERF_USAGE,
                            "'%s': no function in either profile matches '%s'; is it '%s' in "
                            "%s?",
                            condition->text, condition->pattern_text, shown_name(found), file);
}

static bool collect(const struct pyperf_condition *condition,
                    const struct pyperf_comparison *comparison,
                    struct pyperf_condition_result *result)
{
    size_t room = condition->whole_profile ? 1 : comparison->function_count;
    result->matches = calloc(room + 1, sizeof *result->matches);
    if (!result->matches)
        return false;
    if (condition->whole_profile) {
        result->matches[result->count++].function = PYPERF_NO_INDEX;
        return true;
    }
    for (uint32_t i = 0; i < comparison->function_count; i++)
        if (matches(condition, &comparison->functions[i]))
            result->matches[result->count++].function = i;
    return true;
}

/* ---- Whether it holds for them ---- */

static bool exceeds(const struct threshold *threshold, const struct pyperf_figures *figures)
{
    double difference = figures->after - figures->before;
    /* What appears from nothing grew by more than any percentage, and multiplying spares a
     * division by zero; but no change is none of 0 either. */
    double limit = threshold->relative ? threshold->limit * figures->before : threshold->limit;
    return threshold->above ? difference > limit : difference < limit;
}

static bool holds(const struct pyperf_condition *condition,
                  const struct pyperf_figures *figures)
{
    for (size_t i = 0; i < condition->threshold_count; i++)
        if (!exceeds(&condition->thresholds[i], figures))
            return false;
    if (!figures->interval_known)
        return true;
    return condition->thresholds[0].above ? figures_grew(figures) : figures_shrank(figures);
}

/* How far a figure went in the direction of a threshold, by itself or beside what it was. */
static double course(const struct threshold *threshold, const struct pyperf_figures *figures,
                     bool relative)
{
    double difference = figures->after - figures->before;
    if (!threshold->above)
        difference = -difference;
    if (!relative || difference == 0)
        return difference;
    return figures->before > 0 ? difference / figures->before : copysign(INFINITY, difference);
}

/* Of those for which the condition holds the largest change comes first, of the others the one
 * that came nearest. */
static int compare_matches(const void *left, const void *right, void *context)
{
    const struct threshold *threshold = context;
    const struct pyperf_condition_match *a = left;
    const struct pyperf_condition_match *b = right;
    if (a->holds != b->holds)
        return a->holds ? -1 : 1;
    bool relative = threshold->relative && !a->holds;
    double by_a = course(threshold, &a->figures, relative);
    double by_b = course(threshold, &b->figures, relative);
    if (by_a != by_b)
        return by_a > by_b ? -1 : 1;
    return a->function < b->function ? -1 : a->function > b->function;
}

/* One of many differences is there by chance sooner than a single one; so each has to be surer
 * (Bonferroni). */
static double confidence_of_each(uint32_t functions, size_t conditions)
{
    return 1 - (1 - COMPARISON_CONFIDENCE) / ((double)functions * (double)conditions);
}

static void check_all(const struct pyperf_condition *condition,
                      struct pyperf_comparison *comparison, size_t conditions,
                      struct pyperf_condition_result *result)
{
    double confidence = confidence_of_each(result->count, conditions);
    for (uint32_t i = 0; i < result->count; i++) {
        struct pyperf_condition_match *match = &result->matches[i];
        const double *values =
            condition->whole_profile
                ? comparison->storage->totals[condition->metric]
                : comparison_values(comparison, match->function, condition->metric);
        match->figures = comparison_figures(comparison, values, confidence);
        match->holds = holds(condition, &match->figures);
        result->holds = result->holds || match->holds;
    }
    if (result->count > 0)
        qsort_r(result->matches, result->count, sizeof *result->matches, compare_matches,
                (void *)&condition->thresholds[0]);
}

enum pyperf_status pyperf_condition_check(const struct pyperf_condition *condition,
                                          struct pyperf_comparison *comparison,
                                          size_t conditions,
                                          struct pyperf_condition_result *result,
                                          struct pyperf_error *error)
{
    *result = (struct pyperf_condition_result){.matches = NULL};
    if (!collect(condition, comparison, result))
        return pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory to check a condition");
    if (result->count == 0) {
        pyperf_condition_result_release(result);
        return refuse(condition, comparison, error);
    }
    check_all(condition, comparison, conditions, result);
    return PYPERF_OK;
}

void pyperf_condition_result_release(struct pyperf_condition_result *result)
{
    free(result->matches);
    result->matches = NULL;
}
