/* Times, differences and ratios as people read them.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_REPORTS_FIGURES_H
#define PYPERF_REPORTS_FIGURES_H

#include <pyperf/comparison.h>

#include "base/text_buffer.h"

/* Four digits and a unit: "1.847 s", "12.30 ms", "0 s". */
void figure_seconds(struct text_buffer *text, double seconds);

/* A value of a metric: a number of calls, or a time. */
void figure_value(struct text_buffer *text, enum pyperf_metric metric, double value);

/* The same with its sign: "+12.30 ms", "-3", "0". */
void figure_difference(struct text_buffer *text, enum pyperf_metric metric,
                       const struct pyperf_figures *figures);

/* "1.139", with the interval, where it is known, "1.139 [1.091, 1.152]"; "-" where there was
 * nothing before. */
void figure_ratio(struct text_buffer *text, const struct pyperf_figures *figures);

/* The same in percent: "+13.9 %", "+13.9 % [+9.1 %, +15.2 %]". */
void figure_percent(struct text_buffer *text, const struct pyperf_figures *figures);

#endif
