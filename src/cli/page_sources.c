/* SPDX-License-Identifier: MIT */
#include "cli/page_sources.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/utf8.h"

enum { LARGEST_FILE = 1 << 20, LARGEST_SUM = 12 << 20 }; /* bytes */

/* A function with less of all time than this has no source in the page. */
static const double least_share = 0.0005;

static bool is_python(const char *path)
{
    size_t length = strlen(path);
    return length > 3 && strcmp(path + length - 3, ".py") == 0;
}

static bool is_there(const struct page_sources *sources, const char *file)
{
    for (size_t i = 0; i < sources->count; i++)
        if (strcmp(sources->items[i].file, file) == 0)
            return true;
    return false;
}

static char *read_text(int descriptor, size_t size)
{
    char *text = malloc(size + 1);
    size_t filled = 0;
    while (text && filled < size) {
        ssize_t got = read(descriptor, text + filled, size - filled);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        filled += (size_t)got;
    }
    if (!text)
        return NULL;
    text[filled] = '\0';
    if (utf8_valid(text))
        return text;
    free(text);
    return NULL;
}

static bool reserve(struct page_sources *sources)
{
    return array_reserve((void **)&sources->items, &sources->capacity, sources->count + 1,
                         sizeof *sources->items);
}

/* The text of a file that may be read, or NULL. */
static char *read_file(const char *file, struct stat *info)
{
    int descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (descriptor < 0)
        return NULL;
    char *text = NULL;
    if (fstat(descriptor, info) == 0 && S_ISREG(info->st_mode) && info->st_size > 0 &&
        info->st_size <= LARGEST_FILE)
        text = read_text(descriptor, (size_t)info->st_size);
    close(descriptor);
    return text;
}

/* Where there is something to read, no file of that name yet, and room. `sum` is what has been
 * read from files, in bytes. */
static void add_file(struct page_sources *sources, const char *file, uint64_t started_at,
                     size_t *sum)
{
    struct stat info;
    if (*sum >= LARGEST_SUM || !is_python(file) || is_there(sources, file) || !reserve(sources))
        return;
    char *text = read_file(file, &info);
    if (!text)
        return;
    uint64_t modified =
        info.st_mtim.tv_sec > 0 ? (uint64_t)info.st_mtim.tv_sec * 1000000000u : 0;
    sources->items[sources->count++] = (struct pyperf_page_source){
        .file = file, .text = text, .changed = started_at > 0 && modified > started_at};
    *sum += strlen(text);
}

static void add_recorded(struct page_sources *sources, const struct pyperf_profile *profile)
{
    const struct pyperf_lines *lines = profile->lines;
    for (uint32_t i = 0; i < lines->source_count; i++) {
        const struct pyperf_source *source = &lines->sources[i];
        const char *file = pyperf_profile_string(profile, source->file);
        if (source->read_later || is_there(sources, file) || !reserve(sources))
            continue;
        char *text = strdup(pyperf_profile_string(profile, source->text));
        if (text)
            sources->items[sources->count++] = (struct pyperf_page_source){
                .file = file, .text = text, .changed = source->changed};
    }
}

/* Those of line_profiler's files have no text with them. */
static void add_files_of_lines(struct page_sources *sources,
                               const struct pyperf_profile *profile, size_t *sum)
{
    const struct pyperf_lines *lines = profile->lines;
    uint32_t last = 0; /* most functions are in the file of the one before */
    for (uint32_t i = 0; i < lines->function_count; i++) {
        uint32_t file = profile->functions[lines->functions[i].function].file;
        if (file != last)
            add_file(sources, pyperf_profile_string(profile, file), profile->run.started_at,
                     sum);
        last = file;
    }
}

void page_sources_read(struct page_sources *sources, const struct pyperf_profile *profile,
                       const struct pyperf_summary *summary)
{
    *sources = (struct page_sources){0};
    double least = summary->total_self * least_share;
    bool has_lines = profile && profile->lines;
    size_t sum = 0;
    if (has_lines)
        add_recorded(sources, profile);
    for (uint32_t i = 0; i < summary->row_count; i++)
        if (summary->rows[i].cumulative >= least)
            add_file(sources, summary->rows[i].label.file,
                     profile ? profile->run.started_at : 0, &sum);
    if (has_lines)
        add_files_of_lines(sources, profile, &sum);
}

void page_sources_release(struct page_sources *sources)
{
    for (size_t i = 0; i < sources->count; i++)
        free((char *)sources->items[i].text);
    free(sources->items);
    *sources = (struct page_sources){0};
}
