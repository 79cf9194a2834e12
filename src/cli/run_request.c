/* SPDX-License-Identifier: MIT */
#include "cli/run_request.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <pyperf/formats.h>

#include "cli/stream.h"

enum {
    KEY_CLOCK = 0x200,
    KEY_THREADS,
    KEY_MAX_NODES,
    KEY_RAW_TIMES,
    KEY_REPORT,
    KEY_PYTHON,
    KEY_HOST,
    KEY_CHILDREN,
    KEY_PYTHON_OPTION,
};

static const struct argp_option program_options[] = {
    {NULL, 0, NULL, 0, "What is run (these end the options, as for python):", 1},
    {NULL, 'm', "MODULE", 0, "a module, as `python -m`", 1},
    {NULL, 'c', "CODE", 0, "a program passed as a string", 1},
    {NULL, 0, NULL, 0, "How it is run:", 2},
    {"python", KEY_PYTHON, "PATH|VERSION", 0,
     "an interpreter, a virtual environment, or a version such as 3.11 (default: the active "
     "environment's, else python3)",
     2},
    {NULL, 'X', "OPTION", 0, "for the interpreter, as `python -X`", 2},
    {NULL, 'W', "FILTER", 0, "for the interpreter, as `python -W`", 2},
    {"host", KEY_HOST, "agent|embedded", 0,
     "record in the interpreter itself, or in one of pyperf's that is built of the same "
     "installation (default: agent where it can be loaded)",
     2},
    {"python-option", KEY_PYTHON_OPTION, "OPTION", 0,
     "any other option for the interpreter: --python-option=-O", 2},
    {NULL, 0, NULL, 0, NULL, 0},
};

static const struct argp_option recording_options[] = {
    {NULL, 0, NULL, 0, "What is recorded:", 3},
    {"clock", KEY_CLOCK, "wall|cpu", 0,
     "what is measured: time on the wall (the default), or each thread's CPU time", 3},
    {"children", KEY_CHILDREN, "none|all", 0,
     "follow Python processes that the program forks or starts (default: none)", 3},
    {"threads", KEY_THREADS, "all|main", 0,
     "all threads (the default), or the main thread alone", 3},
    {"max-nodes", KEY_MAX_NODES, "N", 0,
     "fold call paths beyond N into one per function (default: 4000000)", 3},
    {NULL, 0, NULL, 0, NULL, 0},
};

static const struct argp_option results_options[] = {
    {NULL, 0, NULL, 0, "What becomes of it:", 4},
    {"output", 'o', "FILE", 0,
     "write the profile; %p in the name is the process id, %h the host, %t the start time", 4},
    {"format", 'f', "NAME", 0, "the profile's format (default: by its suffix)", 4},
    {"report", KEY_REPORT, "FILE|-", 0,
     "where the report goes (default: stdout; with --output, nowhere)", 4},
    {"quiet", 'q', NULL, 0, "no report, unless --report asks for it", 4},
    {"raw-times", KEY_RAW_TIMES, NULL, 0,
     "keep the measured cost of recording in the figures, instead of taking it off", 4},
    {NULL, 0, NULL, 0, NULL, 0},
};

static error_t take_program(struct argp_state *state, struct program *program,
                            const char *option, const char *name)
{
    program->option = option;
    program->name = name;
    program->arguments = state->argv + state->next;
    options_end(state);
    return 0;
}

static error_t take_python_option(struct argp_state *state, struct program *program,
                                  const char *option, const char *value)
{
    if (!program->python_options) /* each is at most two of the arguments there are */
        program->python_options = calloc(2 * (size_t)state->argc, sizeof(char *));
    if (!program->python_options)
        return ENOMEM;
    program->python_options[program->python_option_count++] = (char *)option;
    if (value)
        program->python_options[program->python_option_count++] = (char *)value;
    return 0;
}

static error_t take_max_nodes(struct argp_state *state, struct run_request *request,
                              const char *text)
{
    enum { LEAST = 16, MOST = 1000000000 };
    char *end;
    errno = 0;
    long number = strtol(text, &end, 10);
    if (*end || end == text || errno || number < LEAST || number > MOST)
        return option_fail(state, "--max-nodes: '%s' is not a number from %d to %d", text,
                           LEAST, MOST);
    request->recording.max_nodes = (uint32_t)number;
    return 0;
}

