/* The call tree: every path with its inclusive and its own time, small ones put together, so
 * that what is printed below a function adds up to the function.
 *
 * SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <pyperf/reports.h>

#include "base/array.h"
#include "base/text_buffer.h"
#include "reports/paths.h"

/* Deeper levels are numbered instead of being moved ever further to the right. */
enum { GUIDES_MAX = 40 };

/* Lines below a function that are no function: what makes the sum right. */
enum rest { REST_LEFT_OUT, REST_HIDDEN, REST_FOLDED, REST_COUNT };

struct level {
    uint32_t node;
    uint32_t next;            /* index into the children: the next to be printed */
    uint32_t end;             /* where those that are printed end */
    uint32_t left_out;        /* how many are not */
    bool deepest;             /* because they are too deep; else they are too small */
    double rests[REST_COUNT]; /* seconds */
};

struct printer {
    const struct paths *paths;
    const struct pyperf_path_options *options;
    struct text_buffer *text;
    double total;
    struct level *levels;
    size_t depth; /* levels in use; the program's is 1 */
    size_t capacity;
};

/* ---- Lines ---- */

static double share(const struct printer *printer, double seconds)
{
    return printer->total > 0 ? 100 * seconds / printer->total : 0;
}

static bool has_rest(const struct level *level, enum rest from)
{
    for (enum rest rest = from; rest < REST_COUNT; rest++)
        if (level->rests[rest] > 0)
            return true;
    return false;
}

/* Is there anything left to print below a function? */
static bool has_more(const struct level *level)
{
    return level->next < level->end || has_rest(level, REST_LEFT_OUT);
}

/* The lines that lead from a function to those below it; `below`: how many levels there are
 * above the line, `last`: nothing follows it on its level. */
static void add_guides(struct printer *printer, size_t below, bool last)
{
    size_t shown = below < GUIDES_MAX ? below : GUIDES_MAX;
    for (size_t i = 0; i + 1 < shown; i++)
        text_buffer_add(printer->text,
                        has_more(&printer->levels[i]) ? "\xE2\x94\x82  " : "   ");
    if (below > 0)
        text_buffer_add(printer->text,
                        last ? "\xE2\x94\x94\xE2\x94\x80 " : "\xE2\x94\x9C\xE2\x94\x80 ");
    if (below > GUIDES_MAX)
        text_buffer_printf(printer->text, "(level %zu) ", below);
}

static void add_figures(struct printer *printer, uint32_t node)
{
    const struct path_figures *figures = paths_figures(printer->paths, node);
    char calls[64] = "";
    if (figures->resumes > 0)
        snprintf(calls, sizeof calls, "%" PRIu64 "+%" PRIu64, figures->calls, figures->resumes);
    else if (node > 0)
        snprintf(calls, sizeof calls, "%" PRIu64, figures->calls);
    text_buffer_printf(printer->text, "%11.3f %5.1f %% %9.3f %11s  ", figures->inclusive,
                       share(printer, figures->inclusive), figures->self, calls);
}

static void add_node(struct printer *printer, uint32_t node, bool last)
{
    add_figures(printer, node);
    add_guides(printer, printer->depth, last);
    paths_add_name_and_place(printer->paths, node, printer->text);
    text_buffer_add(printer->text, "\n");
}

static void add_rests(struct printer *printer, const struct level *level)
{
    for (enum rest rest = REST_LEFT_OUT; rest < REST_COUNT; rest++) {
        if (!(level->rests[rest] > 0))
            continue;
        text_buffer_printf(printer->text, "%11.3f %5.1f %% %9s %11s  ", level->rests[rest],
                           share(printer, level->rests[rest]), "", "");
        add_guides(printer, printer->depth, !has_rest(level, rest + 1));
        if (rest == REST_LEFT_OUT)
            text_buffer_printf(printer->text, "[%" PRIu32 " %s]\n", level->left_out,
                               level->deepest ? "deeper" : "smaller");
        else
            text_buffer_add(printer->text, rest == REST_HIDDEN
                                               ? "[hidden by --select or --exclude]\n"
                                               : "[folded: beyond --max-nodes]\n");
    }
}

/* ---- The walk ---- */

/* What there is to print below a function. */
static struct level level_of(const struct printer *printer, uint32_t node)
{
    const struct paths *paths = printer->paths;
    const struct path_figures *figures = paths_figures(paths, node);
    uint32_t depth = printer->options->depth;
    uint32_t last = paths->first_child[node + 1];
    double least = printer->options->minimum * printer->total;
    struct level level = {
        .node = node,
        .next = paths->first_child[node],
        .end = paths->first_child[node],
        .deepest = depth > 0 && printer->depth >= depth,
        .rests = {[REST_HIDDEN] = figures->hidden, [REST_FOLDED] = figures->folded},
    };
    while (!level.deepest && level.end < last &&
           paths_figures(paths, paths->children[level.end])->inclusive >= least)
        level.end++;
    level.left_out = last - level.end;
    for (uint32_t i = level.end; i < last; i++)
        level.rests[REST_LEFT_OUT] += paths_figures(paths, paths->children[i])->inclusive;
    return level;
}

/* Goes down to a node that was printed. False: no memory. */
static bool descend(struct printer *printer, uint32_t node)
{
    if (!array_reserve((void **)&printer->levels, &printer->capacity, printer->depth + 1,
                       sizeof *printer->levels))
        return false;
    printer->levels[printer->depth] = level_of(printer, node);
    printer->depth++;
    return true;
}

static bool print(struct printer *printer)
{
    add_node(printer, 0, true);
    if (!descend(printer, 0))
        return false;
    while (printer->depth > 0) {
        struct level *level = &printer->levels[printer->depth - 1];
        if (level->next == level->end) {
            add_rests(printer, level);
            printer->depth--;
            continue;
        }
        uint32_t node = printer->paths->children[level->next++];
        add_node(printer, node, !has_more(level));
        if (!descend(printer, node))
            return false;
    }
    return true;
}

enum pyperf_status pyperf_report_tree(const struct pyperf_profile *profile,
                                      const struct pyperf_summary *summary,
                                      const struct pyperf_path_options *options,
                                      struct text_buffer *text, struct pyperf_error *error)
{
    struct paths paths;
    enum pyperf_status status = paths_init(&paths, profile, summary, options, error);
    if (status == PYPERF_OK) {
        struct printer printer = {.paths = &paths, .options = options, .text = text};
        printer.total = paths_figures(&paths, 0)->inclusive;
        text_buffer_printf(text,
                           "   Call tree, calls of at least %g %% of %.3f seconds\n\n"
                           "  inclusive       %%      self       calls  function\n",
                           options->minimum * 100, printer.total);
        bool done = print(&printer);
        text_buffer_add(text, "\n\n");
        free(printer.levels);
        if (!done || text->failed)
            status = pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory for the report");
    }
    paths_release(&paths);
    return status;
}
