/* Descriptors beyond the standard streams that we were started with. They are meant for the
 * program: once it has them we let go of them, so that whoever is at their other end sees when
 * the program closes its own.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_INHERITED_H
#define PYPERF_CLI_INHERITED_H

#include <stddef.h>

struct inherited_descriptors {
    int *descriptors;
    size_t count;
};

/* Notes those that are open now: before we open any of our own. Without memory or /proc there
 * are none. Release it. */
void inherited_descriptors_note(struct inherited_descriptors *inherited);
void inherited_descriptors_release(struct inherited_descriptors *inherited);

/* Closes them. Our own output may go to one of them, where a shell's >(...) made it: `output`
 * and `report` (both may be NULL) name it as /dev/fd/N, and nothing is closed. */
void inherited_descriptors_close(const struct inherited_descriptors *inherited,
                                 const char *output, const char *report);

#endif
