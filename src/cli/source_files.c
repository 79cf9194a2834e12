/* SPDX-License-Identifier: MIT */
#include "cli/source_files.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/input_file.h"
#include "recording/source_text.h"

enum {
    LARGEST_FILE = 64 << 20, /* bytes; nobody writes such programs */
    MOST_TEXT = 256 << 20,   /* bytes of all files: profiles can be made up */
};

char *source_file_read(const char *path)
{
    struct stat info;
    struct input_file file;
    struct pyperf_error error;
    if (stat(path, &info) != 0 || !S_ISREG(info.st_mode) || info.st_size > LARGEST_FILE ||
        input_file_read(&file, path, &error) != PYPERF_OK)
        return NULL;
    size_t length = file.size;
    char *bytes = strndup((const char *)file.bytes, file.size);
    char *text =
        bytes && strlen(bytes) == file.size ? source_text_decode(bytes, true, &length) : NULL;
    free(bytes);
    input_file_release(&file);
    return text;
}

/* ---- For profiles ---- */

static bool has_source(const struct pyperf_profile *profile, uint32_t file)
{
    const struct pyperf_lines *lines = profile->lines;
    const char *name = pyperf_profile_string(profile, file);
    for (uint32_t i = 0; i < lines->source_count; i++)
        if (strcmp(pyperf_profile_string(profile, lines->sources[i].file), name) == 0)
            return true;
    return false;
}

/* False: no memory. What is too much is left out. */
static bool add_source(struct pyperf_profile *profile, uint32_t file, const char *text)
{
    struct pyperf_lines *lines = profile->lines;
    size_t size = strlen(text) + 1;
    if (profile->strings_size + size > MOST_TEXT)
        return true;
    struct pyperf_source *sources =
        realloc(lines->sources, (lines->source_count + 1u) * sizeof *sources);
    if (sources)
        lines->sources = sources;
    char *strings = sources ? realloc(profile->strings, profile->strings_size + size) : NULL;
    if (!strings)
        return false;
    memcpy(strings + profile->strings_size, text, size);
    lines->sources[lines->source_count++] = (struct pyperf_source){
        .file = file, .text = (uint32_t)profile->strings_size, .read_later = true};
    profile->strings = strings;
    profile->strings_size += size;
    return true;
}

bool source_files_add(struct pyperf_profile *profile)
{
    const struct pyperf_lines *lines = profile->lines;
    bool done = true;
    uint32_t last = 0; /* most functions are in the file of the one before */
    for (uint32_t i = 0; i < lines->function_count && done; i++) {
        uint32_t file = profile->functions[lines->functions[i].function].file;
        if (file == last || has_source(profile, file))
            continue;
        last = file;
        char *text = source_file_read(pyperf_profile_string(profile, file));
        if (text)
            done = add_source(profile, file, text);
        free(text);
    }
    return done;
}
