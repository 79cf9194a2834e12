/* SPDX-License-Identifier: MIT */
#include "analysis/line_compensation.h"

#include "base/saturating.h"

static double at_least(double value, double least)
{
    return value > least ? value : least;
}

/* What one line should have cost and had no time for, in ticks. */
static double compensate_line(struct pyperf_profile *profile, struct pyperf_line *line)
{
    struct pyperf_run *run = &profile->run;
    double own = at_least((double)line->inclusive - (double)line->callees, 0);
    double hits = (double)line->hits;
    double expected = hits * run->costs[PYPERF_COST_LINE].inside +
                      (double)line->entries * run->costs[PYPERF_COST_LINE_ENTRY].outside;
    double taken = expected < own ? expected : own, missing = expected - taken;
    double inclusive = (double)line->inclusive - at_least((double)line->overhead - missing, 0);
    inclusive = at_least(inclusive, own - taken);
    if (line->callees == 0) /* else what was noted of the cost, in whole ticks, makes some up */
        inclusive = own - taken;
    line->inclusive = saturating_from(inclusive);
    line->callees = saturating_from(inclusive - (own - taken));
    line->overhead = 0;
    run->overhead += taken + hits * run->costs[PYPERF_COST_LINE].outside;
    run->unexplained += missing;
    return missing;
}

/* No line may have more than its function. */
static void compensate_function(struct pyperf_profile *profile,
                                struct pyperf_line_function *function)
{
    double missing = 0, largest = 0;
    for (uint32_t i = 0; i < function->line_count; i++) {
        struct pyperf_line *line = &profile->lines->lines[function->first_line + i];
        missing += compensate_line(profile, line);
        largest = at_least((double)line->inclusive, largest);
    }
    double inclusive =
        (double)function->inclusive - at_least((double)function->overhead - missing, 0);
    function->inclusive = saturating_from(at_least(inclusive, largest));
    function->overhead = 0;
}

void line_compensation_apply(struct pyperf_profile *profile)
{
    if (!profile->lines)
        return;
    for (uint32_t i = 0; i < profile->lines->function_count; i++)
        compensate_function(profile, &profile->lines->functions[i]);
}
