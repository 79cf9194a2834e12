/* SPDX-License-Identifier: MIT */
#include "cli/page_sources.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
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

/* Returns how many bytes it added. */
static size_t add_file(struct page_sources *sources, const char *file, uint64_t started_at)
{
    int descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat info;
    if (descriptor < 0)
        return 0;
    char *text = NULL;
    if (fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0 &&
        info.st_size <= LARGEST_FILE &&
        array_reserve((void **)&sources->items, &sources->capacity, sources->count + 1,
                      sizeof *sources->items))
        text = read_text(descriptor, (size_t)info.st_size);
    close(descriptor);
    if (!text)
        return 0;
    uint64_t modified =
        info.st_mtim.tv_sec > 0 ? (uint64_t)info.st_mtim.tv_sec * 1000000000u : 0;
    sources->items[sources->count++] = (struct pyperf_page_source){
        .file = file, .text = text, .changed = started_at > 0 && modified > started_at};
    return strlen(text);
}

void page_sources_read(struct page_sources *sources, const struct pyperf_summary *summary,
                       uint64_t started_at)
{
    *sources = (struct page_sources){0};
    double least = summary->total_self * least_share;
    size_t sum = 0;
    for (uint32_t i = 0; i < summary->row_count && sum < LARGEST_SUM; i++) {
        const struct pyperf_summary_row *row = &summary->rows[i];
        if (row->cumulative >= least && is_python(row->label.file) &&
            !is_there(sources, row->label.file))
            sum += add_file(sources, row->label.file, started_at);
    }
}

void page_sources_release(struct page_sources *sources)
{
    for (size_t i = 0; i < sources->count; i++)
        free((char *)sources->items[i].text);
    free(sources->items);
    *sources = (struct page_sources){0};
}
