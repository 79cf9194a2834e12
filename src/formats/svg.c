/* A flame graph: a box for each call path, as wide as its share, below the box of its caller,
 * the heaviest first. The script in the file (svg_script.js) zooms and searches; without it, in
 * an <img> for instance, the picture is complete all the same.
 *
 * SPDX-License-Identifier: MIT */
#include "formats/svg.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/hash_index.h"
#include "base/utf8.h"
#include "base/visible_text.h"
#include "formats/call_tree.h"
#include "formats/frames.h"
#include "formats/markup.h"

/* Made of svg_script.js when pyperf is built. */
extern const char svg_script[];

/* Pixels, but for the last two. */
enum {
    PICTURE_WIDTH = 1200,
    MARGIN = 10,
    HEAD_HEIGHT = 56,
    BOX_HEIGHT = 16,
    LEVEL_HEIGHT = 17,
    TEXT_BASELINE = 12,
    FOOT_HEIGHT = 10,
    CHARACTERS_AT_LEAST = 3, /* of a name, or nothing of it is shown */
    HUES = 50,
};

static const double CHARACTER_WIDTH = 7.25; /* pixels, as in svg_script.js */
static const double LEAST_SHARE = 0.0001;   /* an eighth of a pixel */

struct svg {
    struct output_file *file;
    const struct call_tree *tree;
    const struct frame_table *frames;
    enum pyperf_weighing weighing;
    uint64_t total;
    double least; /* weight of what is drawn, at least */
    uint32_t levels;
};

static bool drawn(const struct svg *out, uint32_t node)
{
    uint64_t total = out->tree->total[node];
    return total > 0 && (double)total >= out->least;
}

static void measure(struct svg *out)
{
    const struct pyperf_profile *profile = out->tree->profile;
    for (uint32_t i = 0; i < profile->thread_count; i++) {
        struct tree_walk walk = tree_walk_start(out->tree, profile->threads[i].root);
        for (; walk.node != PYPERF_NO_INDEX; tree_walk_next(&walk)) {
            if (walk.leaving)
                continue;
            if (!drawn(out, walk.node))
                tree_walk_skip(&walk);
            else if (walk.depth >= out->levels)
                out->levels = walk.depth + 1;
        }
    }
    out->levels++; /* that of the box around all threads */
}

/* ---- One box ---- */

/* Functions of a file have one hue; those implemented in C have none. */
static void put_colour(struct svg *out, const struct frame *frame)
{
    if (!*frame->file) {
        output_file_add(out->file, "fill=\"#b9c3cf\"");
        return;
    }
    uint64_t by_file = hash_bytes(frame->file, strlen(frame->file));
    uint64_t by_name = hash_bytes(frame->name, strlen(frame->name));
    output_file_printf(out->file, "fill=\"hsl(%u, 85%%, %u%%)\"", (unsigned)(by_file % HUES),
                       62 + (unsigned)(by_name % 14));
}

static void put_weight(struct svg *out, uint64_t weight)
{
    double scaled = (double)weight * out->tree->scale;
    char text[SHOWN_TIME_SIZE];
    if (out->weighing == PYPERF_WEIGH_CALLS) {
        output_file_printf(out->file, "%" PRIu64 " calls", weight);
        return;
    }
    show_time(text, scaled);
    output_file_add(out->file, text);
}

/* As much of the name as there is room for. */
static void put_label(struct svg *out, const char *title, double width)
{
    double room = floor((width - 6) / CHARACTER_WIDTH);
    if (room < CHARACTERS_AT_LEAST)
        return;
    struct text_buffer label = {0};
    size_t length = utf8_length(title);
    bool whole = (double)length <= room;
    size_t characters = whole ? length : (size_t)room - 1;
    const char *end = title;
    for (uint32_t code_point; characters > 0; characters--)
        end += utf8_decode(end, &code_point);
    text_buffer_add_bytes(&label, title, (size_t)(end - title));
    markup_put(out->file, text_buffer_text(&label));
    if (!whole)
        output_file_add(out->file, "\xE2\x80\xA6");
    text_buffer_release(&label);
}

