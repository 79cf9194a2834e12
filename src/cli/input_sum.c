/* SPDX-License-Identifier: MIT */
#include "cli/input_sum.h"

#include "base/saturating.h"

bool input_sum_begin(struct input_sum *sum, bool trees)
{
    *sum = (struct input_sum){.trees = trees ? pyperf_merge_create() : NULL};
    return sum->trees || !trees;
}

void input_sum_release(struct input_sum *sum)
{
    pyperf_merge_free(sum->trees);
    pyperf_summary_free(sum->rows);
}

static void add_outcome(struct input_sum *sum, const struct input *input)
{
    const struct pyperf_outcome *outcome = &input->outcome;
    sum->outcome_known = input->end_seen && (sum->outcome_known || sum->added == 0);
    saturating_add(&sum->outcome.user_time, outcome->user_time);
    saturating_add(&sum->outcome.system_time, outcome->system_time);
    if (outcome->peak_memory > sum->outcome.peak_memory)
        sum->outcome.peak_memory = outcome->peak_memory;
}

static enum pyperf_status take_trees(struct input_sum *sum, struct pyperf_profile **profile,
                                     struct pyperf_error *error)
{
    *profile = pyperf_merge_take(sum->trees);
    if (!*profile)
        return pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory to add profiles up");
    pyperf_merge_free(sum->trees);
    sum->trees = NULL;
    return pyperf_summary_create(*profile, &sum->rows, error);
}

/* What there is so far, by function. */
static enum pyperf_status give_up_trees(struct input_sum *sum, struct pyperf_error *error)
{
    struct pyperf_profile *profile = NULL;
    enum pyperf_status status = PYPERF_OK;
    if (sum->added > 0)
        status = take_trees(sum, &profile, error);
    pyperf_profile_free(profile);
    pyperf_merge_free(sum->trees);
    sum->trees = NULL;
    return status;
}

static enum pyperf_status add_rows(struct input_sum *sum, struct input *input,
                                   struct pyperf_error *error)
{
    enum pyperf_status status = input_sum_up(input, error);
    if (status == PYPERF_OK && sum->rows)
        return pyperf_summary_add(sum->rows, input->summary, error);
    if (status == PYPERF_OK) {
        sum->rows = input->summary;
        input->summary = NULL;
    }
    return status;
}

static enum pyperf_status check_kind(const struct input_sum *sum, const struct input *input,
                                     struct pyperf_error *error)
{
    const struct pyperf_profile *profile = input->profile;
    bool lines = profile && profile->lines;
    if (sum->added > 0 && lines != sum->lines)
        return pyperf_error_set(error, PYPERF_USAGE,
                                "it is a profile of %s, and those before it are of %s",
                                lines ? "lines" : "calls", lines ? "calls" : "lines");
    if (profile && sum->clock_known && profile->run.cpu_time != sum->cpu_time)
        return pyperf_error_set(error, PYPERF_USAGE, "its times are %s and those before it %s",
                                sum->cpu_time ? "on the wall" : "CPU time",
                                sum->cpu_time ? "CPU time" : "on the wall");
    return PYPERF_OK;
}

static void note_kind(struct input_sum *sum, const struct input *input)
{
    const struct pyperf_profile *profile = input->profile;
    sum->lines = profile && profile->lines;
    if (profile) {
        sum->cpu_time = profile->run.cpu_time;
        sum->clock_known = true;
    }
}

enum pyperf_status input_sum_add(struct input_sum *sum, struct input *input,
                                 struct pyperf_error *error)
{
    enum pyperf_status status = check_kind(sum, input, error);
    if (status == PYPERF_OK && sum->trees && !input->profile)
        status = give_up_trees(sum, error);
    if (status == PYPERF_OK)
        status = sum->trees ? pyperf_merge_add(sum->trees, input->profile, error)
                            : add_rows(sum, input, error);
    if (status == PYPERF_OK) {
        note_kind(sum, input);
        add_outcome(sum, input);
        sum->added++;
    }
    return status;
}

enum pyperf_status input_sum_take(struct input_sum *sum, struct pyperf_profile **profile,
                                  struct pyperf_summary **rows, struct pyperf_error *error)
{
    enum pyperf_status status = PYPERF_OK;
    *profile = NULL;
    if (sum->trees)
        status = take_trees(sum, profile, error);
    *rows = sum->rows;
    sum->rows = NULL;
    return status;
}
