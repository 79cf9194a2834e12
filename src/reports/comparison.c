/* What changed between two groups of profiles, for people.
 *
 * SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <pyperf/reports.h>

#include "analysis/comparison_order.h"
#include "analysis/row_details.h"
#include "base/text_buffer.h"
#include "reports/columns.h"
#include "reports/figures.h"
#include "reports/numbers.h"

/* Narrower than that, what was before is left out: it is the difference that counts. */
enum { ROOMY_PAGE = 120, PATH_NAMES = 6 };

struct report {
    const struct pyperf_comparison *comparison;
    const struct pyperf_comparison_view *view;
    const struct pyperf_page *page;
    struct text_buffer *text;
    struct text_buffer cell;
};

static bool is_roomy(const struct report *report)
{
    return report->page->width == 0 || report->page->width >= ROOMY_PAGE;
}

/* ---- Cells ---- */

static void add_cell(struct report *report, struct columns *columns)
{
    columns->failed = columns->failed || report->cell.failed;
    columns_add(columns, text_buffer_text(&report->cell));
    text_buffer_clear(&report->cell);
}

static void add_values(struct report *report, struct columns *columns,
                       enum pyperf_metric metric, const struct pyperf_figures *figures)
{
    if (is_roomy(report) && figures->before != figures->after) {
        figure_value(&report->cell, metric, figures->before);
        text_buffer_add(&report->cell, " \xE2\x86\x92 "); /* an arrow */
    }
    figure_value(&report->cell, metric, figures->after);
    add_cell(report, columns);
}

/* Red where it got worse. */
static void colour(struct columns *columns, const struct pyperf_figures *figures)
{
    if (figures->after > figures->before)
        columns_colour(columns, "red");
    else if (figures->after < figures->before)
        columns_colour(columns, "green");
}

static void add_difference(struct report *report, struct columns *columns,
                           enum pyperf_metric metric, const struct pyperf_figures *figures)
{
    figure_difference(&report->cell, metric, figures);
    add_cell(report, columns);
    colour(columns, figures);
}

static void add_ratio(struct report *report, struct columns *columns,
                      enum pyperf_presence presence, const struct pyperf_figures *figures)
{
    if (presence == PYPERF_NEW)
        text_buffer_add(&report->cell, "new");
    else if (presence == PYPERF_GONE)
        text_buffer_add(&report->cell, "gone");
    else
        figure_ratio(&report->cell, figures);
    add_cell(report, columns);
}

static void add_figures(struct report *report, struct columns *columns,
                        enum pyperf_presence presence, const struct pyperf_figures *figures)
{
    add_values(report, columns, PYPERF_METRIC_CALLS, &figures[PYPERF_METRIC_CALLS]);
    for (int i = PYPERF_METRIC_SELF; i <= PYPERF_METRIC_CUMULATIVE; i++) {
        enum pyperf_metric metric = (enum pyperf_metric)i;
        add_values(report, columns, metric, &figures[metric]);
        add_difference(report, columns, metric, &figures[metric]);
        add_ratio(report, columns, presence, &figures[metric]);
    }
}

/* ---- Totals ---- */

static void add_totals(struct report *report)
{
    static const char *const names[] = {"calls", "time"};
    struct text_buffer *text = report->text;
    for (int i = 0; i <= PYPERF_METRIC_SELF; i++) {
        enum pyperf_metric metric = (enum pyperf_metric)i;
        const struct pyperf_figures *figures = &report->comparison->totals[metric];
        text_buffer_printf(text, "%s  ", names[i]);
        figure_value(text, metric, figures->before);
        text_buffer_add(text, " \xE2\x86\x92 ");
        figure_value(text, metric, figures->after);
        text_buffer_add(text, "  ");
        figure_difference(text, metric, figures);
        text_buffer_add(text, "  ");
        figure_percent(text, figures);
        text_buffer_add(text, "\n");
    }
}

static void add_names(struct report *report, const char *const names[2])
{
    text_buffer_add(report->text, "Before: ");
    pyperf_report_escape(report->text, names[PYPERF_BEFORE]);
    text_buffer_add(report->text, "\nAfter:  ");
    pyperf_report_escape(report->text, names[PYPERF_AFTER]);
    text_buffer_add(report->text, "\n\n");
}

/* ---- Functions ---- */

