/* `pyperf diff`: what changed between two profiles, or two groups of profiles.
 *
 * SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pyperf/comparison.h>
#include <pyperf/reports.h>

#include "base/array.h"
#include "base/text_buffer.h"
#include "cli/command.h"
#include "cli/filter_options.h"
#include "cli/input_list.h"
#include "cli/options.h"
#include "cli/page.h"
#include "cli/stream.h"
#include "reports/json_comparison.h"

/* A condition of --fail-if holds. */
enum { STATUS_CHANGED = 1 };

enum { KEY_FAIL_IF = 0x200, KEY_FORMAT, KEY_RAW_TIMES };

enum { LIMIT_BY_DEFAULT = 20 };

static const struct argp_option options_table[] = {
    {"sort", 's', "KEY", 0,
     "what changed most by self (the default), cumulative, calls, ratio; or by name, file", 0},
    {"reverse", 'r', NULL, 0, "in the opposite order", 0},
    {"limit", 'n', "N|all", 0, "show N functions and paths (text: 20, JSON: all)", 0},
    {"fail-if", KEY_FAIL_IF, "CONDITION", 0,
     "end with status 1 if it holds: 'cumulative(orders:report) > +10% and > 5ms'; repeatable",
     0},
    {"format", KEY_FORMAT, "text|json", 0, "how to print it (text)", 0},
    {"raw-times", KEY_RAW_TIMES, NULL, 0,
     "keep the measured cost of recording in the figures, instead of taking it off", 0},
    {NULL, 0, NULL, 0, NULL, 0},
};

static const struct argp_child children[] = {
    {&filter_argp, 0, NULL, 0},
    {NULL, 0, NULL, 0},
};

struct diff_options {
    const char **operands;
    size_t count;
    size_t capacity;
    size_t before; /* operands before "--"; 0: there is none */
    struct pyperf_comparison_view view;
    struct pyperf_row_filter *filter;
    struct pyperf_condition **conditions;
    size_t condition_count;
    size_t condition_capacity;
    bool json;
    bool raw_times;
};

/* ---- Options ---- */

static error_t add_operand(struct argp_state *state, struct diff_options *options,
                           const char *operand)
{
    if (!array_reserve((void **)&options->operands, &options->capacity, options->count + 1,
                       sizeof *options->operands))
        return ENOMEM;
    options->operands[options->count++] = operand;
    if (!state->quoted)
        options->before = options->count;
    return 0;
}

static error_t add_condition(struct argp_state *state, struct diff_options *options,
                             const char *text)
{
    struct pyperf_error error;
    if (!array_reserve((void **)&options->conditions, &options->condition_capacity,
                       options->condition_count + 1, sizeof *options->conditions))
        return ENOMEM;
    if (pyperf_condition_parse(text, &options->conditions[options->condition_count], &error) !=
        PYPERF_OK)
        return option_fail(state, "--fail-if: %s", error.message);
    options->condition_count++;
    return 0;
}

static error_t set_limit(struct argp_state *state, struct pyperf_comparison_view *view,
                         const char *text)
{
    char *end;
    errno = 0;
    unsigned long number = strtoul(text, &end, 10);
    bool all = strcmp(text, "all") == 0;
    if (!all && (*text < '0' || *text > '9' || *end || errno || number >= UINT32_MAX))
        return option_fail(state, "--limit: '%s' is neither a number of functions nor 'all'",
                           text);
    view->limited = true;
    view->limit = all ? UINT32_MAX : (uint32_t)number;
    return 0;
}

