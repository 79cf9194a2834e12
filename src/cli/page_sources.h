/* The source text of the functions in a profile, for the page: read from disk.
 *
 * A profile names files, and may come from anywhere. So what is read are regular files whose
 * name ends in .py, no large ones, and only of functions that took time.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_PAGE_SOURCES_H
#define PYPERF_CLI_PAGE_SOURCES_H

#include <stdint.h>

#include <pyperf/formats.h>

struct page_sources {
    struct pyperf_page_source *items;
    size_t count;
    size_t capacity;
};

/* Adds what can be read; what cannot is left out. `started_at`: nanoseconds since the epoch, 0:
 * not known; a file that is younger is marked as changed. Release in any case. */
void page_sources_read(struct page_sources *sources, const struct pyperf_summary *summary,
                       uint64_t started_at);
void page_sources_release(struct page_sources *sources);

#endif