static const char *name_of(const struct pyperf_compared_function *function)
{
    return function->qualified_name ? function->qualified_name : function->name;
}

/* Built-ins as they are written in programs. */
static void add_short_name(struct text_buffer *text,
                           const struct pyperf_compared_function *function)
{
    char dotted[600];
    bool short_form =
        function->builtin && builtin_dotted_name(function->name, dotted, sizeof dotted);
    text_buffer_add(text, short_form ? dotted : name_of(function));
}

static void add_function(struct report *report, struct columns *columns, uint32_t index)
{
    const struct pyperf_compared_function *function = &report->comparison->functions[index];
    int side = function->file[PYPERF_AFTER] ? PYPERF_AFTER : PYPERF_BEFORE;
    columns_begin_row(columns);
    add_figures(report, columns, function->presence, function->figures);
    add_short_name(&report->cell, function);
    add_cell(report, columns);
    if (!function->builtin) {
        const char *slash = strrchr(function->file[side], '/');
        text_buffer_printf(&report->cell, "%s:%d", slash ? slash + 1 : function->file[side],
                           (int)pyperf_signed_line(function->line[side]));
    }
    add_cell(report, columns);
}

/* What is beyond the limit, so that nothing seems to be all. */
static void add_remainder(struct report *report, const struct comparison_rows *rows)
{
    struct pyperf_figures rest = {.before = 0};
    if (rows->count == rows->total)
        return;
    for (uint32_t i = rows->count; i < rows->total; i++) {
        const struct pyperf_compared_function *function =
            &report->comparison->functions[rows->indexes[i]];
        rest.before += function->figures[PYPERF_METRIC_SELF].before;
        rest.after += function->figures[PYPERF_METRIC_SELF].after;
    }
    text_buffer_printf(report->text, "and %" PRIu32 " more with self times of ",
                       rows->total - rows->count);
    figure_seconds(report->text, rest.before);
    text_buffer_add(report->text, " \xE2\x86\x92 ");
    figure_seconds(report->text, rest.after);
    text_buffer_add(report->text, " (-n shows more)\n");
}

static const struct column figure_columns[] = {
    {"CALLS", COLUMN_NUMBERS}, {"SELF", COLUMN_NUMBERS},       {"+/-", COLUMN_NUMBERS},
    {"RATIO", COLUMN_NUMBERS}, {"CUMULATIVE", COLUMN_NUMBERS}, {"+/-", COLUMN_NUMBERS},
    {"RATIO", COLUMN_NUMBERS}, {"FUNCTION", COLUMN_TEXTS},     {"WHERE", COLUMN_OPTIONAL},
};

static bool add_functions(struct report *report)
{
    struct comparison_rows rows;
    struct columns columns;
    if (!comparison_order_functions(report->comparison, report->view, true, &rows))
        return false;
    if (rows.total == 0) {
        text_buffer_add(report->text, "\nNo function differs.\n");
        free(rows.indexes);
        return true;
    }
    text_buffer_add(report->text, "\nFunctions that changed");
    text_buffer_printf(report->text, " (%" PRIu32 " of %" PRIu32 ")\n\n", rows.count,
                       rows.total);
    columns_init(&columns, figure_columns, sizeof figure_columns / sizeof *figure_columns,
                 report->page);
    for (uint32_t i = 0; i < rows.count; i++)
        add_function(report, &columns, rows.indexes[i]);
    bool done = rows.count == 0 || columns_print(&columns, report->text);
    columns_release(&columns);
    add_remainder(report, &rows);
    free(rows.indexes);
    return done;
}

/* ---- Paths ---- */

/* The innermost functions of a path, outermost first. */
static void add_path_names(struct report *report, uint32_t index)
{
    const struct pyperf_comparison *comparison = report->comparison;
    uint32_t functions[PATH_NAMES];
    unsigned count = 0;
    while (comparison->paths[index].parent != PYPERF_NO_INDEX && count < PATH_NAMES) {
        functions[count++] = comparison->paths[index].function;
        index = comparison->paths[index].parent;
    }
    if (comparison->paths[index].parent != PYPERF_NO_INDEX)
        text_buffer_add(&report->cell, "... > ");
    while (count-- > 0) {
        add_short_name(&report->cell, &comparison->functions[functions[count]]);
        text_buffer_add(&report->cell, count > 0 ? " > " : "");
    }
}

