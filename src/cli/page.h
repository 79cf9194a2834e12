/* Standard output as something to write reports on.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_PAGE_H
#define PYPERF_CLI_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include <pyperf/reports.h>

/* How wide it is, where it is a terminal, and whether it shows colours: not with NO_COLOR in
 * the environment, nor on a terminal that calls itself dumb. */
struct pyperf_page page_of_stdout(void);

/* What goes to standard output piece by piece. A page of zeros is fine to begin with. */
struct page_output {
    int failure; /* errno of the first write that failed, or 0: then nothing more is written */
};

/* Writes; `output` is a struct page_output. Fits a json_sink. */
void page_write(void *output, const char *bytes, size_t size);

/* Says what failed and returns false, unless it is that nobody wants to read on. */
bool page_end(const struct page_output *output);

#endif
