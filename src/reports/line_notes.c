/* SPDX-License-Identifier: MIT */
#include "reports/line_notes.h"

#include <inttypes.h>
#include <string.h>

#include <pyperf/reports.h>

#include "base/string_parts.h"

/* ---- Lines that were never reached ---- */

static void add_range(struct text_buffer *text, uint32_t from, uint32_t to, bool first)
{
    text_buffer_printf(text, "%s%" PRIu32, first ? "" : ", ", from);
    if (to > from)
        text_buffer_printf(text, "-%" PRIu32, to);
}

/* Rows that follow each other are a range, whatever blank lines lie between them. */
static bool add_unreached(const struct line_table *table, const struct line_row *rows,
                          uint32_t count, struct text_buffer *text)
{
    uint32_t unreached = 0, ranges = 0;
    for (uint32_t i = 0; i < count; i++)
        unreached += rows[i].hits == 0;
    if (unreached == 0)
        return false;
    if (table->hits == 0) {
        text_buffer_add(text, "   Never called.\n");
        return true;
    }
    text_buffer_printf(text, "   Never reached: line%s ", unreached == 1 ? "" : "s");
    for (uint32_t i = 0; i < count; i++) {
        uint32_t from = i;
        if (rows[i].hits > 0)
            continue;
        while (i + 1 < count && rows[i + 1].hits == 0)
            i++;
        add_range(text, rows[from].number, rows[i].number, ranges++ == 0);
    }
    text_buffer_add(text, ".\n");
    return true;
}

/* ---- Time in other functions ---- */

static bool add_callees(const struct line_notes *notes, const struct line_table *table,
                        struct text_buffer *text)
{
    uint64_t callees = table->time - table->own;
    if ((double)callees < 0.0005 * (double)table->time || callees == 0)
        return false;
    text_buffer_printf(text,
                       "   %.1f %% of the time was spent in %sfunctions that it called.\n",
                       100 * (double)callees / (double)table->time,
                       notes->profile->lines->calls_recorded ? "" : "recorded ");
    return true;
}

static void add_shown(const struct line_notes *notes, const char *shown,
                      struct text_buffer *text)
{
    if (notes->escape_controls)
        pyperf_report_escape(text, shown);
    else
        text_buffer_add(text, shown);
}

/* As rows of pstats' tables are called, but with the qualified name. */
static void add_function(const struct line_notes *notes, uint32_t index,
                         struct text_buffer *text)
{
    const struct pyperf_function *function = &notes->profile->functions[index];
    const char *name = pyperf_profile_string(notes->profile, function->qualified_name);
    if (function->kind != PYPERF_FUNCTION_PYTHON) {
        size_t length = strlen(name);
        bool framed = length > 2 && name[0] == '<' && name[length - 1] == '>';
        text_buffer_add(text, framed ? "{" : "");
        size_t before = text->length;
        add_shown(notes, framed ? name + 1 : name, text);
        if (framed && !text->failed && text->length > before)
            text->text[text->length - 1] = '}';
        return;
    }
    add_shown(notes, base_name(pyperf_profile_string(notes->profile, function->file)), text);
    text_buffer_printf(text, ":%" PRIu32 "(", function->line);
    add_shown(notes, name, text);
    text_buffer_add(text, ")");
}

static void add_time(const struct line_notes *notes, uint64_t time, struct text_buffer *text)
{
    text_buffer_printf(text, " %12.1f", (double)time * notes->scalar);
}

/* Of a line that called something: its own time, then its callees. */
static void add_calls_of_row(const struct line_notes *notes, const struct line_row *row,
                             struct text_buffer *text)
{
    uint64_t callees = row->callees < row->time ? row->callees : row->time;
    text_buffer_printf(text, "%6" PRIu32 " %9s", row->number, "");
    add_time(notes, row->time - callees, text);
    text_buffer_add(text, "  (the line itself)\n");
    for (uint32_t i = 0; i < row->call_count; i++) {
        const struct line_call *call = &notes->calls[row->first_call + i];
        text_buffer_printf(text, "%6s %9" PRIu64, "", call->calls);
        add_time(notes, call->time, text);
        text_buffer_add(text, "  ");
        add_function(notes, call->callee, text);
        text_buffer_add(text, "\n");
    }
}

static bool add_calls(const struct line_notes *notes, const struct line_row *rows,
                      uint32_t count, struct text_buffer *text)
{
    bool any = false;
    for (uint32_t i = 0; i < count; i++) {
        if (rows[i].call_count == 0)
            continue;
        if (!any)
            text_buffer_add(text, "Line #     Calls         Time  Called\n"
                                  "=====================================\n");
        any = true;
        add_calls_of_row(notes, &rows[i], text);
    }
    return any;
}

void line_notes_add(const struct line_notes *notes, const struct line_table *table,
                    const struct line_row *rows, uint32_t row_count, struct text_buffer *text)
{
    bool any = false;
    if (table->source && table->source->changed) {
        text_buffer_add(text, "   The file has changed since; this is the text that ran.\n");
        any = true;
    }
    any |= add_unreached(table, rows, row_count, text);
    any |= add_callees(notes, table, text);
    if (notes->list_calls) {
        if (any)
            text_buffer_add(text, "\n");
        bool listed = add_calls(notes, rows, row_count, text);
        any = listed || any;
        if (!listed)
            return;
    }
    if (any)
        text_buffer_add(text, "\n");
}
