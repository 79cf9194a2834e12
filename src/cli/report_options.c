/* SPDX-License-Identifier: MIT */
#include "cli/report_options.h"

#include <errno.h>
#include <string.h>

#include "cli/options.h"

enum { KEY_CALLERS = 0x100, KEY_CALLEES, KEY_SPREAD, KEY_PER_THREAD, KEY_PER_PROCESS };

static const struct argp_option options_table[] = {
    {"sort", 's', "KEY[,KEY]", 0,
     "calls, cumulative (the default), file, line, module, name, nfl, pcalls, stdname, time; "
     "none: as they come",
     0},
    {"reverse", 'r', NULL, 0, "sort in ascending order", 0},
    {"limit", 'n', "N|FRACTION|REGEX", 0,
     "show N rows, a fraction of them, or those that match; repeatable, applied in order", 0},
    {"callers", KEY_CALLERS, "REGEX", OPTION_ARG_OPTIONAL,
     "also who called the functions that match (all that -n leaves)", 0},
    {"callees", KEY_CALLEES, "REGEX", OPTION_ARG_OPTIONAL,
     "also what the functions that match called (all that -n leaves)", 0},
    {"spread", KEY_SPREAD, "REGEX", OPTION_ARG_OPTIONAL,
     "also how long their single calls took: median, 95th percentile, longest", 0},
    {"per-thread", KEY_PER_THREAD, NULL, 0,
     "tables for each thread, with what it used, instead of for all together", 0},
    {"per-process", KEY_PER_PROCESS, NULL, 0, "tables for each process, likewise", 0},
    {NULL, 0, NULL, 0, NULL, 0},
};

static enum pyperf_status add_restriction(struct pyperf_selection **selection, const char *text,
                                          bool pattern, struct pyperf_error *error)
{
    if (!*selection)
        *selection = pyperf_selection_create();
    if (!*selection)
        return pyperf_error_set(error, PYPERF_NO_MEMORY, "out of memory");
    return pattern ? pyperf_selection_add_pattern(*selection, text, error)
                   : pyperf_selection_add(*selection, text, error);
}

