/* SPDX-License-Identifier: MIT */
#include "reports/row_names.h"

#include <stdlib.h>
#include <string.h>

#include <pyperf/reports.h>

#include "reports/numbers.h"

void row_name_add(struct text_buffer *text, const struct pyperf_label *label)
{
    if (strcmp(label->file, "~") != 0 || label->line != 0) {
        text_buffer_add(text, label->file);
        int64_t line = pyperf_signed_line(label->line);
        text_buffer_add(text, line < 0 ? ":-" : ":");
        add_number(text, (uint64_t)(line < 0 ? -line : line));
        text_buffer_add(text, "(");
        text_buffer_add(text, label->name);
        text_buffer_add(text, ")");
        return;
    }
    size_t length = strlen(label->name);
    if (length < 2 || label->name[0] != '<' || label->name[length - 1] != '>') {
        text_buffer_add(text, label->name);
        return;
    }
    text_buffer_add(text, "{");
    text_buffer_add_bytes(text, label->name + 1, length - 2);
    text_buffer_add(text, "}");
}

/* Names stand one after the other, each with its NUL: here is where they begin. There are
 * pointers only once the text stands still. */
static bool point(const struct text_buffer *text, const size_t *starts, uint32_t count,
                  const char **names)
{
    for (uint32_t i = 0; i < count && !text->failed; i++)
        names[i] = text_buffer_text(text) + starts[i];
    return !text->failed;
}

static bool add_names(struct row_names *names, const struct pyperf_summary *summary,
                      size_t *starts)
{
    struct text_buffer *text = &names->names_text;
    for (uint32_t i = 0; i < summary->row_count; i++) {
        starts[i] = text->length;
        row_name_add(text, &summary->rows[i].label);
        text_buffer_add_bytes(text, "", 1);
    }
    return point(text, starts, summary->row_count, names->names);
}

static bool add_shown(struct row_names *names, uint32_t count, bool escape, size_t *starts)
{
    struct text_buffer *text = &names->shown_text;
    if (!escape) {
        memcpy(names->shown, names->names, count * sizeof *names->shown);
        return true;
    }
    for (uint32_t i = 0; i < count; i++) {
        starts[i] = text->length;
        pyperf_report_escape(text, names->names[i]);
        text_buffer_add_bytes(text, "", 1);
    }
    return point(text, starts, count, names->shown);
}

bool row_names_init(struct row_names *names, const struct pyperf_summary *summary, bool escape)
{
    size_t count = (size_t)summary->row_count + 1;
    size_t *starts = malloc(count * sizeof *starts);
    *names = (struct row_names){
        .names = malloc(count * sizeof *names->names),
        .shown = malloc(count * sizeof *names->shown),
    };
    bool done = starts && names->names && names->shown && add_names(names, summary, starts) &&
                add_shown(names, summary->row_count, escape, starts);
    free(starts);
    return done;
}

void row_names_release(struct row_names *names)
{
    free(names->names);
    free(names->shown);
    text_buffer_release(&names->names_text);
    text_buffer_release(&names->shown_text);
    *names = (struct row_names){0};
}
