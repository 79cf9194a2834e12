/* SPDX-License-Identifier: MIT */
#include "cli/views.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text_buffer.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/page.h"
#include "cli/stream.h"
#include "formats/csv_rows.h"
#include "formats/json_profile.h"

enum { KEY_TREE = 0x600, KEY_HOT, KEY_MIN, KEY_DEPTH, KEY_FORMAT };

static const double minimum_by_default = 0.01;

static const struct argp_option options_table[] = {
    {"tree", KEY_TREE, NULL, 0, "the call tree, instead of the table of functions", 0},
    {"hot", KEY_HOT, NULL, 0,
     "the call paths that hold at least 80 % of the time, instead of the table", 0},
    {"min", KEY_MIN, "SHARE", 0,
     "leave calls out of the tree that took less of the time: 0.01, or 1%, which is the "
     "default",
     0},
    {"depth", KEY_DEPTH, "N", 0, "show N levels of the tree (all)", 0},
    {"format", KEY_FORMAT, "text|table|csv|json", 0,
     "text: the tables of pstats; table: qualified names, fitted to the terminal", 0},
    {NULL, 0, NULL, 0, NULL, 0},
};

/* ---- Options ---- */

static error_t set_depth(struct argp_state *state, struct view_options *options,
                         const char *text)
{
    char *end;
    errno = 0;
    unsigned long depth = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || errno || depth == 0 || depth > UINT32_MAX)
        return option_fail(state, "--depth: '%s' is no number of levels", text);
    options->depth = (uint32_t)depth;
    return 0;
}

static error_t set_format(struct argp_state *state, struct view_options *options,
                          const char *text)
{
    static const char *const names[] = {
        [VIEW_TEXT] = "text",
        [VIEW_TABLE] = "table",
        [VIEW_CSV] = "csv",
        [VIEW_JSON] = "json",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i], text) == 0) {
            options->format = (enum view_format)i;
            return 0;
        }
    }
    return option_fail(state, "--format: '%s' is none of text, table, csv, json", text);
}