static enum pyperf_status request(struct table_request *table, const char *pattern,
                                  struct pyperf_error *error)
{
    table->wanted = true;
    return pattern ? add_restriction(&table->selection, pattern, true, error) : PYPERF_OK;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct report_options *options = state->input;
    struct pyperf_error error;
    switch (key) {
    case 's':
        options->unsorted = strcmp(argument, "none") == 0;
        if (options->unsorted) {
            options->sort.count = 0;
            return 0;
        }
        if (pyperf_sort_parse(&options->sort, argument, &error) != PYPERF_OK)
            return option_fail(state, "--sort: %s", error.message);
        return 0;
    case 'r':
        options->reverse = true;
        return 0;
    case 'n':
        if (add_restriction(&options->selection, argument, false, &error) != PYPERF_OK)
            return option_fail(state, "--limit: %s", error.message);
        return 0;
    case KEY_CALLERS:
        if (request(&options->callers, argument, &error) != PYPERF_OK)
            return option_fail(state, "--callers: %s", error.message);
        return 0;
    case KEY_CALLEES:
        if (request(&options->callees, argument, &error) != PYPERF_OK)
            return option_fail(state, "--callees: %s", error.message);
        return 0;
    case KEY_SPREAD:
        if (request(&options->spread, argument, &error) != PYPERF_OK)
            return option_fail(state, "--spread: %s", error.message);
        return 0;
    case KEY_PER_THREAD:
        options->per_thread = true;
        return 0;
    case KEY_PER_PROCESS:
        options->per_process = true;
        return 0;
    case ARGP_KEY_END:
        if (options->per_thread && options->per_process)
            return option_fail(state, "--per-thread and --per-process exclude each other");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp report_argp = {.options = options_table, .parser = parse};

void report_options_release(struct report_options *options)
{
    pyperf_selection_free(options->selection);
    pyperf_selection_free(options->callers.selection);
    pyperf_selection_free(options->callees.selection);
    pyperf_selection_free(options->spread.selection);
    pyperf_row_filter_free(options->filter);
}

typedef enum pyperf_status table_function(const struct pyperf_summary *,
                                          const struct pyperf_table_options *,
                                          struct text_buffer *, struct pyperf_error *);

struct table_kind {
    const struct table_request *request;
    table_function *print;
};

/* The tables of one summary, as far as they were asked for. */
static enum pyperf_status add_tables(const struct report_options *options,
                                     const struct table_kind *kinds, size_t count,
                                     const struct pyperf_summary *summary,
                                     struct pyperf_table_options *table,
                                     struct text_buffer *text, struct pyperf_error *error)
{
    enum pyperf_status status = PYPERF_OK;
    for (size_t i = 0; i < count && status == PYPERF_OK; i++) {
        if (!kinds[i].request->wanted)
            continue;
        table->selection = kinds[i].request->selection;
        if (!table->selection)
            table->selection = options->selection;
        status = kinds[i].print(summary, table, text, error);
    }
    return status;
}

/* The tables of a thread or process. */
static enum pyperf_status add_part(const struct report_options *options,
                                   const struct table_kind *kinds, size_t count,
                                   const struct pyperf_profile *profile,
                                   struct pyperf_summary *summary,
                                   struct pyperf_table_options *table, struct text_buffer *text,
                                   struct pyperf_error *error)
{
    enum pyperf_status status = PYPERF_OK;
    struct pyperf_hidden hidden = {.functions = 0};
    if (options->filter)
        status = pyperf_summary_filter(summary, profile, options->filter, &hidden, error);
    if (status == PYPERF_OK && options->strip_directories)
        status = pyperf_summary_strip_directories(summary, error);
    if (status == PYPERF_OK)
        status = add_tables(options, kinds, count, summary, table, text, error);
    if (status == PYPERF_OK)
        pyperf_report_hidden(&hidden, summary, text);
    return status;
}

/* What the tables of a profile can be divided by. */
struct division {
    const char *parts;
    const char *option;
    enum pyperf_status (*sum_up)(const struct pyperf_profile *, struct pyperf_summary ***,
                                 struct pyperf_error *);
    uint32_t (*count)(const struct pyperf_profile *);
    enum pyperf_status (*introduce)(const struct pyperf_profile *, uint32_t index, bool escape,
                                    struct text_buffer *, struct pyperf_error *);
};

static uint32_t count_threads(const struct pyperf_profile *profile)
{
    return profile->thread_count;
}

static uint32_t count_processes(const struct pyperf_profile *profile)
{
    return profile->process_count;
}

static enum pyperf_status introduce_process(const struct pyperf_profile *profile,
                                            uint32_t index, bool escape,
                                            struct text_buffer *text,
                                            struct pyperf_error *error)
{
    (void)escape, (void)error;
    pyperf_report_process(profile, index, text);
    return PYPERF_OK;
}

static const struct division by_thread = {"threads", "--per-thread", pyperf_summary_create_each,
                                          count_threads, pyperf_report_thread};
static const struct division by_process = {"processes", "--per-process",
                                           pyperf_summary_create_processes, count_processes,
                                           introduce_process};

static enum pyperf_status add_parts(const struct report_options *options,
                                    const struct division *division,
                                    const struct table_kind *kinds, size_t count,
                                    const struct pyperf_profile *profile,
                                    struct pyperf_table_options *table,
                                    struct text_buffer *text, struct pyperf_error *error)
{
    struct pyperf_summary **summaries;
    if (!profile)
        return pyperf_error_set(error, PYPERF_UNSUPPORTED,
                                "%s are not known of pstats files, nor of sums with such files "
                                "in them (%s)",
                                division->parts, division->option);
    enum pyperf_status status = division->sum_up(profile, &summaries, error);
    if (status != PYPERF_OK)
        return status;
    if (table->heading) /* above all tables, once */
        pyperf_report_heading(text, table->heading, table->escape_controls);
    table->heading = NULL;
    uint32_t part_count = division->count(profile);
    for (uint32_t i = 0; i < part_count && status == PYPERF_OK; i++) {
        status = division->introduce(profile, i, table->escape_controls, text, error);
        if (status == PYPERF_OK)
            status = add_part(options, kinds, count, profile, summaries[i], table, text, error);
    }
    pyperf_summary_free_each(summaries, part_count);
    return status;
}

struct pyperf_table_options report_table_options(const struct report_options *options)
{
    struct pyperf_table_options table = {
        .sort = options->sort,
        .reverse = options->reverse,
        .selection = options->selection,
    };
    if (table.sort.count == 0 && !options->unsorted)
        table.sort = (struct pyperf_sort){.keys = {PYPERF_SORT_CUMULATIVE}, .count = 1};
    return table;
}

enum pyperf_status report_tables(const struct report_options *options,
                                 const struct pyperf_profile *profile,
                                 const struct pyperf_summary *summary, const char *heading,
                                 bool for_terminal, struct text_buffer *text,
                                 struct pyperf_error *error)
{
    static const struct table_request functions = {.wanted = true};
    const struct table_kind kinds[] = {
        {&functions, pyperf_report_stats},
        {&options->callers, pyperf_report_callers},
        {&options->callees, pyperf_report_callees},
    };
    const struct table_kind spread = {&options->spread, pyperf_report_spread};
    const size_t count = sizeof kinds / sizeof *kinds;
    struct pyperf_table_options table = report_table_options(options);
    table.heading = heading;
    table.escape_controls = for_terminal;
    const struct division *division = options->per_thread    ? &by_thread
                                      : options->per_process ? &by_process
                                                             : NULL;
    enum pyperf_status status =
        division ? add_parts(options, division, kinds, count, profile, &table, text, error)
                 : add_tables(options, kinds, count, summary, &table, text, error);
    if (status == PYPERF_OK)
        status = add_tables(options, &spread, 1, summary, &table, text, error);
    if (status == PYPERF_OK && options->hidden)
        pyperf_report_hidden(options->hidden, summary, text);
    return status;
}
