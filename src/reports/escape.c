/* SPDX-License-Identifier: MIT */
#include <pyperf/reports.h>

#include "base/visible_text.h"

void pyperf_report_escape(struct text_buffer *buffer, const char *text)
{
    text_buffer_add_visible(buffer, text);
}
