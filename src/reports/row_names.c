/* SPDX-License-Identifier: MIT */
#include "reports/row_names.h"

#include <stdlib.h>
#include <string.h>

#include <pyperf/reports.h>

void row_name_add(struct text_buffer *text, const struct pyperf_label *label)
{
    if (strcmp(label->file, "~") != 0 || label->line != 0) {
        text_buffer_add(text, label->file);
        text_buffer_printf(text, ":%u(", label->line);
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

/* Every name with its NUL, one after the other; pointers only once the text stands still. */
static bool split(const struct text_buffer *text, uint32_t count, const char **names)
{
    if (text->failed)
        return false;
    const char *name = text_buffer_text(text);
    for (uint32_t i = 0; i < count; i++) {
        names[i] = name;
        name += strlen(name) + 1;
    }
    return true;
}

bool row_names_init(struct row_names *names, const struct pyperf_summary *summary, bool escape)
{
    *names = (struct row_names){0};
    uint32_t count = summary->row_count;
    names->names = calloc((size_t)count + 1, sizeof *names->names);
    names->shown = calloc((size_t)count + 1, sizeof *names->shown);
    if (!names->names || !names->shown)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        row_name_add(&names->names_text, &summary->rows[i].label);
        text_buffer_add_bytes(&names->names_text, "", 1);
    }
    if (!split(&names->names_text, count, names->names))
        return false;
    if (!escape)
        return split(&names->names_text, count, names->shown);
    for (uint32_t i = 0; i < count; i++) {
        pyperf_report_escape(&names->shown_text, names->names[i]);
        text_buffer_add_bytes(&names->shown_text, "", 1);
    }
    return split(&names->shown_text, count, names->shown);
}

void row_names_release(struct row_names *names)
{
    free(names->names);
    free(names->shown);
    text_buffer_release(&names->names_text);
    text_buffer_release(&names->shown_text);
    *names = (struct row_names){0};
}
