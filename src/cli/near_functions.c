/* SPDX-License-Identifier: MIT */
#include "cli/near_functions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/python_source.h"
#include "base/array.h"
#include "base/nearest.h"
#include "base/string_parts.h"
#include "base/string_pool.h"
#include "cli/source_files.h"
#include "cli/stream.h"
#include "recording/choice.h"

/* ---- Does a pattern mean a function? ---- */

struct own_lines {
    const struct pyperf_lines *lines;
    const struct pyperf_line_function *function;
};

static bool has_lines(const void *context, uint32_t from, uint32_t to)
{
    const struct own_lines *own = context;
    for (uint32_t i = 0; i < own->function->line_count; i++) {
        uint32_t number = own->lines->lines[own->function->first_line + i].number;
        if (number >= from && number <= to)
            return true;
    }
    return false;
}

/* Modules are called in many ways; every one that the path allows counts: "c", "b.c" and
 * "a.b.c" for /a/b/c.py. */
static bool means_module(const struct choice_pattern *pattern, struct choice_code *code,
                         const char *file)
{
    struct choice_place place = *code->place;
    char *path = strdup(file);
    if (!path)
        return true;
    size_t length = strlen(path);
    if (length > 3 && strcmp(path + length - 3, ".py") == 0)
        path[length - 3] = '\0';
    bool found = false;
    code->place = &place;
    for (char *slash = strrchr(path, '/'); !found; slash = strrchr(path, '/')) {
        place.module = slash ? slash + 1 : path;
        found = choice_pattern_means(pattern, code);
        if (!slash)
            break;
        *slash = '.';
    }
    place.module = "__main__";
    found = found || choice_pattern_means(pattern, code);
    free(path);
    return found;
}

static bool means(const struct choice_pattern *pattern, const struct pyperf_profile *profile,
                  const struct pyperf_line_function *whole)
{
    const struct pyperf_function *function = &profile->functions[whole->function];
    const struct choice_place place = {.file = pyperf_profile_string(profile, function->file),
                                       .module = ""};
    const struct own_lines own = {profile->lines, whole};
    struct choice_code code = {
        .place = &place,
        .qualified_name = pyperf_profile_string(profile, function->qualified_name),
        .name = pyperf_profile_string(profile, function->name),
        .has_lines = has_lines,
        .context = &own,
    };
    return pattern->is_file ? choice_pattern_means(pattern, &code)
                            : means_module(pattern, &code, place.file);
}

/* The profiles of all processes. */
struct seen {
    struct pyperf_profile *const *profiles;
    size_t count;
};

static bool means_any(const struct choice_pattern *pattern, const struct seen *seen)
{
    for (size_t i = 0; i < seen->count; i++) {
        const struct pyperf_lines *lines = seen->profiles[i]->lines;
        for (uint32_t j = 0; lines && j < lines->function_count; j++)
            if (means(pattern, seen->profiles[i], &lines->functions[j]))
                return true;
    }
    return false;
}

/* ---- What is near ---- */

struct candidates {
    struct string_pool pool;
    const char **names;
    size_t count, capacity;
};

static void add_candidate(const char *name, void *context)
{
    struct candidates *candidates = context;
    const char *kept = string_pool_add(&candidates->pool, name);
    if (kept && array_reserve((void **)&candidates->names, &candidates->capacity,
                              candidates->count + 1, sizeof *candidates->names))
        candidates->names[candidates->count++] = kept;
}

/* The functions that a file defines, called or not. */
static void add_functions_of_file(struct candidates *candidates, const char *path)
{
    char *text = path ? source_file_read(path) : NULL;
    if (text)
        (void)python_source_functions(text, add_candidate, candidates);
    free(text);
}

/* The files that functions were seen in, by their base names. */
static void add_files(struct candidates *candidates, const struct pyperf_profile *profile)
{
    uint32_t last = PYPERF_NO_INDEX;
    for (uint32_t i = 0; i < profile->function_count; i++) {
        const struct pyperf_function *function = &profile->functions[i];
        if (function->kind != PYPERF_FUNCTION_PYTHON || function->file == last)
            continue;
        last = function->file;
        add_candidate(base_name(pyperf_profile_string(profile, last)), candidates);
    }
}

static void add_functions(struct candidates *candidates, const struct pyperf_profile *profile)
{
    for (uint32_t i = 0; i < profile->function_count; i++)
        if (profile->functions[i].kind == PYPERF_FUNCTION_PYTHON)
            add_candidate(pyperf_profile_string(profile, profile->functions[i].qualified_name),
                          candidates);
}

static bool has(const struct candidates *candidates, const char *name)
{
    for (size_t i = 0; i < candidates->count; i++)
        if (strcmp(candidates->names[i], name) == 0)
            return true;
    return false;
}

static void release(struct candidates *candidates)
{
    free(candidates->names);
    string_pool_release(&candidates->pool);
}

/* `place`: how to write the file or module of the pattern. */
static void say_name(const struct choice_pattern *pattern, const char *place,
                     const struct candidates *functions)
{
    const char *name = pattern->name;
    const char *nearest = nearest_name(name, functions->names, functions->count);
    if (has(functions, name) && strcmp(place, pattern->place) == 0)
        message("--only: '%s:%s' was never called", place, name);
    else if (nearest)
        message("--only: no function that ran is meant by '%s:%s'; did you mean '%s:%s'?",
                pattern->place, name, place, nearest);
    else
        message("--only: no function that ran is meant by '%s:%s', and none is called much "
                "like it",
                pattern->place, name);
}

static void say_place(const struct choice_pattern *pattern, const char *place)
{
    char lines[64] = "";
    if (pattern->from)
        snprintf(lines, sizeof lines, ":%u-%u", (unsigned)pattern->from, (unsigned)pattern->to);
    if (strcmp(place, pattern->place) != 0)
        message("--only: no function that ran is meant by '%s%s'; did you mean '%s%s'?",
                pattern->place, lines, place, lines);
    else
        message("--only: no function that ran is meant by '%s%s'", place, lines);
}

static void say_unmatched(const struct choice_pattern *pattern, const struct seen *seen,
                          const char *script)
{
    struct candidates functions = {.count = 0}, files = {.count = 0};
    const char *place = pattern->place;
    if (script)
        add_candidate(base_name(script), &files);
    for (size_t i = 0; i < seen->count; i++) {
        add_files(&files, seen->profiles[i]);
        add_functions(&functions, seen->profiles[i]);
    }
    if (pattern->is_file && !has(&files, base_name(place))) {
        const char *nearest = nearest_name(base_name(place), files.names, files.count);
        place = nearest ? nearest : place;
    }
    add_functions_of_file(&functions, script);
    if (pattern->name)
        say_name(pattern, place, &functions);
    else
        say_place(pattern, place);
    release(&functions);
    release(&files);
}

void near_functions_say(const char *session, struct pyperf_profile *const *profiles,
                        size_t count, const char *script)
{
    const struct seen seen = {profiles, count};
    struct choice choice;
    struct pyperf_error error;
    if (choice_read(session, &choice, &error) != PYPERF_OK) {
        message("%s", error.message);
        return;
    }
    for (size_t i = 0; i < choice.count; i++)
        if (!means_any(&choice.patterns[i], &seen))
            say_unmatched(&choice.patterns[i], &seen, script);
    choice_release(&choice);
}