struct box {
    const char *title;
    const struct frame *frame; /* NULL: the box around all threads */
    uint64_t begin;            /* weight of what is to the left of it */
    uint64_t total;
    uint64_t weight;
    uint64_t calls;
    uint32_t level;
};

static void begin_box(struct svg *out, const struct box *box)
{
    output_file_printf(out->file,
                       "<g class=\"box\" data-x=\"%" PRIu64 "\" data-w=\"%" PRIu64
                       "\" data-d=\"%" PRIu32 "\"><title>",
                       box->begin, box->total, box->level);
    markup_put(out->file, box->title);
    output_file_add(out->file, "\n");
    put_weight(out, box->total);
    output_file_printf(out->file, " (%.2f %%), ",
                       100 * (double)box->total / (double)out->total);
    put_weight(out, box->weight);
    output_file_add(out->file, " of its own");
    if (box->calls > 0)
        output_file_printf(out->file, ", called %" PRIu64 "\xC3\x97", box->calls);
    output_file_add(out->file, "</title>");
}

static void put_box(struct svg *out, const struct box *box)
{
    double pixels = (PICTURE_WIDTH - 2 * MARGIN) / (double)out->total;
    double left = MARGIN + (double)box->begin * pixels;
    double width = (double)box->total * pixels;
    uint64_t top = HEAD_HEIGHT + (uint64_t)box->level * LEVEL_HEIGHT;
    begin_box(out, box);
    output_file_printf(
        out->file, "<rect x=\"%.2f\" y=\"%" PRIu64 "\" width=\"%.2f\" height=\"%d\" rx=\"1\" ",
        left, top, fmax(width - 0.5, 0.1), BOX_HEIGHT);
    if (box->frame)
        put_colour(out, box->frame);
    else
        output_file_add(out->file, "fill=\"#d9d9d9\"");
    output_file_printf(out->file, "/><text x=\"%.2f\" y=\"%" PRIu64 "\">", left + 3,
                       top + TEXT_BASELINE);
    put_label(out, box->title, width);
    output_file_add(out->file, "</text></g>\n");
}

/* ---- All boxes ---- */

/* A call's own time lies behind what it called. */
static void put_thread(struct svg *out, uint32_t thread, uint64_t begin)
{
    const struct call_tree *tree = out->tree;
    struct tree_walk walk = tree_walk_start(tree, tree->profile->threads[thread].root);
    for (; walk.node != PYPERF_NO_INDEX; tree_walk_next(&walk)) {
        if (walk.leaving) {
            saturating_add(&begin, tree->weight[walk.node]);
            continue;
        }
        if (!drawn(out, walk.node)) {
            saturating_add(&begin, tree->total[walk.node]);
            tree_walk_skip(&walk);
            continue;
        }
        const struct frame *frame =
            frame_of_node(out->frames, tree->profile, thread, walk.node);
        const struct box box = {.title = frame->title,
                                .frame = frame,
                                .begin = begin,
                                .total = tree->total[walk.node],
                                .weight = tree->weight[walk.node],
                                .calls = call_tree_calls(tree, walk.node),
                                .level = walk.depth + 1};
        put_box(out, &box);
    }
}

static void put_boxes(struct svg *out)
{
    const struct pyperf_profile *profile = out->tree->profile;
    const struct box all = {.title = "all", .total = out->total};
    uint64_t begin = 0;
    put_box(out, &all);
    for (uint32_t i = 0; i < profile->thread_count; i++) {
        put_thread(out, i, begin);
        saturating_add(&begin, out->tree->total[profile->threads[i].root]);
    }
}

static void put_heading(struct svg *out)
{
    const struct pyperf_run *run = &out->tree->profile->run;
    struct text_buffer program = {0};
    text_buffer_add_visible(&program, pyperf_profile_string(out->tree->profile, run->program));
    markup_put(out->file, text_buffer_text(&program));
    text_buffer_release(&program);
    output_file_add(out->file, ": ");
    put_weight(out, out->total);
    if (out->weighing == PYPERF_WEIGH_TIME)
        output_file_add(out->file, run->cpu_time ? " of CPU time" : " of time on the wall");
}

