/* Parts of strings that many ask for.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_BASE_STRING_PARTS_H
#define PYPERF_BASE_STRING_PARTS_H

#include <stdbool.h>
#include <string.h>

static inline bool has_prefix(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* What follows the path's last slash: a part of the path itself. */
static inline const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

#endif
