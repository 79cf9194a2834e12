/* SPDX-License-Identifier: MIT */
#include "analysis/function_pattern.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/groups.h"
#include "analysis/row_details.h"

/* ---- Reading ---- */

static bool is_path(const char *text)
{
    size_t length = strlen(text);
    return strpbrk(text, "/\\") || (length > 3 && strcmp(text + length - 3, ".py") == 0);
}

/* The colon between place and name: the last one, unless it is that of "C:\...". */
static char *find_colon(char *text)
{
    char *colon = strrchr(text, ':');
    return colon && !strpbrk(colon, "/\\") ? colon : NULL;
}

/* An empty part of a pattern stands for anything. */
static char *copy_or_all(const char *text)
{
    return strdup(*text ? text : "*");
}

static bool split(struct function_pattern *pattern, char *text)
{
    char *colon = find_colon(text);
    if (colon) {
        *colon = '\0';
        pattern->place = copy_or_all(text);
        pattern->name = copy_or_all(colon + 1);
    } else if (is_path(text)) {
        pattern->place = strdup(text);
        pattern->name = strdup("*");
    } else {
        pattern->name = strdup(text);
        return pattern->name != NULL;
    }
    return pattern->place && pattern->name;
}

enum pyperf_status function_pattern_parse(struct function_pattern *pattern, const char *text,
                                          size_t size, struct pyperf_error *error)
{
    *pattern = (struct function_pattern){.place = NULL};
    if (size == 0)
        return pyperf_error_set(error, PYPERF_USAGE,
                                "an empty pattern; name a function, MODULE:FUNCTION, a file, "
                                "or a group (mine, site-packages, stdlib, builtins)");
    char *copy = strndup(text, size);
    pattern->is_group = copy && group_by_name(copy, &pattern->group);
    bool done = copy && (pattern->is_group || split(pattern, copy));
    free(copy);
    if (done)
        return PYPERF_OK;
    function_pattern_release(pattern);
    return pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory for a pattern");
}

void function_pattern_release(struct function_pattern *pattern)
{
    free(pattern->place);
    free(pattern->name);
    *pattern = (struct function_pattern){.place = NULL};
}

/* ---- Matching ---- */

static bool glob_matches(const char *glob, const char *text)
{
    return fnmatch(glob, text, FNM_NOESCAPE) == 0;
}

/* The path, or what is left of it from any directory on. */
static bool matches_from_any_directory(const char *glob, const char *path)
{
    for (;;) {
        if (glob_matches(glob, path))
            return true;
        path = strpbrk(path, "/\\");
        if (!path)
            return false;
        path++;
    }
}

/* "/home/me/shop/orders.py" as "/home/me.shop.orders", or so: what counts are its ends. The
 * module of a package is the package itself. */
static char *module_of(const char *path)
{
    static const char package[] = "/__init__";
    char *module = strdup(path);
    if (!module)
        return NULL;
    char *slash = strrchr(module, '/');
    char *dot = strrchr(slash ? slash : module, '.');
    if (dot)
        *dot = '\0';
    size_t length = strlen(module);
    if (length >= sizeof package &&
        strcmp(module + length - (sizeof package - 1), package) == 0)
        module[length - (sizeof package - 1)] = '\0';
    for (char *at = module; *at; at++)
        if (*at == '/' || *at == '\\')
            *at = '.';
    return module;
}

static bool matches_module(const char *glob, const char *path)
{
    char *module = module_of(path);
    bool found = false;
    for (const char *rest = module; rest && !found; rest = strchr(rest, '.')) {
        if (*rest == '.')
            rest++;
        found = glob_matches(glob, rest);
    }
    free(module);
    return found;
}

static bool place_matches(const char *glob, const char *path)
{
    return matches_from_any_directory(glob, path) ||
           (!is_path(glob) && matches_module(glob, path));
}

/* "builtins:len", "builtins.len", "list.append", "~:*" and the names in the tables. */
static bool builtin_matches(const struct function_pattern *pattern, const char *name)
{
    char dotted[600];
    if (!pattern->place || strcmp(pattern->place, "~") == 0) {
        if (glob_matches(pattern->name, name))
            return true;
        if (!builtin_dotted_name(name, dotted, sizeof dotted))
            return false;
        const char *last = strrchr(dotted, '.');
        return glob_matches(pattern->name, dotted) ||
               (last && glob_matches(pattern->name, last + 1));
    }
    if (!builtin_dotted_name(name, dotted, sizeof dotted))
        return false;
    char *last = strrchr(dotted, '.');
    if (!last)
        return false;
    *last = '\0';
    return glob_matches(pattern->place, dotted) && glob_matches(pattern->name, last + 1);
}

bool function_pattern_matches(const struct function_pattern *pattern,
                              const struct function_identity *function)
{
    if (pattern->is_group)
        return function->group == pattern->group;
    if (strcmp(function->file, "~") == 0)
        return builtin_matches(pattern, function->name);
    if (pattern->place && !place_matches(pattern->place, function->file))
        return false;
    return glob_matches(pattern->name, function->name) ||
           (function->qualified_name && glob_matches(pattern->name, function->qualified_name));
}