static void put_head(struct svg *out)
{
    uint64_t height = HEAD_HEIGHT + (uint64_t)out->levels * LEVEL_HEIGHT + FOOT_HEIGHT;
    output_file_printf(
        out->file,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%" PRIu64
        "\" data-total=\"%" PRIu64 "\">\n"
        "<style>\n"
        "text { font: 12px monospace; fill: #222; }\n"
        ".page { fill: #fff; }\n"
        ".box { cursor: pointer; }\n"
        ".box text { fill: #111; pointer-events: none; white-space: pre; }\n"
        ".box:hover rect { stroke: #000; }\n"
        ".above { opacity: 0.6; }\n"
        ".match rect { fill: #c026d3; }\n"
        ".match text { fill: #fff; }\n"
        ".button { cursor: pointer; text-decoration: underline; }\n"
        ".right { text-anchor: end; }\n"
        "@media (prefers-color-scheme: dark) { .page { fill: #1b1b1f; }\n"
        "  svg > text { fill: #ddd; } .box:hover rect { stroke: #fff; } }\n"
        "</style>\n"
        "<rect class=\"page\" width=\"100%%\" height=\"100%%\"/>\n"
        "<text x=\"%d\" y=\"18\" font-weight=\"bold\">",
        PICTURE_WIDTH, height, out->total, MARGIN);
    put_heading(out);
    output_file_add(out->file, "</text>\n");
    if (out->least > 0)
        output_file_printf(out->file,
                           "<text x=\"%d\" y=\"34\">What takes less than %g %% is not drawn; "
                           "it is in its caller's box.</text>\n",
                           MARGIN, 100 * out->least / (double)out->total);
    output_file_printf(
        out->file,
        "<text id=\"details\" x=\"%d\" y=\"50\"> </text>\n"
        "<text id=\"search\" class=\"button right\" style=\"display: none\" x=\"%d\" "
        "y=\"18\">search (/)</text>\n"
        "<text id=\"reset\" class=\"button\" style=\"display: none\" x=\"%d\" y=\"34\">"
        "show everything (Esc)</text>\n"
        "<text id=\"matched\" class=\"right\" x=\"%d\" y=\"34\"> </text>\n",
        MARGIN, PICTURE_WIDTH - MARGIN, PICTURE_WIDTH / 2, PICTURE_WIDTH - MARGIN);
}

static void put_picture(struct svg *out)
{
    put_head(out);
    if (out->total > 0)
        put_boxes(out);
    output_file_add(out->file, "<script><![CDATA[\n");
    output_file_add(out->file, svg_script);
    output_file_add(out->file, "]]></script>\n</svg>\n");
}

static enum pyperf_status write_svg(const struct pyperf_export *content,
                                    struct output_file *file, struct pyperf_error *error)
{
    struct call_tree tree;
    struct frame_table frames = {0};
    enum pyperf_status status = call_tree_create(&tree, content, "a flame graph", error);
    if (status == PYPERF_OK)
        status = frame_table_from_profile(&frames, content->profile, error);
    if (status == PYPERF_OK) {
        struct svg out = {.file = file,
                          .tree = &tree,
                          .frames = &frames,
                          .weighing = content->weighing,
                          .total = call_tree_total(&tree)};
        out.least =
            (double)out.total * (content->has_least_share ? content->least_share : LEAST_SHARE);
        measure(&out);
        put_picture(&out);
    }
    frame_table_release(&frames);
    call_tree_release(&tree);
    return status;
}

static const char *const suffixes[] = {".svg", NULL};

const struct pyperf_format format_svg = {
    .name = "svg",
    .suffixes = suffixes,
    .wishes = PYPERF_WISH_WEIGHING | PYPERF_WISH_LEAST_SHARE,
    .write = write_svg,
};
