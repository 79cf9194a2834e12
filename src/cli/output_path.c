/* SPDX-License-Identifier: MIT */
#include "cli/output_path.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text_buffer.h"

static void add_time(struct text_buffer *path, time_t moment)
{
    struct tm local;
    char text[32] = "";
    if (localtime_r(&moment, &local))
        strftime(text, sizeof text, "%Y%m%dT%H%M%S", &local);
    text_buffer_add(path, text);
}

static void add_host(struct text_buffer *path)
{
    char name[HOST_NAME_MAX + 1] = "";
    gethostname(name, sizeof name - 1);
    text_buffer_add(path, name);
}

static void expand(struct text_buffer *path, const char *pattern, pid_t pid, time_t started)
{
    for (const char *at = pattern; *at; at++) {
        char kind = *at == '%' ? at[1] : '\0';
        if (kind == 'p')
            text_buffer_printf(path, "%d", (int)pid);
        else if (kind == 'h')
            add_host(path);
        else if (kind == 't')
            add_time(path, started);
        else
            text_buffer_add_bytes(path, at, 1);
        if (kind && strchr("pht%", kind))
            at++;
    }
}

char *output_path_expand(const char *directory, const char *pattern, pid_t pid, time_t started)
{
    struct text_buffer path = {0};
    if (pattern[0] != '/') {
        text_buffer_add(&path, directory);
        text_buffer_add(&path, "/");
    }
    expand(&path, pattern, pid, started);
    char *text = path.failed ? NULL : strdup(text_buffer_text(&path));
    text_buffer_release(&path);
    return text;
}

bool output_path_has_process(const char *pattern)
{
    for (const char *at = pattern; (at = strchr(at, '%')) != NULL && at[1]; at += 2)
        if (at[1] == 'p')
            return true;
    return false;
}
