/* The source text of the functions in a profile, for the page: what was recorded with lines,
 * else what is on the disk.
 *
 * A profile names files, and may come from anywhere. So what is read are regular files whose
 * name ends in .py, no large ones, and only of functions that took time or have lines.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_PAGE_SOURCES_H
#define PYPERF_CLI_PAGE_SOURCES_H

#include <stddef.h>

#include <pyperf/formats.h>

struct page_sources {
    struct pyperf_page_source *items;
    size_t count;
    size_t capacity;
};

/* Adds what can be read; what cannot is left out. A file that is younger than the run is marked
 * as changed. `profile` may be NULL. Release in any case. */
void page_sources_read(struct page_sources *sources, const struct pyperf_profile *profile,
                       const struct pyperf_summary *summary);
void page_sources_release(struct page_sources *sources);

#endif
