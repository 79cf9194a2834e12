/* SPDX-License-Identifier: MIT */
#include "formats/markup.h"

#include <stdio.h>
#include <string.h>

/* XML has no way to write U+FFFE and U+FFFF. */
static const char *replacement(const char *text, size_t *length)
{
    *length = 1;
    switch (*text) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    case '\xEF':
        *length = 3;
        return strncmp(text, "\xEF\xBF\xBE", 3) == 0 || strncmp(text, "\xEF\xBF\xBF", 3) == 0
                   ? "\xEF\xBF\xBD"
                   : NULL;
    default:
        return NULL;
    }
}

void markup_put(struct output_file *file, const char *text)
{
    const char *plain = text;
    while (*text) {
        size_t length;
        const char *instead = replacement(text, &length);
        if (instead) {
            output_file_write(file, plain, (size_t)(text - plain));
            output_file_add(file, instead);
            plain = text + length;
        }
        text += length;
    }
    output_file_write(file, plain, (size_t)(text - plain));
}

void show_time(char text[SHOWN_TIME_SIZE], double nanoseconds)
{
    if (nanoseconds >= 1e9)
        snprintf(text, SHOWN_TIME_SIZE, "%.3f s", nanoseconds / 1e9);
    else if (nanoseconds >= 1e6)
        snprintf(text, SHOWN_TIME_SIZE, "%.3f ms", nanoseconds / 1e6);
    else
        snprintf(text, SHOWN_TIME_SIZE, "%.3f us", nanoseconds / 1e3);
}
