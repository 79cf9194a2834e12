/* Callgrind's profile format, version 1, with one event: nanoseconds.
 *
 *     fl=(1) /home/me/orders.py
 *     fn=(2) Order.total
 *     12 4500
 *     cfl=(3)
 *     cfn=(4) <built-in method builtins.sum>
 *     calls=10 0
 *     12 1500
 *
 * A name stands in full behind its number once, where the number first comes. Files and
 * functions are numbered apart.
 *
 * SPDX-License-Identifier: MIT */
#include "formats/callgrind.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/saturating.h"
#include "base/visible_text.h"
#include "formats/rows.h"

/* One call edge, found from its caller; a summary has them by callee. */
struct callee {
    uint32_t row;
    const struct pyperf_summary_edge *edge;
};

struct callgrind {
    struct output_file *file;
    const struct pyperf_summary *summary;
    const struct frame *frames; /* by row */
    uint32_t *file_number;      /* by row: rows with the same file have the same */
    bool *file_written;         /* by file's number */
    bool *function_written;     /* by row */
    struct callee *callees;     /* those of the first row, of the second row, ... */
    size_t *first_callee;       /* by row, and one beyond the last */
};

static uint64_t nanoseconds(double seconds)
{
    return saturating_from(seconds * 1e9 + 0.5);
}

/* ---- Preparations ---- */

struct file_of_row {
    const char *file;
    uint32_t row;
};

static int by_file(const void *a, const void *b)
{
    const struct file_of_row *left = a;
    const struct file_of_row *right = b;
    int order = strcmp(left->file, right->file);
    return order ? order : (left->row > right->row) - (left->row < right->row);
}

static bool number_files(struct callgrind *out)
{
    uint32_t count = out->summary->row_count;
    struct file_of_row *sorted = malloc(((size_t)count + 1) * sizeof *sorted);
    if (!sorted)
        return false;
    for (uint32_t i = 0; i < count; i++)
        sorted[i] = (struct file_of_row){out->frames[i].file, i};
    qsort(sorted, count, sizeof *sorted, by_file);
    uint32_t number = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0 && sorted[i].file != sorted[i - 1].file)
            number++;
        out->file_number[sorted[i].row] = number;
    }
    free(sorted);
    return true;
}

static bool collect_callees(struct callgrind *out)
{
    const struct pyperf_summary *summary = out->summary;
    size_t edges = 0;
    for (uint32_t i = 0; i < summary->row_count; i++) {
        edges += summary->rows[i].caller_count;
        for (uint32_t j = 0; j < summary->rows[i].caller_count; j++)
            out->first_callee[summary->rows[i].callers[j].caller]++;
    }
    out->callees = calloc(edges + 1, sizeof *out->callees);
    if (!out->callees)
        return false;
    for (uint32_t i = 0; i < summary->row_count; i++)
        out->first_callee[i + 1] += out->first_callee[i];
    /* Each caller's places end there so far, and are filled from behind. */
    for (uint32_t i = summary->row_count; i-- > 0;)
        for (uint32_t j = summary->rows[i].caller_count; j-- > 0;) {
            const struct pyperf_summary_edge *edge = &summary->rows[i].callers[j];
            size_t place = --out->first_callee[edge->caller];
            out->callees[place] = (struct callee){i, edge};
        }
    return true;
}

static bool prepare(struct callgrind *out)
{
    size_t rows = (size_t)out->summary->row_count + 2;
    out->file_number = calloc(rows, sizeof *out->file_number);
    out->file_written = calloc(rows, sizeof *out->file_written);
    out->function_written = calloc(rows, sizeof *out->function_written);
    out->first_callee = calloc(rows, sizeof *out->first_callee);
    return out->file_number && out->file_written && out->function_written &&
           out->first_callee && number_files(out) && collect_callees(out);
}

static void release(struct callgrind *out)
{
    free(out->file_number);
    free(out->file_written);
    free(out->function_written);
    free(out->callees);
    free(out->first_callee);
}

/* ---- Writing ---- */

static void put_file(struct callgrind *out, const char *key, uint32_t row)
{
    uint32_t number = out->file_number[row];
    const char *file = *out->frames[row].file ? out->frames[row].file : "~";
    bool known = out->file_written[number];
    output_file_printf(out->file, "%s=(%" PRIu32 ")%s%s\n", key, number + 1, known ? "" : " ",
                       known ? "" : file);
    out->file_written[number] = true;
}

/* Readers tell functions apart by name and file. */
static void put_function(struct callgrind *out, const char *key, uint32_t row)
{
    const struct frame *frame = &out->frames[row];
    output_file_printf(out->file, "%s=(%" PRIu32 ")", key, row + 1);
    if (!out->function_written[row]) {
        output_file_printf(out->file, " %s", frame->name);
        if (frame->shares_name)
            output_file_printf(out->file, ":%" PRIu32, frame->line);
    }
    output_file_add(out->file, "\n");
    out->function_written[row] = true;
}

static void put_row(struct callgrind *out, uint32_t row)
{
    uint32_t line = out->frames[row].line;
    put_file(out, "\nfl", row);
    put_function(out, "fn", row);
    output_file_printf(out->file, "%" PRIu32 " %" PRIu64 "\n", line,
                       nanoseconds(out->summary->rows[row].self));
    for (size_t i = out->first_callee[row]; i < out->first_callee[row + 1]; i++) {
        const struct callee *callee = &out->callees[i];
        put_file(out, "cfl", callee->row);
        put_function(out, "cfn", callee->row);
        output_file_printf(out->file,
                           "calls=%" PRIu64 " %" PRIu32 "\n%" PRIu32 " %" PRIu64 "\n",
                           callee->edge->calls, out->frames[callee->row].line, line,
                           nanoseconds(callee->edge->cumulative));
    }
}

static void put_header(struct callgrind *out, const struct pyperf_export *content)
{
    const struct pyperf_profile *profile = content->profile;
    struct text_buffer program = {0};
    uint64_t total = 0;
    for (uint32_t i = 0; i < out->summary->row_count; i++)
        saturating_add(&total, nanoseconds(out->summary->rows[i].self));
    output_file_printf(out->file, "# callgrind format\nversion: 1\ncreator: %s\n",
                       creator_of(content));
    if (profile) {
        text_buffer_add_visible(&program, pyperf_profile_string(profile, profile->run.program));
        output_file_printf(out->file, "pid: %" PRIu64 "\ncmd: %s\n", profile->run.pid,
                           text_buffer_text(&program));
        text_buffer_release(&program);
    }
    output_file_printf(out->file,
                       "positions: line\nevent: ns : Nanoseconds\nevents: ns\n"
                       "summary: %" PRIu64 "\n",
                       total);
}

static enum pyperf_status write_callgrind(const struct pyperf_export *content,
                                          struct output_file *file, struct pyperf_error *error)
{
    struct rows rows;
    enum pyperf_status status = rows_create(&rows, content, "a callgrind file", error);
    if (status == PYPERF_OK) {
        struct callgrind out = {
            .file = file, .summary = rows.summary, .frames = rows.frames.frames};
        if (prepare(&out)) {
            put_header(&out, content);
            for (uint32_t i = 0; i < rows.summary->row_count; i++)
                put_row(&out, i);
        } else {
            status = pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory for the call graph");
        }
        release(&out);
    }
    rows_release(&rows);
    return status;
}

static const char *const suffixes[] = {".callgrind", NULL};

const struct pyperf_format format_callgrind = {
    .name = "callgrind",
    .suffixes = suffixes,
    .prefix = "callgrind.out.",
    .write = write_callgrind,
};
