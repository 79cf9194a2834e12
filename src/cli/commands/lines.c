/* `pyperf lines`: runs a program, records the lines of chosen functions, reports.
 *
 * SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <pyperf/formats.h>

#include "cli/command.h"
#include "cli/line_results.h"
#include "cli/near_functions.h"
#include "cli/options.h"
#include "cli/recorded_run.h"
#include "cli/results.h"
#include "cli/stream.h"
#include "recording/choice.h"

enum { KEY_ONLY = 0x200, KEY_HOT, KEY_PER_THREAD };

/* Strings are borrowed from the command line. */
struct lines_options {
    struct run_request request;
    struct line_report_options report;
    const struct pyperf_format *format; /* of the output */
    const char **only;                  /* owned */
    size_t only_count;
};

/* The groups are those of run_request.h. */
static const struct argp_option options_table[] = {
    {"only", KEY_ONLY, "PATTERN", 0,
     "the functions meant by FILE.py, FILE.py:NAME, FILE.py:10-40, MODULE or MODULE:NAME, "
     "globs "
     "too; repeatable (default: those of the program's own files)",
     3},
    {"hot", KEY_HOT, "SHARE", OPTION_ARG_OPTIONAL,
     "lines of a function from when it has used that share of the time so far (5%)", 3},
    {NULL, 0, NULL, 0, NULL, 0},
};

/* What `pyperf stats` has under other names, or with other letters. */
static const struct argp_option report_table[] = {
    {"sort", 's', NULL, 0, "the functions that took longest last", 0},
    {NULL, 'r', NULL, 0, "the same as --rich", 0},
    {"per-thread", KEY_PER_THREAD, NULL, 0, "lines for each thread, not for all together", 0},
    {NULL, 0, NULL, 0, NULL, 0},
};

static error_t take_only(struct argp_state *state, struct lines_options *options,
                         const char *pattern)
{
    struct pyperf_error error;
    if (choice_check(pattern, &error) != PYPERF_OK)
        return option_fail(state, "--only: %s", error.message);
    if (!options->only) /* no more patterns than arguments */
        options->only = calloc((size_t)state->argc, sizeof *options->only);
    if (!options->only)
        return ENOMEM;
    options->only[options->only_count++] = pattern;
    return 0;
}

