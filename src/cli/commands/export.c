/* `pyperf export`: writes a profile in the format of another tool.
 *
 * SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include <pyperf/formats.h>

#include "base/output_file.h"
#include "cli/command.h"
#include "cli/export_file.h"
#include "cli/input.h"
#include "cli/options.h"
#include "cli/stream.h"

enum { KEY_METRIC = 0x200, KEY_UNIT, KEY_MIN, KEY_RAW_TIMES };

static const struct argp_option options_table[] = {
    {"format", 'f', "NAME", 0,
     "pstats, pyperf, html, svg, callgrind, speedscope, pprof, collapsed, chrome, json, csv, "
     "dot "
     "(default: by the suffix of the output)",
     0},
    {"output", 'o', "FILE|-", 0, "where it goes (default: -, stdout)", 0},
    {"metric", KEY_METRIC, "time|calls", 0,
     "what call paths are weighed by: their time (the default), or their calls", 0},
    {"unit", KEY_UNIT, "ns|us|ms|s", 0,
     "what the numbers of collapsed stacks count (default: ns)", 0},
    {"min", KEY_MIN, "SHARE", 0,
     "do not draw what takes less of the total: 0.001, 0.1% (default: by format)", 0},
    {"raw-times", KEY_RAW_TIMES, NULL, 0,
     "keep the measured cost of recording in the figures, instead of taking it off", 0},
    {"quiet", 'q', NULL, 0, "do not say that a file was written", 0},
    {NULL, 0, NULL, 0, NULL, 0},
};

struct export_options {
    const char *operand;
    const char *output; /* NULL: stdout */
    const struct pyperf_format *format;
    struct pyperf_export content; /* the wishes in it */
    unsigned wishes;              /* those of enum pyperf_wish that were given */
    bool raw_times;
    bool quiet;
};

static error_t take_unit(struct argp_state *state, struct export_options *options,
                         const char *text)
{
    static const char *const names[] = {
        [PYPERF_NANOSECONDS] = "ns",
        [PYPERF_MICROSECONDS] = "us",
        [PYPERF_MILLISECONDS] = "ms",
        [PYPERF_SECONDS] = "s",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(text, names[i]) == 0) {
            options->content.unit = (enum pyperf_time_unit)i;
            options->wishes |= PYPERF_WISH_UNIT;
            return 0;
        }
    return option_fail(state, "--unit: '%s' is none of ns, us, ms, s", text);
}

