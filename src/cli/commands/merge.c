/* `pyperf merge`: adds profiles up.
 *
 * pstats files hold no call trees, so a sum in their format is one of rows; in all others it is
 * one of trees. Profiles are read one at a time: memory goes to the sum and to one of them.
 *
 * SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <pyperf/formats.h>

#include "base/array.h"
#include "base/output_file.h"
#include "cli/command.h"
#include "cli/file_list.h"
#include "cli/input_sum.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/results.h"
#include "cli/stream.h"

enum { KEY_KEEP_GOING = 0x200, KEY_FILES_FROM };

static const struct argp_option options_table[] = {
    {"output", 'o', "FILE", 0, "write the sum to FILE", 0},
    {"format", 'f', "NAME", 0, "its format; by the suffix of FILE if not given", 0},
    {"files-from", KEY_FILES_FROM, "FILE", 0,
     "add the profiles that are named in FILE, too, a line each, or with a NUL behind each; - "
     "is standard input",
     0},
    {"keep-going", KEY_KEEP_GOING, NULL, 0, "skip what cannot be read or added", 0},
    {"quiet", 'q', NULL, 0, "show no progress, and do not say that the sum was written", 0},
    {NULL, 0, NULL, 0, NULL, 0},
};

struct merge_options {
    const char *output;
    const char *format;
    const char *files_from;
    bool keep_going;
    bool quiet;
    char **operands; /* of the command line, as they came */
    size_t operand_count;
    size_t operand_capacity;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct merge_options *options = state->input;
    switch (key) {
    case 'o':
        options->output = argument;
        return 0;
    case 'f':
        options->format = argument;
        return 0;
    case 'q':
        options->quiet = true;
        return 0;
    case KEY_FILES_FROM:
        options->files_from = argument;
        return 0;
    case KEY_KEEP_GOING:
        options->keep_going = true;
        return 0;
    case ARGP_KEY_ARG:
        if (!array_reserve((void **)&options->operands, &options->operand_capacity,
                           options->operand_count + 1, sizeof *options->operands))
            return ENOMEM;
        options->operands[options->operand_count++] = argument;
        return 0;
    case ARGP_KEY_END:
        if (!options->output)
            return option_fail(state, "name the file to write: pyperf merge -o all.prof "
                                      "FILE...");
        if (!options->operands && !options->files_from)
            return option_fail(state, "name the profiles to add up: pyperf merge -o %s FILE...",
                               options->output);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static enum options_outcome merge_options_parse(const struct command *command,
                                                struct merge_options *options, int argc,
                                                char **argv)
{
    const struct argp argp = {
        .options = options_table,
        .parser = parse,
        .args_doc = command->usage,
        .doc = "Adds profiles up: files of cProfile as pstats does, our own call path by call "
               "path.\v"
               "Example:\n"
               "  pyperf merge -o all.pyperf shard-*.pyperf",
    };
    return options_parse("pyperf merge", &argp, argc, argv, options);
}

/* ---- Adding ---- */

struct merging {
    const struct merge_options *options;
    const struct pyperf_format *format;
    struct file_list files;
    bool trees; /* are to be added, not rows */
    struct input_sum sum;
    size_t skipped;
};

static enum pyperf_status add_input(struct merging *merging, struct input *input,
                                    struct pyperf_error *error)
{
    if (!input->profile && pyperf_format_keeps_recordings(merging->format))
        return pyperf_error_set(error, PYPERF_USAGE,
                                "there are no call trees in it, as %s needs them; write a "
                                ".prof instead",
                                merging->options->output);
    return input_sum_add(&merging->sum, input, error);
}

/* False: it could not be added, which has been said, and nothing else may be, either. */
static bool add_file(struct merging *merging, const char *path)
{
    struct input input;
    struct pyperf_error error = {.status = PYPERF_OK};
    int status = input_load(&input, path, (struct input_wishes){.raw_times = false});
    if (status == STATUS_OK && !pyperf_format_holds_lines(merging->format) &&
        !input_has_calls(&input, path))
        status = STATUS_FAILED;
    if (status == STATUS_OK && add_input(merging, &input, &error) != PYPERF_OK) {
        message("%s: %s", path, error.message);
        status = STATUS_FAILED;
    }
    if (status != STATUS_OK)
        merging->skipped++;
    input_release(&input);
    return status == STATUS_OK ||
           (merging->options->keep_going && error.status != PYPERF_NO_MEMORY);
}

/* Rows are added in the order in which pstats.Stats(*files) does: the first, then the others
 * from the last on. Sums of fractions depend on it. */
static bool add_files(struct merging *merging)
{
    struct progress progress;
    size_t front = 0, back = merging->files.count;
    bool good = true;
    progress_begin(&progress, back, "files", !merging->options->quiet);
    while (front < back && good) {
        bool from_front = merging->trees || !merging->sum.rows;
        good = add_file(merging, merging->files.paths[from_front ? front++ : --back]);
        progress_show(&progress, merging->sum.added + merging->skipped);
    }
    progress_end(&progress);
    if (!good)
        return false;
    if (merging->skipped > 0)
        message("skipped %zu of %zu files, named above", merging->skipped,
                merging->files.count);
    if (merging->sum.added == 0)
        message("there is nothing to add up");
    return merging->sum.added > 0;
}

/* ---- Writing ---- */

static bool write_sum(const struct merging *merging, struct pyperf_profile *profile,
                      const struct pyperf_summary *rows)
{
    const struct destinations to = {
        .output_shown = merging->options->output,
        .format = merging->format,
        .quiet = merging->options->quiet,
    };
    const struct pyperf_export content = {
        .profile = profile,
        .summary = rows,
        .outcome = merging->sum.outcome_known ? &merging->sum.outcome : NULL,
    };
    struct pyperf_error error;
    if (pyperf_format_write(merging->format, &content, merging->options->output, &error) !=
        PYPERF_OK) {
        message("%s", error.message);
        return false;
    }
    if (profile)
        results_announce_profiles(&to, &profile, 1);
    else
        results_announce(&to, rows->row_count, "row");
    return true;
}

static bool write_all(struct merging *merging)
{
    struct pyperf_profile *profile = NULL;
    struct pyperf_summary *rows = NULL;
    struct pyperf_error error;
    bool done = input_sum_take(&merging->sum, &profile, &rows, &error) == PYPERF_OK;
    if (done)
        done = write_sum(merging, profile, rows);
    else
        message("%s", error.message);
    pyperf_summary_free(rows);
    pyperf_profile_free(profile);
    return done;
}

/* ---- The whole ---- */

static bool prepare(struct merging *merging)
{
    const struct merge_options *options = merging->options;
    struct pyperf_error error;
    merging->format = options->format ? pyperf_format_by_name(options->format, &error)
                                      : pyperf_format_for_path(options->output);
    if (!merging->format || output_file_check(options->output, &error) != PYPERF_OK) {
        message("%s", error.message);
        return false;
    }
    merging->trees = strcmp(pyperf_format_name(merging->format), "pstats") != 0;
    if (input_sum_begin(&merging->sum, merging->trees))
        return true;
    message("out of memory");
    return false;
}

static int merge(const struct merge_options *options)
{
    struct merging merging = {.options = options};
    struct pyperf_error error;
    int status = STATUS_USAGE;
    if (prepare(&merging)) {
        status = STATUS_FAILED;
        if (file_list_make(&merging.files, options->operands, options->operand_count,
                           options->files_from, &error) != PYPERF_OK)
            message("%s", error.message);
        else if (add_files(&merging) && write_all(&merging))
            status = STATUS_OK;
    }
    file_list_release(&merging.files);
    input_sum_release(&merging.sum);
    return status;
}

static int merge_profiles(const struct command *command, int argc, char **argv)
{
    struct merge_options options = {0};
    signal(SIGXFSZ, SIG_IGN); /* a failed write is to be an error */
    enum options_outcome outcome = merge_options_parse(command, &options, argc, argv);
    int status = outcome == OPTIONS_HELP ? STATUS_OK : STATUS_USAGE;
    if (outcome == OPTIONS_OK)
        status = merge(&options);
    free(options.operands);
    return status;
}

const struct command cmd_merge = {
    .name = "merge",
    .summary = "add profiles up",
    .usage = "-o OUTPUT FILE...",
    .run = merge_profiles,
};
