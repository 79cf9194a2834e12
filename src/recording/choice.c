/* SPDX-License-Identifier: MIT */
#include "recording/choice.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recording/session.h"

/* ---- Patterns ---- */

static bool is_file_pattern(const char *place)
{
    size_t length = strlen(place);
    return strchr(place, '/') || place[0] == '<' ||
           (length > 3 && strcmp(place + length - 3, ".py") == 0);
}

/* "10" or "10-40"; false: it is a name. */
static bool parse_lines(const char *text, struct choice_pattern *pattern)
{
    unsigned from, to;
    int end = 0;
    if (sscanf(text, "%9u%n", &from, &end) != 1 || strspn(text, "0123456789") == 0)
        return false;
    to = from;
    if (text[end] == '-') {
        const char *second = text + end + 1;
        if (strspn(second, "0123456789") == 0 || sscanf(second, "%9u%n", &to, &end) != 1)
            return false;
        text = second;
    }
    if (text[end] != '\0')
        return false;
    pattern->from = from;
    pattern->to = to;
    return true;
}

static enum pyperf_status refuse(const char *pattern, const char *why,
                                 struct pyperf_error *error)
{
    return pyperf_error_set(error, PYPERF_USAGE,
                            "'%s' chooses no functions: %s; it can be MODULE:NAME, MODULE, "
                            "FILE.py, FILE.py:NAME or FILE.py:10-40",
                            pattern, why);
}

/* Takes `text` apart, in place. `whole` is the same for messages. */
static enum pyperf_status parse(char *text, const char *whole, struct choice_pattern *pattern,
                                struct pyperf_error *error)
{
    char *colon = strrchr(text, ':');
    *pattern = (struct choice_pattern){.place = text};
    if (colon)
        *colon = '\0';
    if (*text == '\0')
        return refuse(whole, "it names no module or file", error);
    if (colon && colon[1] == '\0')
        return refuse(whole, "nothing follows the colon", error);
    if (colon && !parse_lines(colon + 1, pattern))
        pattern->name = colon + 1;
    if (colon && !pattern->name && (pattern->from == 0 || pattern->from > pattern->to))
        return refuse(whole, "there are no such lines", error);
    pattern->is_file = is_file_pattern(pattern->place);
    if (strncmp(pattern->place, "./", 2) == 0)
        pattern->place += 2;
    return PYPERF_OK;
}

enum pyperf_status choice_check(const char *pattern, struct pyperf_error *error)
{
    struct choice_pattern parsed;
    if (strchr(pattern, '\n'))
        return refuse(pattern, "there is a line break in it", error);
    char *text = strdup(pattern);
    if (!text)
        return pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory for '%s'", pattern);
    enum pyperf_status status = parse(text, pattern, &parsed, error);
    free(text);
    return status;
}

/* ---- The file ---- */

static FILE *open_choice(const char *directory, const char *mode)
{
    char path[SESSION_PATH_SIZE];
    int length = snprintf(path, sizeof path, "%s/" SESSION_CHOICE_FILE, directory);
    if (length < 0 || (size_t)length >= sizeof path) {
        errno = ENAMETOOLONG;
        return NULL;
    }
    return fopen(path, mode);
}

enum pyperf_status choice_write(const char *directory, const char *const *patterns,
                                size_t count, struct pyperf_error *error)
{
    FILE *file = open_choice(directory, "we");
    int failure = errno;
    if (file) {
        for (size_t i = 0; i < count; i++)
            fprintf(file, "%s\n", patterns[i]);
        bool failed = ferror(file) != 0;
        failure = fclose(file) != 0 || failed ? errno : 0;
    }
    if (file && !failure)
        return PYPERF_OK;
    return pyperf_error_set_errno(error, failure, "cannot write to %s", directory);
}

/* The file's text, its lines ended by NUL; NULL: see errno, which is 0 where all went well. */
static char *read_lines(FILE *file, size_t *count)
{
    char *text = NULL, *line = NULL;
    size_t size = 0, room = 0;
    ssize_t length;
    errno = 0;
    while ((length = getline(&line, &room, file)) > 0) {
        char *longer = realloc(text, size + (size_t)length + 1);
        if (!longer) {
            free(text);
            text = NULL;
            break;
        }
        text = longer;
        memcpy(text + size, line, (size_t)length + 1);
        text[size + strcspn(text + size, "\n")] = '\0';
        size += strlen(text + size) + 1;
        ++*count;
    }
    free(line);
    return text;
}

