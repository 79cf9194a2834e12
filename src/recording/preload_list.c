/* SPDX-License-Identifier: MIT */
#include "recording/preload_list.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char separators[] = ": ";

bool preload_list_can_hold(const char *path)
{
    return path[strcspn(path, ": $")] == '\0';
}

static bool ends_in(const char *entry, size_t length, const char *name)
{
    size_t size = strlen(name);
    return length > size && entry[length - size - 1] == '/' &&
           memcmp(entry + length - size, name, size) == 0;
}

static bool is_ours(const char *entry, size_t length)
{
    return ends_in(entry, length, PRELOAD_LIBRARY) || ends_in(entry, length, PRELOAD_LINK);
}

bool preload_list_remove(char *list)
{
    char *to = list;
    const char *entry = list, *end = list + strlen(list);
    bool others = false;
    while (entry <= end) {
        size_t length = strcspn(entry, separators);
        if (!is_ours(entry, length)) {
            if (others) /* with what separates it from the one before */
                *to++ = entry[-1];
            memmove(to, entry, length);
            to += length;
            others = true;
        }
        entry += length + 1; /* beyond the NUL, behind the last one */
    }
    *to = '\0';
    return others;
}

size_t preload_list_size(const char *path, const char *others)
{
    return strlen(path) + (others ? strlen(others) : 0) + sizeof ":";
}

char *preload_list_join(char *to, const char *path, const char *others)
{
    to = stpcpy(to, path);
    if (!others)
        return to;
    strcpy(to + 1, others);
    if (!preload_list_remove(to + 1)) {
        *to = '\0';
        return to;
    }
    *to = ':';
    return to + strlen(to);
}

void preload_list_leave_environment(void)
{
    static const char prefix[] = PRELOAD_LIST_VARIABLE "=";
    for (char **variable = environ; variable && *variable; variable++)
        if (strncmp(*variable, prefix, sizeof prefix - 1) == 0) {
            if (!preload_list_remove(*variable + sizeof prefix - 1))
                unsetenv(PRELOAD_LIST_VARIABLE);
            return;
        }
}