static error_t set_format(struct argp_state *state, struct diff_options *options,
                          const char *text)
{
    options->json = strcmp(text, "json") == 0;
    if (!options->json && strcmp(text, "text") != 0)
        return option_fail(state, "--format: '%s' is neither 'text' nor 'json'", text);
    return 0;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct diff_options *options = state->input;
    struct pyperf_error error;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->filter;
        return 0;
    case 's':
        if (pyperf_comparison_sort_parse(argument, &options->view.sort, &error) != PYPERF_OK)
            return option_fail(state, "--sort: %s", error.message);
        return 0;
    case 'r':
        options->view.reverse = true;
        return 0;
    case 'n':
        return set_limit(state, &options->view, argument);
    case KEY_FAIL_IF:
        return add_condition(state, options, argument);
    case KEY_FORMAT:
        return set_format(state, options, argument);
    case KEY_RAW_TIMES:
        options->raw_times = true;
        return 0;
    case ARGP_KEY_ARG:
        return add_operand(state, options, argument);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static enum options_outcome diff_options_parse(const struct command *command,
                                               struct diff_options *options, int argc,
                                               char **argv)
{
    const struct argp argp = {
        .options = options_table,
        .parser = parse,
        .args_doc = command->usage,
        .doc = "Compares two profiles, or two groups of profiles, function by function and, "
               "where they hold call trees, path by path.\v"
               "Example:\n"
               "  pyperf diff --fail-if 'time > +5%' 'main-*.prof' 'branch-*.prof'",
        .children = children,
    };
    return options_parse("pyperf diff", &argp, argc, argv, options);
}

/* Which operands are on which side. */
static bool divide(struct diff_options *options)
{
    bool separated = options->before > 0 && options->before < options->count;
    if (!separated && options->count == 2)
        options->before = 1;
    if (options->count >= 2 && (separated || options->count == 2))
        return true;
    message("%s; say: pyperf diff BEFORE AFTER, or: pyperf diff BEFORE... -- AFTER...",
            options->count < 2 ? "two profiles are needed"
                               : "which of these profiles are before, and which after?");
    return false;
}

static void release_options(struct diff_options *options)
{
    for (size_t i = 0; i < options->condition_count; i++)
        pyperf_condition_free(options->conditions[i]);
    free(options->conditions);
    free(options->operands);
    pyperf_row_filter_free(options->filter);
}

/* ---- The comparison ---- */

struct diff {
    const struct diff_options *options;
    struct input_list inputs;
    size_t before; /* how many of the inputs are */
    struct pyperf_comparison *comparison;
    struct pyperf_condition_result *results; /* by condition */
    size_t checked;                          /* how many of them there are */
};

static int refuse(const struct pyperf_error *error)
{
    message("%s", error->message);
    return error->status == PYPERF_USAGE ? STATUS_USAGE : STATUS_FAILED;
}

/* What runs for as long as it waits is one thing, for as long as it works another. */
static void warn_of_clocks(const struct input_list *list)
{
    const char *cpu = NULL, *wall = NULL;
    for (size_t i = 0; i < list->read; i++)
        if (list->inputs[i].profile)
            *(list->inputs[i].profile->run.cpu_time ? &cpu : &wall) = list->paths[i];
    if (cpu && wall)
        message("the times of %s are CPU time, and those of %s are not: what differs may be "
                "waiting",
                cpu, wall);
}

static int read_inputs(struct diff *diff)
{
    const struct diff_options *options = diff->options;
    int status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < options->count; i++) {
        if (i == options->before)
            diff->before = diff->inputs.count;
        status = input_list_add(&diff->inputs, options->operands[i]);
    }
    const struct input_wishes wishes = {.raw_times = options->raw_times,
                                        .without_callers = true};
    if (status == STATUS_OK)
        status = input_list_read(&diff->inputs, wishes);
    if (status == STATUS_OK)
        warn_of_clocks(&diff->inputs);
    return status;
}

static int compare(struct diff *diff)
{
    struct pyperf_error error;
    size_t count = diff->inputs.count;
    struct pyperf_comparison_input *inputs = calloc(count, sizeof *inputs);
    enum pyperf_status status =
        inputs ? PYPERF_OK : pyperf_error_set(&error, PYPERF_NO_MEMORY, "out of memory");
    for (size_t i = 0; inputs && i < count; i++)
        inputs[i] = (struct pyperf_comparison_input){diff->inputs.inputs[i].profile,
                                                     diff->inputs.inputs[i].summary};
    if (status == PYPERF_OK)
        status = pyperf_comparison_create(inputs, diff->before, count - diff->before,
                                          &diff->comparison, &error);
    free(inputs);
    return status == PYPERF_OK ? STATUS_OK : refuse(&error);
}

static int check_conditions(struct diff *diff)
{
    struct pyperf_error error;
    const struct diff_options *options = diff->options;
    diff->results = calloc(options->condition_count + 1, sizeof *diff->results);
    if (!diff->results) {
        message("out of memory");
        return STATUS_FAILED;
    }
    for (size_t i = 0; i < options->condition_count; i++) {
        if (pyperf_condition_check(options->conditions[i], diff->comparison,
                                   options->condition_count, &diff->results[i],
                                   &error) != PYPERF_OK)
            return refuse(&error);
        diff->checked++;
    }
    return STATUS_OK;
}

