/* SPDX-License-Identifier: MIT */
#include "cli/commands/run_options.h"

#include <pyperf/formats.h>

#include "cli/stream.h"

enum { KEY_FULL_PATHS = 0x200, KEY_NO_BUILTINS, KEY_ENGINE, KEY_STARTUP, KEY_DECORATED };

/* The groups are those of run_request.h; report_argp's options stand in the last. */
static const struct argp_option options_table[] = {
    {"no-builtins", KEY_NO_BUILTINS, NULL, 0, "no functions implemented in C: cheaper", 3},
    {"startup", KEY_STARTUP, NULL, 0,
     "everything from the interpreter's start, not from the program's", 3},
    {"decorated", KEY_DECORATED, NULL, 0,
     "show what the functions decorated with @profile called, the top 20 of each", 3},
    {"engine", KEY_ENGINE, "NAME", 0, "auto (the default), setprofile, monitoring, frames", 3},
    {"full-paths", KEY_FULL_PATHS, NULL, 0, "directories in the report", 4},
    {NULL, 0, NULL, 0, NULL, 0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct run_options *options = state->input;
    struct record_options *recording = &options->request.recording;
    struct pyperf_error error;
    switch (key) {
    case ARGP_KEY_INIT:
        for (int i = 0; i < 3; i++)
            state->child_inputs[i] = &options->request;
        state->child_inputs[3] = &options->destinations.tables;
        return 0;
    case KEY_FULL_PATHS:
        options->destinations.full_paths = true;
        return 0;
    case KEY_NO_BUILTINS:
        recording->builtins = false;
        return 0;
    case KEY_STARTUP:
        recording->startup = true;
        return 0;
    case KEY_DECORATED:
        options->decorated = true;
        return 0;
    case KEY_ENGINE:
        if (record_engine_parse(argument, &recording->engine, &error) != PYPERF_OK)
            return option_fail(state, "--engine: %s", error.message);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* In the order of the inputs above. */
static const struct argp_child children[] = {
    {&request_program_argp, 0, NULL, 0},
    {&request_recording_argp, 0, NULL, 0},
    {&request_results_argp, 0, NULL, 0},
    {&report_argp, 0, "What the report shows:", 5},
    {NULL, 0, NULL, 0},
};

/* The format of the file that was asked for. */
static enum options_outcome choose_format(struct run_options *options)
{
    const struct run_request *request = &options->request;
    struct pyperf_error error;
    if (!request->output)
        return OPTIONS_OK;
    options->destinations.format = request->format
                                       ? pyperf_format_by_name(request->format, &error)
                                       : pyperf_format_for_path(request->output);
    const struct pyperf_format *format = options->destinations.format;
    if (format && pyperf_format_holds_calls(format))
        return OPTIONS_OK;
    if (format)
        message("--output: %s files hold lines, which `pyperf lines` records",
                pyperf_format_name(format));
    else
        message("%s", error.message);
    return OPTIONS_WRONG;
}

enum options_outcome run_options_parse(const struct command *command,
                                       struct run_options *options, int argc, char **argv)
{
    const struct argp argp = {
        .options = options_table,
        .parser = parse,
        .args_doc = command->usage,
        .doc = "Runs a program as python would, and records every call it makes. Options come "
               "before the program; what follows it is the program's own.\v"
               "Example:\n"
               "  pyperf run -s time -n 20 script.py 3\n"
               "  pyperf run -o out.prof -m pytest -q",
        .children = children,
    };
    struct run_request *request = &options->request;
    run_request_init(request, "pyperf run");
    enum options_outcome outcome = options_parse("pyperf run", &argp, argc, argv, options);
    if (outcome != OPTIONS_OK)
        return outcome;
    if (request->recording.engine == RECORD_ENGINE_FRAMES && request->recording.builtins) {
        message(
            "--engine frames sees no functions implemented in C; add --no-builtins, or leave "
            "the choice of the engine to pyperf");
        return OPTIONS_WRONG;
    }
    options->destinations.quiet = request->quiet;
    options->destinations.raw_times = request->raw_times;
    options->destinations.tables.strip_directories = !options->destinations.full_paths;
    outcome = run_request_finish(request);
    return outcome == OPTIONS_OK ? choose_format(options) : outcome;
}

void run_options_release(struct run_options *options)
{
    run_request_release(&options->request);
    report_options_release(&options->destinations.tables);
}