/* "5%" or "0.05". */
static error_t take_hot(struct argp_state *state, struct lines_options *options,
                        const char *text)
{
    char *end;
    double share = strtod(text ? text : "5%", &end);
    const char *rest = text ? end : "";
    if (!text || strcmp(rest, "%") == 0) {
        share /= 100;
        rest = "";
    }
    if (*rest || end == text || !(share > 0 && share <= 1))
        return option_fail(
            state, "--hot: '%s' is not a share of the time; write for example --hot=5%%", text);
    options->request.recording.hot = (uint32_t)(share * RECORD_SHARE_UNIT + 0.5);
    if (options->request.recording.hot == 0)
        options->request.recording.hot = 1;
    return 0;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct lines_options *options = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        for (int i = 0; i < 3; i++)
            state->child_inputs[i] = &options->request;
        state->child_inputs[3] = &options->report;
        return 0;
    case KEY_ONLY:
        return take_only(state, options, argument);
    case KEY_HOT:
        return take_hot(state, options, argument);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse_report(int key, char *argument, struct argp_state *state)
{
    struct line_report_options *report = state->input;
    (void)argument;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = report;
        return 0;
    case 's':
        report->lines.order = PYPERF_LINES_BY_TIME;
        return 0;
    case 'r':
        report->rich = true;
        return 0;
    case KEY_PER_THREAD:
        report->per_thread = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child report_children[] = {
    {&line_report_argp, 0, NULL, 0},
    {NULL, 0, NULL, 0},
};

static const struct argp report_argp_of_lines = {
    .options = report_table, .parser = parse_report, .children = report_children};

/* In the order of the inputs above. */
static const struct argp_child children[] = {
    {&request_program_argp, 0, NULL, 0},
    {&request_recording_argp, 0, NULL, 0},
    {&request_results_argp, 0, NULL, 0},
    {&report_argp_of_lines, 0, "What the report shows:", 5},
    {NULL, 0, NULL, 0},
};

/* The format of the file that was asked for: what holds lines, unless another is named. */
static enum options_outcome choose_format(struct lines_options *options)
{
    struct pyperf_error error;
    const struct run_request *request = &options->request;
    if (!request->output)
        return OPTIONS_OK;
    if (!request->format)
        options->format = pyperf_format_asked_by_path(request->output);
    if (!options->format)
        options->format =
            pyperf_format_by_name(request->format ? request->format : "lprof", &error);
    if (options->format && pyperf_format_holds_lines(options->format))
        return OPTIONS_OK;
    if (options->format)
        message("--output: %s files hold no lines; name the file out.lprof, for example",
                pyperf_format_name(options->format));
    else
        message("%s", error.message);
    return OPTIONS_WRONG;
}

static enum options_outcome lines_options_parse(const struct command *command,
                                                struct lines_options *options, int argc,
                                                char **argv)
{
    const struct argp argp = {
        .options = options_table,
        .parser = parse,
        .args_doc = command->usage,
        .doc =
            "Runs a program as python would, and records how often and how long each line of "
            "the chosen functions ran. Options come before the program; what follows it is "
            "the program's own.\v"
            "Example:\n"
            "  pyperf lines --only script.py:main script.py 3\n"
            "  pyperf lines --hot -o out.lprof -m package",
        .children = children,
    };
    run_request_init(&options->request, "pyperf lines");
    enum options_outcome outcome = options_parse("pyperf lines", &argp, argc, argv, options);
    if (outcome == OPTIONS_OK)
        outcome = run_request_finish(&options->request);
    if (outcome != OPTIONS_OK)
        return outcome;
    options->request.recording.lines = true;
    options->request.recording.line_calls = options->report.lines.calls;
    return choose_format(options);
}

static enum pyperf_status prepare(void *context, const char *directory,
                                  struct pyperf_error *error)
{
    const struct lines_options *options = context;
    return choice_write(directory, options->only, options->only_count, error);
}

/* A report of nothing needs a reason. */
static void explain_nothing(const struct lines_options *options)
{
    if (options->request.recording.hot)
        message("no function used so much of the time; a smaller share can be asked for with "
                "--hot=1%%");
    else if (options->only_count == 0)
        message("no function of the program's own files ran; --only chooses others");
}

static void say_what_is_missing(const struct lines_options *options,
                                const struct delivery *delivery,
                                struct pyperf_profile *const *profiles, size_t count)
{
    const struct program *program = &options->request.program;
    const char *script = program->option ? NULL : program->name;
    if (program->script)
        script = program->script;
    near_functions_say(delivery->session, profiles, count, script);
    for (size_t i = 0; i < count; i++)
        if (profiles[i]->lines && profiles[i]->lines->function_count > 0)
            return;
    explain_nothing(options);
}

static bool keep(const struct lines_options *options, const struct delivery *delivery)
{
    const struct destinations to = {
        .output = delivery->output,
        .output_shown = delivery->output_shown,
        .format = options->format,
        .report = delivery->report,
        .quiet = options->request.quiet,
    };
    return results_keep(&to, delivery->recordings, delivery->recording_count,
                        delivery->outcome);
}

static bool deliver(void *context, const struct delivery *delivery)
{
    const struct lines_options *options = context;
    struct pyperf_profile *const *profiles =
        delivery->recordings ? delivery->recordings : &delivery->profile;
    size_t count = delivery->recordings ? delivery->recording_count : 1;
    if (!profiles[0]->lines) {
        message("this recorder cannot record lines");
        return false;
    }
    if (options->only_count == 0 && options->request.recording.hot == 0)
        line_results_keep_decorated(profiles, count);
    if (delivery->output || !options->request.output)
        say_what_is_missing(options, delivery, profiles, count);
    if (delivery->recordings)
        return keep(options, delivery);
    if (delivery->output)
        return line_results_write(options->format, delivery->profile, delivery->output,
                                  delivery->output_shown, options->request.quiet);
    return line_results_report(&options->report, delivery->profile, delivery->outcome,
                               delivery->report);
}

static int record_lines(const struct command *command, int argc, char **argv)
{
    struct lines_options options = {.only_count = 0};
    int status = STATUS_USAGE;
    enum options_outcome outcome = lines_options_parse(command, &options, argc, argv);
    if (outcome == OPTIONS_HELP)
        status = STATUS_OK;
    const struct run_purpose purpose = {
        .prepare = prepare,
        .keeps_recordings = options.format && pyperf_format_keeps_recordings(options.format),
        .deliver = deliver,
        .context = &options,
    };
    if (outcome == OPTIONS_OK)
        status = recorded_run(&options.request, &purpose);
    run_request_release(&options.request);
    free(options.only);
    return status;
}

const struct command cmd_lines = {
    .name = "lines",
    .summary = "run a program and record every line of chosen functions",
    .usage = "script.py [ARG...]\n-m MODULE [ARG...]\n-c CODE [ARG...]\n- [ARG...]\n"
             "COMMAND [ARG...]\npython3 [ARG...]",
    .run = record_lines,
};
