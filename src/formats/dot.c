/* A directed graph in Graphviz's language: functions, and arrows from callers to callees. What
 * takes less than half a percent of the time is left out, and arrows of less than a tenth, as
 * gprof2dot does it.
 *
 * SPDX-License-Identifier: MIT */
#include "formats/dot.h"

#include <inttypes.h>

#include "base/visible_text.h"
#include "formats/markup.h"
#include "formats/rows.h"

static const double LEAST_SHARE = 0.005;
static const double LEAST_SHARE_OF_ARROWS = 0.2; /* of the above */

struct dot {
    struct output_file *file;
    const struct rows *rows;
    double total; /* seconds */
    double least; /* seconds */
};

/* Inside of a quoted string. Backslashes are doubled: Graphviz knows escapes of its own. */
static void put_text(struct dot *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            output_file_add(out->file, "\\");
        output_file_write(out->file, text, 1);
    }
}

static double share(const struct dot *out, double seconds)
{
    return out->total > 0 ? seconds / out->total : 0;
}

/* From blue for next to nothing to red for everything. */
static void put_colour(struct dot *out, const char *name, double part)
{
    double warm = part < 0 ? 0 : part > 1 ? 1 : part;
    output_file_printf(out->file, "%s=\"%.3f 0.75 0.75\"", name, 0.66 * (1 - warm));
}

static bool drawn(const struct dot *out, const struct pyperf_summary_row *row)
{
    return row->cumulative >= out->least;
}

static void put_function(struct dot *out, uint32_t index)
{
    const struct pyperf_summary_row *row = &out->rows->summary->rows[index];
    char self[SHOWN_TIME_SIZE], cumulative[SHOWN_TIME_SIZE];
    show_time(self, row->self * 1e9);
    show_time(cumulative, row->cumulative * 1e9);
    output_file_printf(out->file, "    f%" PRIu32 " [label=\"", index);
    put_text(out, out->rows->frames.frames[index].title);
    output_file_printf(out->file,
                       "\\n%s (%.2f%%)\\n%s of its own (%.2f%%)\\n%" PRIu64 "\xC3\x97\", ",
                       cumulative, 100 * share(out, row->cumulative), self,
                       100 * share(out, row->self), row->calls);
    put_colour(out, "fillcolor", share(out, row->cumulative));
    output_file_printf(out->file,
                       ", self_seconds=\"%.9f\", cumulative_seconds=\"%.9f\", calls=\"%" PRIu64
                       "\"];\n",
                       row->self, row->cumulative, row->calls);
}

static void put_callers(struct dot *out, uint32_t index)
{
    const struct pyperf_summary *summary = out->rows->summary;
    const struct pyperf_summary_row *row = &summary->rows[index];
    for (uint32_t i = 0; i < row->caller_count; i++) {
        const struct pyperf_summary_edge *edge = &row->callers[i];
        if (!drawn(out, &summary->rows[edge->caller]) ||
            edge->cumulative < out->least * LEAST_SHARE_OF_ARROWS)
            continue;
        double part = share(out, edge->cumulative);
        char cumulative[SHOWN_TIME_SIZE];
        show_time(cumulative, edge->cumulative * 1e9);
        output_file_printf(out->file,
                           "    f%" PRIu32 " -> f%" PRIu32 " [label=\"%s (%.2f%%)\\n%" PRIu64
                           "\xC3\x97\", penwidth=%.1f, ",
                           edge->caller, index, cumulative, 100 * part, edge->calls,
                           1 + 4 * (part < 1 ? part : 1));
        put_colour(out, "color", part);
        output_file_printf(
            out->file,
            ", self_seconds=\"%.9f\", cumulative_seconds=\"%.9f\", calls=\"%" PRIu64 "\"];\n",
            edge->self, edge->cumulative, edge->calls);
    }
}

static void put_graph(struct dot *out, const struct pyperf_profile *profile)
{
    const struct pyperf_summary *summary = out->rows->summary;
    uint32_t left_out = 0;
    for (uint32_t i = 0; i < summary->row_count; i++)
        left_out += !drawn(out, &summary->rows[i]);
    output_file_add(out->file,
                    "digraph calls {\n"
                    "    node [shape=box, style=\"filled,rounded\", fontname=\"sans-serif\", "
                    "fontcolor=white];\n"
                    "    edge [fontname=\"sans-serif\", fontsize=10];\n"
                    "    label=\"");
    if (profile) {
        struct text_buffer program = {0};
        text_buffer_add_visible(&program, pyperf_profile_string(profile, profile->run.program));
        put_text(out, text_buffer_text(&program));
        text_buffer_release(&program);
        output_file_add(out->file, "\\n");
    }
    output_file_printf(out->file, "%" PRIu32 " of %" PRIu32 " functions",
                       summary->row_count - left_out, summary->row_count);
    if (left_out > 0)
        output_file_printf(out->file, "; the others take less than %g %% each",
                           100 * share(out, out->least));
    output_file_add(out->file, "\";\n");
    for (uint32_t i = 0; i < summary->row_count; i++)
        if (drawn(out, &summary->rows[i]))
            put_function(out, i);
    for (uint32_t i = 0; i < summary->row_count; i++)
        if (drawn(out, &summary->rows[i]))
            put_callers(out, i);
    output_file_add(out->file, "}\n");
}

static enum pyperf_status write_dot(const struct pyperf_export *content,
                                    struct output_file *file, struct pyperf_error *error)
{
    struct rows rows;
    enum pyperf_status status = rows_create(&rows, content, "a call graph", error);
    if (status == PYPERF_OK) {
        struct dot out = {.file = file, .rows = &rows, .total = rows.summary->total_self};
        out.least = out.total * (content->has_least_share ? content->least_share : LEAST_SHARE);
        put_graph(&out, content->profile);
    }
    rows_release(&rows);
    return status;
}

static const char *const suffixes[] = {".dot", ".gv", NULL};

const struct pyperf_format format_dot = {
    .name = "dot",
    .suffixes = suffixes,
    .wishes = PYPERF_WISH_LEAST_SHARE,
    .write = write_dot,
};