static error_t take_children(struct argp_state *state, struct run_request *request,
                             const char *text)
{
    if (strcmp(text, "all") == 0)
        request->recording.scope = RECORD_SCOPE_DESCENDANTS;
    else if (strcmp(text, "none") == 0)
        request->recording.scope = RECORD_SCOPE_PROGRAM;
    else
        return option_fail(state, "--children: '%s' is neither none nor all", text);
    return 0;
}

static error_t take_host(struct argp_state *state, struct run_request *request,
                         const char *text)
{
    if (strcmp(text, "agent") == 0)
        request->host = HOST_WISH_AGENT;
    else if (strcmp(text, "embedded") == 0)
        request->host = HOST_WISH_EMBEDDED;
    else
        return option_fail(state, "--host: '%s' is neither agent nor embedded", text);
    return 0;
}

/* Options of python that start a program would take the place of the one that is run. */
static bool is_interpreter_option(const char *text)
{
    return text[0] == '-' && text[1] && strcmp(text, "--") != 0 && text[1] != 'c' &&
           text[1] != 'm';
}

static error_t parse_program(int key, char *argument, struct argp_state *state)
{
    struct run_request *request = state->input;
    struct program *program = &request->program;
    switch (key) {
    case 'X':
        return take_python_option(state, program, "-X", argument);
    case 'W':
        return take_python_option(state, program, "-W", argument);
    case KEY_PYTHON_OPTION:
        if (!is_interpreter_option(argument))
            return option_fail(state,
                               "--python-option: '%s' is not an option of python's; "
                               "write for example --python-option=-O",
                               argument);
        return take_python_option(state, program, argument, NULL);
    case KEY_PYTHON:
        request->python = argument;
        return 0;
    case KEY_HOST:
        return take_host(state, request, argument);
    case 'm':
        return take_program(state, program, "-m", argument);
    case 'c':
        return take_program(state, program, "-c", argument);
    case ARGP_KEY_ARG:
        return take_program(state, program, NULL, argument);
    case ARGP_KEY_NO_ARGS:
        if (program->name)
            return 0;
        return option_fail(state,
                           "nothing to run; name a script, -m MODULE or -c CODE (see `%s "
                           "--help`)",
                           request->command);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse_recording(int key, char *argument, struct argp_state *state)
{
    struct run_request *request = state->input;
    switch (key) {
    case KEY_CLOCK:
        if (strcmp(argument, "wall") != 0 && strcmp(argument, "cpu") != 0)
            return option_fail(state, "--clock: '%s' is neither wall nor cpu", argument);
        request->recording.cpu_time = strcmp(argument, "cpu") == 0;
        return 0;
    case KEY_THREADS:
        if (strcmp(argument, "all") != 0 && strcmp(argument, "main") != 0)
            return option_fail(state, "--threads: '%s' is neither all nor main", argument);
        request->recording.main_thread = strcmp(argument, "main") == 0;
        return 0;
    case KEY_MAX_NODES:
        return take_max_nodes(state, request, argument);
    case KEY_CHILDREN:
        return take_children(state, request, argument);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse_results(int key, char *argument, struct argp_state *state)
{
    struct run_request *request = state->input;
    struct pyperf_error error;
    switch (key) {
    case 'o':
        if (strcmp(argument, "-") == 0)
            return option_fail(state, "--output: a profile is a file; name one, such as "
                                      "out.prof, or /dev/stdout");
        request->output = argument;
        return 0;
    case 'f':
        if (!pyperf_format_by_name(argument, &error))
            return option_fail(state, "--format: %s", error.message);
        request->format = argument;
        return 0;
    case 'q':
        request->quiet = true;
        return 0;
    case KEY_REPORT:
        request->report = argument;
        return 0;
    case KEY_RAW_TIMES:
        request->raw_times = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp request_program_argp = {.options = program_options, .parser = parse_program};
const struct argp request_recording_argp = {.options = recording_options,
                                            .parser = parse_recording};
const struct argp request_results_argp = {.options = results_options, .parser = parse_results};

void run_request_init(struct run_request *request, const char *command)
{
    *request = (struct run_request){
        .command = command,
        .recording = {.builtins = true, .max_nodes = RECORD_DEFAULT_MAX_NODES}};
}

enum options_outcome run_request_finish(struct run_request *request)
{
    if (request->format && !request->output) {
        message("--format says how --output is written; add -o FILE");
        return OPTIONS_WRONG;
    }
    if (!request->report && !request->output && !request->quiet)
        request->report = "-";
    return OPTIONS_OK;
}

void run_request_release(struct run_request *request)
{
    program_release(&request->program);
}
