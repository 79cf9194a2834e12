/* `pyperf stats`: prints the report of profiles, and of what was recorded before.
 *
 * SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <pyperf/summary.h>

#include "base/array.h"
#include "cli/command.h"
#include "cli/filter_options.h"
#include "cli/input.h"
#include "cli/kept.h"
#include "cli/line_results.h"
#include "cli/options.h"
#include "cli/results.h"
#include "cli/stream.h"
#include "cli/views.h"

enum { KEY_STRIP_DIRS = 0x200, KEY_RAW_TIMES };

static const struct argp_option options_table[] = {
    {"strip-dirs", KEY_STRIP_DIRS, NULL, 0, "no directories in the report", 0},
    {"raw-times", KEY_RAW_TIMES, NULL, 0,
     "keep the measured cost of recording in the figures, instead of taking it off", 0},
    {NULL, 0, NULL, 0, NULL, 0},
};

struct stats_options {
    const char **operands; /* of the command line, as they came */
    size_t operand_count;
    size_t operand_capacity;
    bool strip_directories;
    bool raw_times;
    struct report_options tables;
    struct view_options views;
    struct line_report_options lines;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct stats_options *options = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->tables;
        state->child_inputs[1] = &options->views;
        state->child_inputs[2] = &options->tables.filter;
        state->child_inputs[3] = &options->lines;
        return 0;
    case KEY_STRIP_DIRS:
        options->strip_directories = options->tables.strip_directories = true;
        return 0;
    case KEY_RAW_TIMES:
        options->raw_times = true;
        return 0;
    case ARGP_KEY_ARG:
        if (!array_reserve((void **)&options->operands, &options->operand_capacity,
                           options->operand_count + 1, sizeof *options->operands))
            return ENOMEM;
        options->operands[options->operand_count++] = argument;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {
    {&report_argp, 0, NULL, 0}, {&view_argp, 0, NULL, 0},
    {&filter_argp, 0, NULL, 0}, {&line_report_argp, 0, "Of recorded lines:", 1},
    {NULL, 0, NULL, 0},
};

static enum options_outcome stats_options_parse(const struct command *command,
                                                struct stats_options *options, int argc,
                                                char **argv)
{
    const struct argp argp = {
        .options = options_table,
        .parser = parse,
        .args_doc = command->usage,
        .doc = "Prints the report of profiles: of files that cProfile, line_profiler or pyperf "
               "wrote, of recordings that pyperf left behind or is still writing. Several are "
               "added up; - is standard input. Without any, kept recordings are listed.\v"
               "Examples:\n"
               "  pyperf stats -s time -n 20 out.prof\n"
               "  pyperf stats --callers=connect before/*.prof\n"
               "  pyperf stats /tmp/pyperf-k3Xa9Q",
        .children = children,
    };
    return options_parse("pyperf stats", &argp, argc, argv, options);
}

static bool print(const struct stats_options *options, const struct input *input)
{
    struct pyperf_error error;
    struct pyperf_summary *summary = input->summary;
    struct pyperf_hidden hidden;
    struct report_options tables = options->tables;
    enum pyperf_status status = PYPERF_OK;
    if (tables.filter) {
        status = pyperf_summary_filter(summary, input->profile, tables.filter, &hidden, &error);
        tables.hidden = tables.per_thread || tables.per_process ? NULL : &hidden;
    }
    if (status == PYPERF_OK && options->strip_directories)
        status = pyperf_summary_strip_directories(summary, &error);
    if (status != PYPERF_OK) {
        message("cannot add up what was recorded: %s", error.message);
        return false;
    }
    return results_print(&tables, input->profile, input->end_seen ? &input->outcome : NULL,
                         summary, text_buffer_text(&input->heading));
}

/* What line_profiler calls sorting. */
static bool wants_times_sorted(const struct pyperf_sort *sort)
{
    return sort->count > 0 &&
           (sort->keys[0] == PYPERF_SORT_SELF || sort->keys[0] == PYPERF_SORT_CUMULATIVE);
}

/* Lines are printed of all functions, as line_profiler does. */
static void warn_of_tables(const struct stats_options *options)
{
    const struct report_options *tables = &options->tables;
    const char *idle = tables->selection            ? "--limit"
                       : tables->filter             ? "--select or --exclude"
                       : tables->callers.wanted     ? "--callers"
                       : tables->callees.wanted     ? "--callees"
                       : tables->spread.wanted      ? "--spread"
                       : tables->per_process        ? "--per-process"
                       : options->strip_directories ? "--strip-dirs"
                                                    : NULL;
    if (idle)
        message("%s is for profiles of calls, and does nothing in one of lines", idle);
}

static bool print_lines(const struct stats_options *options, const struct input *input)
{
    struct line_report_options lines = options->lines;
    warn_of_tables(options);
    lines.per_thread = options->tables.per_thread;
    lines.lines.order = wants_times_sorted(&options->tables.sort) ? PYPERF_LINES_BY_TIME
                        : line_results_know_run(input->profile)   ? PYPERF_LINES_BY_LABEL
                                                                  : PYPERF_LINES_AS_FOUND;
    return line_results_report(&lines, input->profile, input->end_seen ? &input->outcome : NULL,
                               "-");
}

static bool print_any(const struct stats_options *options, const struct input *input)
{
    bool has_lines = input->profile && input->profile->lines;
    return has_lines ? print_lines(options, input) : print(options, input);
}

/* Several files are read with callers all the same: by them pstats finds that cProfile's and
 * those of the module profile do not add up. */
static bool needs_callers(const struct stats_options *options)
{
    return options->tables.callers.wanted || options->tables.callees.wanted ||
           options->operand_count > 1 || options->views.format == VIEW_JSON;
}

static int report(const struct stats_options *options)
{
    struct input input;
    const struct input_wishes wishes = {
        .raw_times = options->raw_times,
        .without_callers = !needs_callers(options),
    };
    int status = input_read_all(&input, options->operands, options->operand_count, wishes);
    bool views = views_wanted(&options->views);
    if (status == STATUS_OK && views && options->views.format != VIEW_JSON &&
        !input_has_calls(&input, options->operands[0]))
        status = STATUS_FAILED;
    else if (status == STATUS_OK && views)
        status = views_print(&options->views, &options->tables, &input, options->operands,
                             options->operand_count);
    else if (status == STATUS_OK && !print_any(options, &input))
        status = STATUS_FAILED;
    input_release(&input);
    return status;
}

static int list(void)
{
    char *directory = getcwd(NULL, 0);
    char *place = kept_place(directory ? directory : ".");
    bool listed = place && kept_list(place);
    free(directory);
    free(place);
    return listed ? STATUS_OK : STATUS_FAILED;
}

static int print_stats(const struct command *command, int argc, char **argv)
{
    struct stats_options options = {0};
    enum options_outcome outcome = stats_options_parse(command, &options, argc, argv);
    int status = outcome == OPTIONS_HELP ? STATUS_OK : STATUS_USAGE;
    if (outcome == OPTIONS_OK)
        status = options.operand_count ? report(&options) : list();
    report_options_release(&options.tables);
    free(options.operands);
    return status;
}

const struct command cmd_stats = {
    .name = "stats",
    .summary = "print the report of profiles, or of a recording that was kept",
    .usage = "[FILE|DIRECTORY...]",
    .run = print_stats,
};