static error_t take_metric(struct argp_state *state, struct export_options *options,
                           const char *text)
{
    bool calls = strcmp(text, "calls") == 0;
    if (!calls && strcmp(text, "time") != 0)
        return option_fail(state, "--metric: '%s' is neither time nor calls", text);
    options->content.weighing = calls ? PYPERF_WEIGH_CALLS : PYPERF_WEIGH_TIME;
    options->wishes |= PYPERF_WISH_WEIGHING;
    return 0;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct export_options *options = state->input;
    struct pyperf_error error;
    switch (key) {
    case 'f':
        options->format = pyperf_format_by_name(argument, &error);
        return options->format ? 0 : option_fail(state, "--format: %s", error.message);
    case 'o':
        options->output = argument;
        return 0;
    case 'q':
        options->quiet = true;
        return 0;
    case KEY_METRIC:
        return take_metric(state, options, argument);
    case KEY_UNIT:
        return take_unit(state, options, argument);
    case KEY_MIN:
        options->content.has_least_share = true;
        options->wishes |= PYPERF_WISH_LEAST_SHARE;
        return option_take_share(state, "--min", argument, &options->content.least_share);
    case KEY_RAW_TIMES:
        options->raw_times = true;
        return 0;
    case ARGP_KEY_ARG:
        if (options->operand)
            return option_fail(state, "one profile at a time, please: '%s' is one too many",
                               argument);
        options->operand = argument;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static enum options_outcome export_options_parse(const struct command *command,
                                                 struct export_options *options, int argc,
                                                 char **argv)
{
    const struct argp argp = {
        .options = options_table,
        .parser = parse,
        .args_doc = command->usage,
        .doc = "Writes a profile in the format of another tool. PROFILE is a file that pyperf "
               "reads, or the directory of a recording.\v"
               "Example:\n"
               "  pyperf export out.prof -o callgrind.out.1\n"
               "  pyperf export -f collapsed /tmp/pyperf-k3Xa9Q | flamegraph.pl >out.svg",
    };
    return options_parse("pyperf export", &argp, argc, argv, options);
}

static bool goes_to_stdout(const struct export_options *options)
{
    return !options->output || strcmp(options->output, "-") == 0;
}

/* What can be refused before the profile is read; false when it was, with the reason. */
static bool check(struct export_options *options)
{
    static const struct {
        enum pyperf_wish wish;
        const char *option;
    } wishes[] = {{PYPERF_WISH_WEIGHING, "--metric"},
                  {PYPERF_WISH_UNIT, "--unit"},
                  {PYPERF_WISH_LEAST_SHARE, "--min"}};
    if (!options->operand) {
        message("name a profile to export (see `pyperf export --help`)");
        return false;
    }
    if (!options->format && !goes_to_stdout(options))
        options->format = pyperf_format_asked_by_path(options->output);
    if (!options->format) {
        message("which format? Add -f NAME, or -o with a name that says it, such as out.svg");
        return false;
    }
    for (size_t i = 0; i < sizeof wishes / sizeof *wishes; i++)
        if ((options->wishes & wishes[i].wish) != 0 &&
            !pyperf_format_heeds(options->format, wishes[i].wish)) {
            message("%s means nothing to the format %s; leave it out", wishes[i].option,
                    pyperf_format_name(options->format));
            return false;
        }
    if (goes_to_stdout(options) && pyperf_format_is_binary(options->format) &&
        isatty(STDOUT_FILENO)) {
        message("a %s file is nothing for a terminal; name a file with -o FILE",
                pyperf_format_name(options->format));
        return false;
    }
    return true;
}

static int write_profile(const struct export_options *options, const struct input *input)
{
    struct pyperf_export content = options->content;
    struct pyperf_error error;
    content.profile = input->profile;
    content.summary = input->summary;
    content.source = options->operand;
    const char *path = goes_to_stdout(options) ? "-" : options->output;
    if (export_file_write(options->format, &content, path, &error) != PYPERF_OK) {
        message("%s", error.message);
        return STATUS_FAILED;
    }
    if (!options->quiet && !goes_to_stdout(options))
        message("wrote %s (%s)", path, pyperf_format_name(options->format));
    return STATUS_OK;
}

static int export_profile(const struct command *command, int argc, char **argv)
{
    struct export_options options = {0};
    struct pyperf_error error;
    signal(SIGXFSZ, SIG_IGN); /* under `ulimit -f` a failed write is to be an error */
    enum options_outcome outcome = export_options_parse(command, &options, argc, argv);
    if (outcome == OPTIONS_HELP)
        return STATUS_OK;
    if (outcome == OPTIONS_WRONG || !check(&options))
        return STATUS_USAGE;
    if (!goes_to_stdout(&options) && output_file_check(options.output, &error) != PYPERF_OK) {
        message("%s", error.message);
        return STATUS_USAGE;
    }
    struct input input;
    const struct input_wishes wishes = {.raw_times = options.raw_times};
    int status = input_read(&input, options.operand, wishes);
    if (status == STATUS_OK && !pyperf_format_holds_lines(options.format) &&
        !input_has_calls(&input, options.operand))
        status = STATUS_FAILED;
    if (status == STATUS_OK)
        status = write_profile(&options, &input);
    input_release(&input);
    return status;
}

const struct command cmd_export = {
    .name = "export",
    .summary = "write a profile in the format of another tool",
    .usage = "PROFILE",
    .run = export_profile,
};