static bool add_paths(struct report *report)
{
    static const struct column last = {"PATH", COLUMN_TEXTS};
    struct comparison_rows rows;
    struct columns columns;
    enum { FIGURES = 7 };
    struct column list[FIGURES + 1];
    if (!report->comparison->paths)
        return true;
    if (!comparison_order_paths(report->comparison, report->view, true, &rows))
        return false;
    if (rows.count > 0) {
        memcpy(list, figure_columns, FIGURES * sizeof *list);
        list[4].heading = "INCLUSIVE";
        list[FIGURES] = last;
        text_buffer_printf(report->text,
                           "\nCall paths that changed (%" PRIu32 " of %" PRIu32 ")\n\n",
                           rows.count, rows.total);
        columns_init(&columns, list, FIGURES + 1, report->page);
        for (uint32_t i = 0; i < rows.count; i++) {
            const struct pyperf_compared_path *path =
                &report->comparison->paths[rows.indexes[i]];
            columns_begin_row(&columns);
            add_figures(report, &columns, path->presence, path->figures);
            add_path_names(report, rows.indexes[i]);
            add_cell(report, &columns);
        }
        columns.failed = !columns_print(&columns, report->text);
        columns_release(&columns);
    }
    bool done = rows.count == 0 || !columns.failed;
    free(rows.indexes);
    return done;
}

/* ---- The whole ---- */

static void add_verdict(struct report *report)
{
    const struct pyperf_comparison *comparison = report->comparison;
    const struct pyperf_figures *time = &comparison->totals[PYPERF_METRIC_SELF];
    struct text_buffer *text = report->text;
    text_buffer_add(text, "\n");
    switch (comparison->verdict) {
    case PYPERF_VERDICT_UNKNOWN:
        text_buffer_add(text,
                        "With five or more profiles on each side there would be a verdict "
                        "and intervals.\n");
        return;
    case PYPERF_VERDICT_SAME:
        text_buffer_add(text, "No difference was found: time ");
        break;
    case PYPERF_VERDICT_SLOWER:
        text_buffer_add(text, "Slower: time ");
        break;
    case PYPERF_VERDICT_FASTER:
        text_buffer_add(text, "Faster: time ");
        break;
    }
    figure_percent(text, time);
    text_buffer_printf(text, " (median of %zu against %zu profiles, with 95 %% interval)\n",
                       comparison->profiles[PYPERF_AFTER], comparison->profiles[PYPERF_BEFORE]);
}

enum pyperf_status pyperf_report_comparison(const struct pyperf_comparison *comparison,
                                            const struct pyperf_comparison_view *view,
                                            const char *const names[2],
                                            const struct pyperf_page *page,
                                            struct text_buffer *text,
                                            struct pyperf_error *error)
{
    struct report report = {.comparison = comparison, .view = view, .page = page, .text = text};
    add_names(&report, names);
    add_totals(&report);
    bool done = add_functions(&report) && add_paths(&report);
    if (done)
        add_verdict(&report);
    text_buffer_release(&report.cell);
    if (done && !text->failed)
        return PYPERF_OK;
    return pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory for the report");
}

void pyperf_report_condition(const struct pyperf_condition *condition,
                             const struct pyperf_condition_result *result,
                             const struct pyperf_comparison *comparison,
                             struct text_buffer *text)
{
    enum pyperf_metric metric = pyperf_condition_metric(condition);
    text_buffer_add(text, result->holds ? "FAILED: " : "passed: ");
    pyperf_report_escape(text, pyperf_condition_text(condition));
    text_buffer_add(text, "\n");
    for (uint32_t i = 0; i < result->count; i++) {
        const struct pyperf_condition_match *match = &result->matches[i];
        /* Of those that do not hold, only the first: how near it came. */
        if (!match->holds && i > 0)
            break;
        text_buffer_add(text, "    ");
        pyperf_report_escape(text, match->function == PYPERF_NO_INDEX
                                       ? "all"
                                       : name_of(&comparison->functions[match->function]));
        text_buffer_add(text, ": ");
        figure_value(text, metric, match->figures.before);
        text_buffer_add(text, " \xE2\x86\x92 ");
        figure_value(text, metric, match->figures.after);
        text_buffer_add(text, ", ");
        figure_difference(text, metric, &match->figures);
        text_buffer_add(text, ", ");
        figure_percent(text, &match->figures);
        text_buffer_add(text, "\n");
    }
}
