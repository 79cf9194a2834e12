/* SPDX-License-Identifier: MIT */
#include <pyperf/reports.h>

#include "base/visible_text.h"

void pyperf_report_escape(struct text_buffer *buffer, const char *text)
{
    text_buffer_add_visible(buffer, text);
}

void pyperf_report_heading(struct text_buffer *buffer, const char *heading,
                           bool escape_controls)
{
    if (escape_controls)
        text_buffer_add_visible_lines(buffer, heading);
    else
        text_buffer_add(buffer, heading);
    text_buffer_add(buffer, "\n\n");
}
