/* Which calls had not returned at the end: for each thread the path that leads to where it was.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_REPORTS_OPEN_CALLS_H
#define PYPERF_REPORTS_OPEN_CALLS_H

#include <pyperf/profile.h>

#include "base/text_buffer.h"

/* Appends a line for each thread that was in a call, innermost call last; long paths and many
 * threads are shortened. Control characters are escaped. */
void open_calls_add(struct text_buffer *text, const struct pyperf_profile *profile);

#endif