/* What does not go together. */
static error_t check(struct argp_state *state, const struct view_options *options)
{
    bool rows = options->format == VIEW_TABLE || options->format == VIEW_CSV;
    if (rows && (options->tree || options->hot))
        return option_fail(state,
                           "--%s has no room in rows of functions; leave --format out, "
                           "or say --format json",
                           options->tree ? "tree" : "hot");
    if (options->hot && options->format == VIEW_JSON)
        return option_fail(state, "--hot is for people; --tree --format json has all paths");
    if (!options->tree && (options->minimum_given || options->depth))
        return option_fail(state, "--%s says how much of the tree to show; say --tree, too",
                           options->depth ? "depth" : "min");
    return 0;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct view_options *options = state->input;
    switch (key) {
    case KEY_TREE:
        options->tree = true;
        return 0;
    case KEY_HOT:
        options->hot = true;
        return 0;
    case KEY_MIN:
        options->minimum_given = true;
        return option_take_share(state, "--min", argument, &options->minimum);
    case KEY_DEPTH:
        return set_depth(state, options, argument);
    case KEY_FORMAT:
        return set_format(state, options, argument);
    case ARGP_KEY_END:
        return check(state, options);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp view_argp = {.options = options_table, .parser = parse};

bool views_wanted(const struct view_options *options)
{
    return options->tree || options->hot || options->format != VIEW_TEXT;
}

/* ---- Paths ---- */

struct printing {
    const struct view_options *options;
    const struct report_options *tables;
    const struct input *input;
    struct text_buffer text;
    struct pyperf_error error;
};

static enum pyperf_status add_paths(struct printing *printing, uint32_t first, uint32_t count)
{
    const struct view_options *options = printing->options;
    const struct pyperf_path_options paths = {
        .first_thread = first,
        .thread_count = count,
        .minimum = options->minimum_given ? options->minimum : minimum_by_default,
        .depth = options->depth,
        .filter = printing->tables->filter,
    };
    const struct input *input = printing->input;
    enum pyperf_status status = PYPERF_OK;
    if (options->tree)
        status = pyperf_report_tree(input->profile, input->summary, &paths, &printing->text,
                                    &printing->error);
    if (options->hot && status == PYPERF_OK)
        status = pyperf_report_hot(input->profile, input->summary, &paths, &printing->text,
                                   &printing->error);
    return status;
}

/* Of all threads together, or of each thread or process. */
static enum pyperf_status add_all_paths(struct printing *printing)
{
    const struct pyperf_profile *profile = printing->input->profile;
    enum pyperf_status status = PYPERF_OK;
    if (printing->tables->per_thread) {
        for (uint32_t i = 0; i < profile->thread_count && status == PYPERF_OK; i++) {
            status = pyperf_report_thread(profile, i, true, &printing->text, &printing->error);
            if (status == PYPERF_OK)
                status = add_paths(printing, i, 1);
        }
    } else if (printing->tables->per_process) {
        for (uint32_t i = 0; i < profile->process_count && status == PYPERF_OK; i++) {
            const struct pyperf_process *process = &profile->processes[i];
            pyperf_report_process(profile, i, &printing->text);
            status = add_paths(printing, process->first_thread, process->thread_count);
        }
    } else {
        status = add_paths(printing, 0, profile->thread_count);
    }
    return status;
}

/* ---- Rows ---- */

static enum pyperf_status add_functions(struct printing *printing,
                                        const struct pyperf_hidden *hidden)
{
    const struct input *input = printing->input;
    const struct pyperf_table_options table = report_table_options(printing->tables);
    const struct pyperf_page page = page_of_stdout();
    enum pyperf_status status = pyperf_report_functions(
        input->summary, input->profile, &table, &page, &printing->text, &printing->error);
    pyperf_report_hidden(hidden, input->summary, &printing->text);
    return status;
}

static enum pyperf_status print_json(struct printing *printing,
                                     const struct json_profile *content,
                                     struct page_output *output)
{
    struct json_writer json;
    json_writer_init(&json, page_write, output);
    if (!json_profile_write(&json, content))
        return pyperf_error_set(&printing->error, PYPERF_NO_MEMORY, "no memory for the report");
    json_writer_finish(&json);
    return PYPERF_OK;
}

/* What is not for people, and is printed as it comes. */
static enum pyperf_status print_data(struct printing *printing,
                                     const struct pyperf_hidden *hidden,
                                     const char *const *files, size_t file_count,
                                     struct page_output *output)
{
    const struct pyperf_table_options table = report_table_options(printing->tables);
    const struct input *input = printing->input;
    uint32_t *rows = NULL;
    uint32_t row_count;
    enum pyperf_status status =
        pyperf_report_rows(input->summary, &table, &rows, &row_count, &printing->error);
    if (status == PYPERF_OK && printing->options->format == VIEW_CSV) {
        const struct csv_rows content = {
            .profile = input->profile,
            .summary = input->summary,
            .rows = rows,
            .row_count = row_count,
        };
        status = csv_rows_write(&content, page_write, output, &printing->error);
    } else if (status == PYPERF_OK) {
        const struct json_profile content = {
            .creator = "pyperf " PYPERF_VERSION,
            .files = files,
            .file_count = file_count,
            .profile = input->profile,
            .summary = input->summary,
            .rows = rows,
            .row_count = row_count,
            .hidden = *hidden,
            .tree = printing->options->tree,
        };
        status = print_json(printing, &content, output);
    }
    free(rows);
    return status;
}

/* ---- All ---- */

static void refuse_sums(const char *option, const char *const *files, size_t file_count)
{
    if (file_count == 1)
        message("%s holds sums over functions, not the call tree that %s needs; recordings and "
                "files in pyperf's own format hold it",
                files[0], option);
    else
        message("not all of the profiles hold the call tree that %s needs, so they were added "
                "up by function; recordings and files in pyperf's own format hold it",
                option);
}

/* Whether the input has what is asked for. */
static bool check_input(const struct printing *printing, const char *const *files,
                        size_t file_count)
{
    const struct report_options *tables = printing->tables;
    const struct view_options *options = printing->options;
    const char *option = options->tree         ? "--tree"
                         : options->hot        ? "--hot"
                         : tables->per_thread  ? "--per-thread"
                         : tables->per_process ? "--per-process"
                                               : NULL;
    if (option && !printing->input->profile) {
        refuse_sums(option, files, file_count);
        return false;
    }
    if (options->format != VIEW_TEXT && (tables->per_thread || tables->per_process)) {
        message("--per-thread and --per-process print text only; in JSON, --tree says whose "
                "each call is");
        return false;
    }
    return true;
}

int views_print(const struct view_options *options, const struct report_options *tables,
                const struct input *input, const char *const *files, size_t file_count)
{
    struct printing printing = {.options = options, .tables = tables, .input = input};
    struct pyperf_hidden hidden = {.functions = 0};
    struct page_output output = {.failure = 0};
    if (!check_input(&printing, files, file_count))
        return STATUS_FAILED;
    bool rows = options->format != VIEW_TEXT;
    enum pyperf_status status = PYPERF_OK;
    if (rows && tables->filter)
        status = pyperf_summary_filter(input->summary, input->profile, tables->filter, &hidden,
                                       &printing.error);
    if (status == PYPERF_OK && !rows)
        status = add_all_paths(&printing);
    else if (status == PYPERF_OK && options->format == VIEW_TABLE)
        status = add_functions(&printing, &hidden);
    else if (status == PYPERF_OK)
        status = print_data(&printing, &hidden, files, file_count, &output);
    if (status == PYPERF_OK)
        page_write(&output, text_buffer_text(&printing.text), printing.text.length);
    else
        message("cannot compose the report: %s", printing.error.message);
    text_buffer_release(&printing.text);
    return status == PYPERF_OK && page_end(&output) ? STATUS_OK : STATUS_FAILED;
}