static enum pyperf_status parse_all(struct choice *choice, size_t count,
                                    struct pyperf_error *error)
{
    char *next = choice->text;
    choice->patterns = calloc(count, sizeof *choice->patterns);
    if (!choice->patterns)
        return pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory for patterns");
    for (size_t i = 0; i < count; i++) {
        char *text = next;
        next += strlen(text) + 1;
        enum pyperf_status status = parse(text, "a pattern", &choice->patterns[i], error);
        if (status != PYPERF_OK)
            return status;
        choice->count++;
    }
    return PYPERF_OK;
}

enum pyperf_status choice_read(const char *directory, struct choice *choice,
                               struct pyperf_error *error)
{
    size_t count = 0;
    *choice = (struct choice){0};
    FILE *file = open_choice(directory, "re");
    if (!file && errno == ENOENT)
        return PYPERF_OK;
    if (!file)
        return pyperf_error_set_errno(error, errno, "cannot read what is chosen in %s",
                                      directory);
    choice->text = read_lines(file, &count);
    int failure = errno;
    fclose(file);
    if (failure)
        return pyperf_error_set_errno(error, failure, "cannot read what is chosen in %s",
                                      directory);
    enum pyperf_status status = count ? parse_all(choice, count, error) : PYPERF_OK;
    if (status != PYPERF_OK)
        choice_release(choice);
    return status;
}

void choice_release(struct choice *choice)
{
    free(choice->patterns);
    free(choice->text);
    *choice = (struct choice){0};
}

/* ---- Matching ---- */

static bool has_suffix_part(const char *path, const char *part)
{
    size_t length = strlen(part);
    for (const char *found = strstr(path, part); found; found = strstr(found + 1, part))
        if (found > path && found[-1] == '/' && found[length] == '/')
            return true;
    return false;
}

static bool is_below(const char *path, const char *directory)
{
    size_t length = strlen(directory);
    return length > 0 && strncmp(path, directory, length) == 0 && path[length] == '/';
}

static bool is_own(const struct choice_place *place, const char *library)
{
    if (place->is_program_text)
        return true;
    return place->file[0] != '<' && place->file[0] != '\0' &&
           !has_suffix_part(place->file, "site-packages") &&
           !has_suffix_part(place->file, "dist-packages") &&
           !(library && is_below(place->file, library));
}

/* Does the glob match a path's end, from some '/' on? */
static bool matches_end(const char *glob, const char *path)
{
    if (fnmatch(glob, path, 0) == 0)
        return true;
    if (glob[0] == '/')
        return false;
    if (!strchr(glob, '/')) {
        const char *slash = strrchr(path, '/');
        return slash && fnmatch(glob, slash + 1, 0) == 0;
    }
    for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/'))
        if (fnmatch(glob, slash + 1, 0) == 0)
            return true;
    return false;
}

static bool means_place(const struct choice_pattern *pattern, const struct choice_place *place)
{
    if (pattern->is_file)
        return matches_end(pattern->place, place->file);
    return place->module[0] != '\0' && fnmatch(pattern->place, place->module, 0) == 0;
}

bool choice_has_place(const struct choice *choice, const struct choice_place *place,
                      const char *library)
{
    if (choice->count == 0)
        return is_own(place, library);
    for (size_t i = 0; i < choice->count; i++)
        if (means_place(&choice->patterns[i], place))
            return true;
    return false;
}

bool choice_pattern_means(const struct choice_pattern *pattern, const struct choice_code *code)
{
    if (!means_place(pattern, code->place))
        return false;
    if (code->is_part && !(pattern->name && strchr(pattern->name, '<')))
        return false;
    if (pattern->from)
        return code->has_lines && code->has_lines(code->context, pattern->from, pattern->to);
    if (code->is_class)
        return false;
    if (!pattern->name || fnmatch(pattern->name, code->qualified_name, 0) == 0)
        return true;
    return pattern->is_file && fnmatch(pattern->name, code->name, 0) == 0;
}

bool choice_has(const struct choice *choice, const struct choice_code *code)
{
    if (choice->count == 0)
        return !code->is_part && !code->is_class;
    for (size_t i = 0; i < choice->count; i++)
        if (choice_pattern_means(&choice->patterns[i], code))
            return true;
    return false;
}