static void release(struct diff *diff)
{
    for (size_t i = 0; i < diff->checked; i++)
        pyperf_condition_result_release(&diff->results[i]);
    free(diff->results);
    pyperf_comparison_free(diff->comparison);
    input_list_release(&diff->inputs);
}

/* ---- Printing ---- */

static void name_side(const struct diff *diff, size_t first, size_t count, char *name,
                      size_t size)
{
    char *const *paths = diff->inputs.paths + first;
    if (count == 1)
        snprintf(name, size, "%s", paths[0]);
    else
        snprintf(name, size, "%s ... %s (median of %zu)", paths[0], paths[count - 1], count);
}

static int print_text(const struct diff *diff)
{
    const struct diff_options *options = diff->options;
    char names[2][2 * PATH_MAX];
    const struct pyperf_page page = page_of_stdout();
    struct pyperf_comparison_view view = options->view;
    struct text_buffer text = {0};
    struct page_output output = {0};
    struct pyperf_error error;
    if (!view.limited) {
        view.limited = true;
        view.limit = LIMIT_BY_DEFAULT;
    }
    name_side(diff, 0, diff->before, names[0], sizeof names[0]);
    name_side(diff, diff->before, diff->inputs.count - diff->before, names[1], sizeof names[1]);
    enum pyperf_status status = pyperf_report_comparison(
        diff->comparison, &view, (const char *const[]){names[0], names[1]}, &page, &text,
        &error);
    for (size_t i = 0; i < diff->checked; i++)
        pyperf_report_condition(options->conditions[i], &diff->results[i], diff->comparison,
                                &text);
    if (status == PYPERF_OK && text.failed)
        status = pyperf_error_set(&error, PYPERF_NO_MEMORY, "no memory for the report");
    if (status == PYPERF_OK)
        page_write(&output, text_buffer_text(&text), text.length);
    text_buffer_release(&text);
    if (status != PYPERF_OK)
        return refuse(&error);
    return page_end(&output) ? STATUS_OK : STATUS_FAILED;
}

static int print_json(const struct diff *diff)
{
    const struct diff_options *options = diff->options;
    const struct json_comparison content = {
        .creator = "pyperf " PYPERF_VERSION,
        .comparison = diff->comparison,
        .view = &options->view,
        .files = (const char *const *)diff->inputs.paths,
        .conditions = (const struct pyperf_condition *const *)options->conditions,
        .results = diff->results,
        .condition_count = options->condition_count,
    };
    struct page_output output = {0};
    struct json_writer json;
    json_writer_init(&json, page_write, &output);
    if (!json_comparison_write(&json, &content)) {
        message("no memory for the report");
        return STATUS_FAILED;
    }
    json_writer_finish(&json);
    return page_end(&output) ? STATUS_OK : STATUS_FAILED;
}

static int make_diff(struct diff_options *options)
{
    struct diff diff = {.options = options};
    options->view.filter = options->filter;
    int status = read_inputs(&diff);
    if (status == STATUS_OK)
        status = compare(&diff);
    if (status == STATUS_OK)
        status = check_conditions(&diff);
    if (status == STATUS_OK)
        status = options->json ? print_json(&diff) : print_text(&diff);
    for (size_t i = 0; status == STATUS_OK && i < diff.checked; i++)
        if (diff.results[i].holds)
            status = STATUS_CHANGED;
    release(&diff);
    return status;
}

static int diff_profiles(const struct command *command, int argc, char **argv)
{
    struct diff_options options = {.count = 0};
    enum options_outcome outcome = diff_options_parse(command, &options, argc, argv);
    int status = outcome == OPTIONS_HELP ? STATUS_OK : STATUS_USAGE;
    if (outcome == OPTIONS_OK && divide(&options))
        status = make_diff(&options);
    release_options(&options);
    return status;
}

const struct command cmd_diff = {
    .name = "diff",
    .summary = "compare profiles",
    .usage = "BEFORE AFTER\nBEFORE... -- AFTER...",
    .run = diff_profiles,
};
