/* SPDX-License-Identifier: MIT */
#include "base/csv.h"

#include <string.h>

static void separate(struct text_buffer *line)
{
    if (line->length > 0 && line->text[line->length - 1] != '\n')
        text_buffer_add(line, ",");
}

void csv_add(struct text_buffer *line, const char *value)
{
    separate(line);
    text_buffer_add(line, value);
}

void csv_add_name(struct text_buffer *line, const char *name)
{
    /* An empty first field would look like the beginning of the line to the next. */
    bool quotes = !*name || strpbrk(name, ",\"\r\n") != NULL;
    separate(line);
    text_buffer_add(line, quotes ? "\"" : "");
    if (*name && strchr("=+-@\t\r", *name))
        text_buffer_add(line, "'");
    for (; quotes && *name; name++)
        text_buffer_add_bytes(line, *name == '"' ? "\"\"" : name, *name == '"' ? 2 : 1);
    text_buffer_add(line, name);
    text_buffer_add(line, quotes ? "\"" : "");
}

void csv_end(struct text_buffer *line)
{
    text_buffer_add(line, "\r\n");
}
