/* SPDX-License-Identifier: MIT */
#include "cli/line_results.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <pyperf/summary.h>

#include "base/text_buffer.h"
#include "cli/export_file.h"
#include "cli/options.h"
#include "cli/results.h"
#include "cli/stream.h"
#include "model/profile_growth.h"

enum { KEY_RICH = 0x200, KEY_STATEMENTS, KEY_CALLS };

static const struct argp_option options_table[] = {
    {"unit", 'u', "SECONDS", 0, "what times of lines are shown in (default: 1e-6)", 0},
    {"skip-zero", 'z', NULL, 0, "leave out functions that were never called", 0},
    {"rich", KEY_RICH, NULL, 0, "colour lines by the time they took, on a terminal", 0},
    {"statements", KEY_STATEMENTS, NULL, 0, "add the lines of a statement up, at its first", 0},
    {"calls", KEY_CALLS, NULL, 0, "also what each line called", 0},
    {NULL, 0, NULL, 0, NULL, 0},
};

static error_t take_unit(struct argp_state *state, struct line_report_options *options,
                         const char *text)
{
    char *end;
    errno = 0;
    double unit = strtod(text, &end);
    if (*end || end == text || errno || !isfinite(unit) || unit <= 0)
        return option_fail(
            state, "--unit: '%s' is not a number of seconds; write for example -u 1e-3", text);
    options->lines.unit = unit;
    return 0;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct line_report_options *options = state->input;
    switch (key) {
    case 'u':
        return take_unit(state, options, argument);
    case 'z':
        options->lines.skip_zero = true;
        return 0;
    case KEY_RICH:
        options->rich = true;
        return 0;
    case KEY_STATEMENTS:
        options->lines.statements = true;
        return 0;
    case KEY_CALLS:
        options->lines.calls = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp line_report_argp = {.options = options_table, .parser = parse};

/* ---- What the program asks for ---- */

static bool has_decorated(const struct pyperf_lines *lines)
{
    for (uint32_t i = 0; lines && i < lines->function_count; i++)
        if (lines->functions[i].decorated)
            return true;
    return false;
}

static void keep_decorated(struct pyperf_lines *lines)
{
    uint32_t functions = 0, kept = 0;
    for (uint32_t i = 0; i < lines->function_count; i++) {
        struct pyperf_line_function function = lines->functions[i];
        if (!function.decorated)
            continue;
        memmove(lines->lines + kept, lines->lines + function.first_line,
                function.line_count * sizeof *lines->lines);
        function.first_line = kept;
        kept += function.line_count;
        lines->functions[functions++] = function;
    }
    lines->function_count = functions;
    lines->line_count = kept;
}

void line_results_keep_decorated(struct pyperf_profile *const *profiles, size_t count)
{
    bool any = false;
    for (size_t i = 0; i < count && !any; i++)
        any = has_decorated(profiles[i]->lines);
    for (size_t i = 0; i < count && any; i++)
        if (profiles[i]->lines)
            keep_decorated(profiles[i]->lines);
}

/* ---- The report ---- */

static bool has_colours(void)
{
    const char *no_colour = getenv("NO_COLOR"), *terminal = getenv("TERM");
    return !(no_colour && *no_colour) && terminal && strcmp(terminal, "dumb") != 0;
}

static enum pyperf_status add_threads(const struct pyperf_lines_options *options,
                                      const struct pyperf_profile *profile,
                                      struct text_buffer *text, struct pyperf_error *error)
{
    enum pyperf_status status = PYPERF_OK;
    struct pyperf_lines_options each = *options;
    each.skip_zero = true; /* not every thread calls every function */
    for (each.thread = 0; each.thread < profile->thread_count && status == PYPERF_OK;
         each.thread++) {
        status =
            pyperf_report_thread(profile, each.thread, options->escape_controls, text, error);
        if (status == PYPERF_OK)
            status = pyperf_report_lines(profile, &each, text, error);
    }
    return status;
}

bool line_results_know_run(const struct pyperf_profile *profile)
{
    return profile->run.python_version != 0;
}

static enum pyperf_status compose(const struct line_report_options *options,
                                  const struct pyperf_profile *profile,
                                  const struct pyperf_outcome *outcome, bool for_terminal,
                                  struct text_buffer *text, struct pyperf_error *error)
{
    struct pyperf_lines_options lines = options->lines;
    lines.thread = PYPERF_NO_INDEX;
    lines.escape_controls = for_terminal;
    lines.colour = options->rich && for_terminal && has_colours();
    enum pyperf_status status = options->per_thread
                                    ? add_threads(&lines, profile, text, error)
                                    : pyperf_report_lines(profile, &lines, text, error);
    if (status == PYPERF_OK && line_results_know_run(profile))
        status = pyperf_report_run_facts(profile, outcome, text, error);
    if (status == PYPERF_OK && text->failed)
        status = pyperf_error_set(error, PYPERF_NO_MEMORY, "out of memory");
    return status;
}

bool line_results_report(const struct line_report_options *options,
                         const struct pyperf_profile *profile,
                         const struct pyperf_outcome *outcome, const char *report)
{
    struct text_buffer text = {0};
    struct pyperf_error error;
    bool for_terminal = strcmp(report, "-") == 0 && isatty(STDOUT_FILENO);
    enum pyperf_status status = compose(options, profile, outcome, for_terminal, &text, &error);
    if (status != PYPERF_OK)
        message("cannot compose the report: %s", error.message);
    bool done = status == PYPERF_OK && results_put_report(report, &text);
    text_buffer_release(&text);
    return done;
}

/* ---- The file ---- */

static enum pyperf_status write_file(const struct pyperf_format *format,
                                     const struct pyperf_profile *profile, const char *path,
                                     struct pyperf_error *error)
{
    struct pyperf_summary *summary;
    enum pyperf_status status = pyperf_summary_create(profile, &summary, error);
    if (status != PYPERF_OK)
        return status;
    const struct pyperf_export content = {.profile = profile, .summary = summary};
    status = export_file_write(format, &content, path, error);
    pyperf_summary_free(summary);
    return status;
}

/* Of all threads and processes a function counts once. */
static uint32_t count_functions(struct pyperf_profile *const *profiles, size_t count)
{
    struct pyperf_profile *all = pyperf_profile_create();
    struct profile_growth growth;
    if (!all)
        return 0;
    bool done = profile_growth_init(&growth, all);
    for (size_t i = 0; i < count && done; i++) {
        const struct pyperf_lines *lines = profiles[i]->lines;
        for (uint32_t j = 0; lines && j < lines->function_count && done; j++)
            done = profile_growth_function(&growth, profiles[i],
                                           lines->functions[j].function) != PYPERF_NO_INDEX;
    }
    uint32_t functions = all->function_count;
    profile_growth_release(&growth);
    pyperf_profile_free(all);
    return functions;
}

static const char *viewing_hint(const struct pyperf_format *format)
{
    if (is_page_format(format))
        return "; look at it with a browser: ";
    return strcmp(pyperf_format_name(format), "json") == 0 ? NULL
                                                           : "; look at it with: pyperf stats ";
}

void line_results_announce(const struct pyperf_format *format,
                           struct pyperf_profile *const *profiles, size_t count,
                           const char *shown)
{
    char number[16];
    const char *hint = viewing_hint(format);
    uint32_t functions = count_functions(profiles, count);
    message("wrote %s (lines of %s function%s)%s%s", shown, results_grouped(functions, number),
            functions == 1 ? "" : "s", hint ? hint : "", hint ? shown : "");
}

bool line_results_write(const struct pyperf_format *format, struct pyperf_profile *profile,
                        const char *path, const char *shown, bool quiet)
{
    struct pyperf_error error;
    if (write_file(format, profile, path, &error) != PYPERF_OK) {
        message("%s", error.message);
        return false;
    }
    if (!quiet)
        line_results_announce(format, &profile, 1, shown);
    return true;
}
