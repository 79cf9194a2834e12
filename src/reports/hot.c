/* The call paths in which the time went by: the heaviest ones, by their own time.
 *
 * SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <pyperf/reports.h>

#include "base/text_buffer.h"
#include "reports/paths.h"

enum {
    ENDS_SHOWN = 2,  /* of a long path: functions at its beginning, */
    TAILS_SHOWN = 6, /* and at its end */
};

/* So much of the time is in the paths that are listed, at least. */
static const double held = 0.8;

static int compare_own_times(const void *left, const void *right, void *context)
{
    const struct paths *paths = context;
    uint32_t a = *(const uint32_t *)left;
    uint32_t b = *(const uint32_t *)right;
    double of_a = paths_figures(paths, a)->self;
    double of_b = paths_figures(paths, b)->self;
    if (of_a != of_b)
        return of_a > of_b ? -1 : 1;
    return a < b ? -1 : a > b;
}

/* A path of functions with numbers of nodes in `path`, which has room for all of a path. */
static void add_path(const struct paths *paths, uint32_t node, uint32_t *path,
                     struct text_buffer *text)
{
    uint32_t length = 0;
    for (uint32_t at = node; at != PYPERF_NO_INDEX; at = paths->tree.nodes[at].parent)
        path[length++] = at;
    bool cut = length > ENDS_SHOWN + TAILS_SHOWN + 1;
    for (uint32_t i = 0; i < length; i++) {
        if (cut && i == ENDS_SHOWN) {
            uint32_t skipped = length - ENDS_SHOWN - TAILS_SHOWN;
            text_buffer_printf(text, "(%" PRIu32 " more) > ", skipped);
            i += skipped;
        }
        uint32_t at = path[length - 1 - i];
        if (i + 1 < length) {
            paths_add_name(paths, at, text);
            text_buffer_add(text, " > ");
        } else {
            paths_add_name_and_place(paths, at, text);
        }
    }
}

static void add_calls(const struct path_figures *figures, struct text_buffer *text)
{
    char calls[64];
    if (figures->resumes > 0)
        snprintf(calls, sizeof calls, "%" PRIu64 "+%" PRIu64, figures->calls, figures->resumes);
    else
        snprintf(calls, sizeof calls, "%" PRIu64, figures->calls);
    text_buffer_printf(text, " %11s  ", calls);
}

/* Those that the heaviest paths leave over of the total time. */
static void add_rest(const struct paths *paths, const uint32_t *order, uint32_t from,
                     double listed, double total, struct text_buffer *text)
{
    uint32_t others = 0;
    for (uint32_t i = from; i < paths->tree.count; i++)
        others += paths_figures(paths, order[i])->self > 0;
    double rest = total - listed;
    if (others > 0)
        text_buffer_printf(text, "%9.3f %5.1f %%  in %" PRIu32 " other paths\n", rest,
                           100 * rest / total, others);
}

static void add_table(const struct paths *paths, const uint32_t *order, uint32_t *path,
                      double all, struct text_buffer *text)
{
    double total = 0;
    double listed = 0;
    for (uint32_t i = 0; i < paths->tree.count; i++)
        total += paths_figures(paths, i)->self;
    text_buffer_printf(text,
                       "   Hottest paths, which hold %.0f %% of %.3f seconds of own time\n\n"
                       "     self       %%   so far       calls  path\n",
                       held * 100, total);
    uint32_t i = 0;
    for (; i < paths->tree.count && total > 0 && listed < held * total; i++) {
        const struct path_figures *figures = paths_figures(paths, order[i]);
        listed += figures->self;
        text_buffer_printf(text, "%9.3f %5.1f %% %6.1f %%", figures->self,
                           100 * figures->self / total, 100 * listed / total);
        add_calls(figures, text);
        add_path(paths, order[i], path, text);
        text_buffer_add(text, "\n");
    }
    if (total > 0)
        add_rest(paths, order, i, listed, total, text);
    if (all - total > 0.0005)
        text_buffer_printf(text, "%9.3f seconds are in functions that are hidden or folded\n",
                           all - total);
    text_buffer_add(text, "\n\n");
}

enum pyperf_status pyperf_report_hot(const struct pyperf_profile *profile,
                                     const struct pyperf_summary *summary,
                                     const struct pyperf_path_options *options,
                                     struct text_buffer *text, struct pyperf_error *error)
{
    struct paths paths;
    enum pyperf_status status = paths_init(&paths, profile, summary, options, error);
    if (status == PYPERF_OK) {
        uint32_t *order = malloc(((size_t)paths.tree.count + 1) * sizeof *order);
        uint32_t *path = malloc(((size_t)paths.tree.count + 1) * sizeof *path);
        for (uint32_t i = 0; order && i < paths.tree.count; i++)
            order[i] = i;
        if (order && path) {
            qsort_r(order, paths.tree.count, sizeof *order, compare_own_times, &paths);
            add_table(&paths, order, path, paths_figures(&paths, 0)->inclusive, text);
        }
        if (!order || !path || text->failed)
            status = pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory for the report");
        free(order);
        free(path);
    }
    paths_release(&paths);
    return status;
}
