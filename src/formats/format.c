/* SPDX-License-Identifier: MIT */
#include "formats/format.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/input_file.h"
#include "base/nearest.h"
#include "formats/html.h"
#include "formats/pstats.h"

/* The first is what files without a telling suffix are written in. */
static const struct pyperf_format *const formats[] = {
    &format_pstats,
    &format_html,
};

enum { FORMAT_COUNT = sizeof formats / sizeof *formats };

const struct pyperf_format *pyperf_format_at(size_t index)
{
    return index < FORMAT_COUNT ? formats[index] : NULL;
}

const char *pyperf_format_name(const struct pyperf_format *format)
{
    return format->name;
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

const struct pyperf_format *pyperf_format_for_path(const char *path)
{
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        for (const char *const *suffix = formats[i]->suffixes; *suffix; suffix++)
            if (ends_with(path, *suffix))
                return formats[i];
    return formats[0];
}

enum pyperf_status pyperf_format_write(const struct pyperf_format *format,
                                       const struct pyperf_export *content, const char *path,
                                       struct pyperf_error *error)
{
    struct output_file file;
    enum pyperf_status status = output_file_open(&file, path, error);
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
    *import = (struct pyperf_import){NULL, NULL};
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
    pyperf_summary_free(import->summary);
    *import = (struct pyperf_import){NULL, NULL};
}
