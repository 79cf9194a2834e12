/* SPDX-License-Identifier: MIT */
#include "reports/figures.h"

#include <math.h>

#include "reports/numbers.h"

void figure_seconds(struct text_buffer *text, double seconds)
{
    static const struct {
        const char *name;
        double factor;
    } units[] = {{"s", 1}, {"ms", 1e3}, {"\xC2\xB5s", 1e6}, {"ns", 1e9}};
    double size = fabs(seconds);
    if (!(size * 1e9 >= 0.5)) {
        text_buffer_add(text, "0 s");
        return;
    }
    size_t unit = 0;
    while (unit < 3 && size * units[unit].factor < 0.99995)
        unit++;
    double value = seconds * units[unit].factor;
    size = fabs(value);
    int digits = size >= 999.95 ? 0 : size >= 99.995 ? 1 : size >= 9.9995 ? 2 : 3;
    text_buffer_printf(text, "%.*f %s", unit == 3 ? 0 : digits, value, units[unit].name);
}

/* Medians of an even number of profiles may lie between two numbers. */
static void add_number_of_calls(struct text_buffer *text, double calls)
{
    double whole = floor(calls);
    if (whole < 1.8e19 && whole >= 0)
        add_grouped(text, (uint64_t)whole);
    else
        text_buffer_printf(text, "%.0f", whole);
    if (calls > whole)
        text_buffer_printf(text, ".%.0f", (calls - whole) * 10);
}

void figure_value(struct text_buffer *text, enum pyperf_metric metric, double value)
{
    if (metric == PYPERF_METRIC_CALLS)
        add_number_of_calls(text, value);
    else
        figure_seconds(text, value);
}

void figure_difference(struct text_buffer *text, enum pyperf_metric metric,
                       const struct pyperf_figures *figures)
{
    double difference = figures->after - figures->before;
    if (metric == PYPERF_METRIC_CALLS) {
        text_buffer_add(text, difference > 0 ? "+" : difference < 0 ? "-" : "");
        add_number_of_calls(text, fabs(difference));
        return;
    }
    if (difference * 1e9 >= 0.5)
        text_buffer_add(text, "+");
    figure_seconds(text, difference);
}

static bool is_ratio(const struct pyperf_figures *figures)
{
    return figures->before > 0;
}

static bool has_interval(const struct pyperf_figures *figures)
{
    return figures->interval_known && isfinite(figures->high);
}

void figure_ratio(struct text_buffer *text, const struct pyperf_figures *figures)
{
    if (!is_ratio(figures)) {
        text_buffer_add(text, "-");
        return;
    }
    text_buffer_printf(text, "%.3f", figures->after / figures->before);
    if (has_interval(figures))
        text_buffer_printf(text, " [%.3f, %.3f]", figures->low, figures->high);
}

void figure_percent(struct text_buffer *text, const struct pyperf_figures *figures)
{
    if (!is_ratio(figures)) {
        text_buffer_add(text, "-");
        return;
    }
    text_buffer_printf(text, "%+.1f %%", (figures->after / figures->before - 1) * 100);
    if (has_interval(figures))
        text_buffer_printf(text, " [%+.1f %%, %+.1f %%]", (figures->low - 1) * 100,
                           (figures->high - 1) * 100);
}
