/* SPDX-License-Identifier: MIT */
#include "formats/format.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/input_file.h"
#include "base/nearest.h"
#include "formats/callgrind.h"
#include "formats/chrome.h"
#include "formats/collapsed.h"
#include "formats/csv.h"
#include "formats/dot.h"
#include "formats/html.h"
#include "formats/json.h"
#include "formats/lprof.h"
#include "formats/pprof.h"
#include "formats/pstats.h"
#include "formats/pyperf_file.h"
#include "formats/speedscope.h"
#include "formats/svg.h"

/* The first is what files without a telling suffix are written in. */
static const struct pyperf_format *const formats[] = {
    &format_pstats,    &format_pyperf,     &format_lprof, &format_html,      &format_svg,
    &format_callgrind, &format_speedscope, &format_pprof, &format_collapsed, &format_chrome,
    &format_json,      &format_csv,        &format_dot,
};

enum { FORMAT_COUNT = sizeof formats / sizeof *formats };

const struct pyperf_format *pyperf_format_at(size_t index)
{
    return index < FORMAT_COUNT ? formats[index] : NULL;
}

bool pyperf_format_holds_lines(const struct pyperf_format *format)
{
    return format->holds_lines;
}

bool pyperf_format_holds_calls(const struct pyperf_format *format)
{
    return !format->holds_no_calls;
}

const char *pyperf_format_name(const struct pyperf_format *format)
{
    return format->name;
}

bool pyperf_format_keeps_recordings(const struct pyperf_format *format)
{
    return format->keeps_recordings;
}

const struct pyperf_format *pyperf_format_by_name(const char *name, struct pyperf_error *error)
{
    const char *names[FORMAT_COUNT];
    for (size_t i = 0; i < FORMAT_COUNT; i++) {
        names[i] = formats[i]->name;
        if (strcmp(names[i], name) == 0)
            return formats[i];
    }
    const char *nearest = nearest_name(name, names, FORMAT_COUNT);
    pyperf_error_set(error, PYPERF_USAGE,
                     nearest ? "unknown format '%s'; did you mean '%s'?"
                             : "unknown format '%s'; the default is '%s'",
                     name, nearest ? nearest : names[0]);
    return NULL;
}

static bool ends_with(const char *text, const char *end)
{
    size_t text_length = strlen(text);
    size_t end_length = strlen(end);
    return text_length > end_length && strcasecmp(text + text_length - end_length, end) == 0;
}

/* How many bytes of the file's name ask for this format; 0: it does not. */
static size_t likeness(const struct pyperf_format *format, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    if (format->prefix && strncmp(name, format->prefix, strlen(format->prefix)) == 0)
        return strlen(name);
    size_t most = 0;
    for (const char *const *suffix = format->suffixes; *suffix; suffix++)
        if (ends_with(name, *suffix) && strlen(*suffix) > most)
            most = strlen(*suffix);
    return most;
}

/* ".trace.json" says more than ".json". */
const struct pyperf_format *pyperf_format_asked_by_path(const char *path)
{
    const struct pyperf_format *found = NULL;
    size_t most = 0;
    for (size_t i = 0; i < FORMAT_COUNT; i++) {
        size_t length = likeness(formats[i], path);
        if (length > most) {
            found = formats[i];
            most = length;
        }
    }
    return found;
}

const struct pyperf_format *pyperf_format_for_path(const char *path)
{
    const struct pyperf_format *format = pyperf_format_asked_by_path(path);
    return format ? format : formats[0];
}

bool pyperf_format_is_binary(const struct pyperf_format *format)
{
    return format->binary;
}

bool pyperf_format_heeds(const struct pyperf_format *format, enum pyperf_wish wish)
{
    return (format->wishes & wish) != 0;
}

enum pyperf_status pyperf_format_write(const struct pyperf_format *format,
                                       const struct pyperf_export *content, const char *path,
                                       struct pyperf_error *error)
{
    struct output_file file;
    enum pyperf_status status = strcmp(path, "-") == 0 ? output_file_open_standard(&file, error)
                                                       : output_file_open(&file, path, error);
    if (status != PYPERF_OK)
        return status;
    status = format->write(content, &file, error);
    if (status == PYPERF_OK)
        return output_file_commit(&file, error);
    output_file_abandon(&file);
    return status;
}

static const struct pyperf_format *recognise(const struct input_file *file)
{
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        if (formats[i]->recognises && formats[i]->recognises(file->bytes, file->size))
            return formats[i];
    return NULL;
}

enum pyperf_status pyperf_format_read(const char *path, struct pyperf_import *import,
                                      struct pyperf_error *error)
{
    struct input_file file;
    struct pyperf_error reason;
    enum pyperf_status status = input_file_read(&file, path, error);
    if (status != PYPERF_OK)
        return status;
    *import = (struct pyperf_import){.without_callers = import->without_callers};
    const struct pyperf_format *format = recognise(&file);
    if (format)
        status = format->read(file.bytes, file.size, import, &reason);
    else
        status = pyperf_error_set(&reason, PYPERF_BAD_DATA,
                                  file.size ? "not a profile in any format that pyperf reads"
                                            : "the file is empty");
    if (status != PYPERF_OK) {
        pyperf_error_set(error, status, "%s: %s", file.shown, reason.message);
        pyperf_import_release(import);
    }
    input_file_release(&file);
    return status;
}

void pyperf_import_release(struct pyperf_import *import)
{
    pyperf_profile_free(import->profile);
    for (size_t i = 0; i < import->child_count; i++)
        pyperf_profile_free(import->children[i]);
    free(import->children);
    pyperf_summary_free(import->summary);
    *import = (struct pyperf_import){0};
}
