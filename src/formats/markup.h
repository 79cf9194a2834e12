/* Text in XML, and figures as people read them, for formats that are looked at.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_FORMATS_MARKUP_H
#define PYPERF_FORMATS_MARKUP_H

#include "base/output_file.h"

/* Visible text (base/visible_text.h) as character data or as the value of an attribute. */
void markup_put(struct output_file *file, const char *text);

enum { SHOWN_TIME_SIZE = 32 }; /* bytes, terminating NUL included */

/* "1.234 s", "12.345 ms", "0.123 us" */
void show_time(char text[SHOWN_TIME_SIZE], double nanoseconds);

#endif
