/* SPDX-License-Identifier: MIT */
#include "analysis/groups.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

static const char *const names[] = {
    [PYPERF_GROUP_MINE] = "mine",
    [PYPERF_GROUP_SITE_PACKAGES] = "site-packages",
    [PYPERF_GROUP_STDLIB] = "stdlib",
    [PYPERF_GROUP_BUILTINS] = "builtins",
};

enum { GROUP_COUNT = sizeof names / sizeof *names };

const char *pyperf_group_name(enum pyperf_group group)
{
    return names[group];
}

bool group_by_name(const char *name, enum pyperf_group *group)
{
    for (int i = 0; i < GROUP_COUNT; i++) {
        if (strcmp(names[i], name) == 0) {
            *group = (enum pyperf_group)i;
            return true;
        }
    }
    return false;
}

/* One name between separators of directories. */
struct component {
    const char *text;
    size_t length;
};

/* The next one that is a directory; false at the file's own name. */
static bool next_directory(const char **path, struct component *component)
{
    component->text = *path;
    component->length = strcspn(*path, "/\\");
    if ((*path)[component->length] == '\0')
        return false;
    *path += component->length + 1;
    return true;
}

static bool is(const struct component *component, const char *name)
{
    return component->length == strlen(name) &&
           strncasecmp(component->text, name, component->length) == 0;
}

static bool begins(const struct component *component, const char *name)
{
    return component->length > strlen(name) &&
           strncasecmp(component->text, name, strlen(name)) == 0;
}

/* "python3.11", "python3.14t", "pypy3.9": what a library directory is called; but not
 * "python3", below which only Debian keeps packages, in "dist-packages". */
static bool is_versioned_python(const struct component *component)
{
    size_t name = begins(component, "python") ? 6 : begins(component, "pypy") ? 4 : 0;
    return name > 0 && isdigit((unsigned char)component->text[name]) &&
           memchr(component->text, '.', component->length) != NULL;
}

/* "python311.zip" */
static bool is_zipped_library(const struct component *component)
{
    return begins(component, "python") && component->length > 10 &&
           strncasecmp(component->text + component->length - 4, ".zip", 4) == 0 &&
           isdigit((unsigned char)component->text[6]);
}

/* "Python311" of C:\Python311\Lib, "Python3.11" and "Python" of other installers. */
static bool is_windows_python(const struct component *component)
{
    return is(component, "python") || begins(component, "python");
}

enum pyperf_group group_of_path(const char *path)
{
    if (strcmp(path, "~") == 0)
        return PYPERF_GROUP_BUILTINS;
    if (strncmp(path, "<frozen ", 8) == 0)
        return PYPERF_GROUP_STDLIB;
    struct component last = {"", 0};
    struct component directory;
    bool windows = strchr(path, '\\') != NULL;
    bool library = false;
    while (next_directory(&path, &directory)) {
        if (is(&directory, "site-packages") || is(&directory, "dist-packages"))
            return PYPERF_GROUP_SITE_PACKAGES;
        bool below_lib = is(&last, "lib") || is(&last, "lib64");
        library = library || (below_lib && is_versioned_python(&directory)) ||
                  is_zipped_library(&directory) || is(&directory, "lib-python") ||
                  (windows && is(&directory, "lib") && is_windows_python(&last));
        last = directory;
    }
    return library ? PYPERF_GROUP_STDLIB : PYPERF_GROUP_MINE;
}
