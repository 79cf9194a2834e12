/* How long single calls took: what an average hides.
 *
 * SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>

#include <pyperf/reports.h>

#include "reports/pstats_tables.h"

/* Four digits that matter, with the unit that makes them short. */
static void add_duration(struct text_buffer *text, double seconds)
{
    static const struct {
        const char *unit;
        double factor;
    } units[] = {{"s", 1}, {"ms", 1e3}, {"µs", 1e6}, {"ns", 1e9}};
    size_t unit = 0;
    while (unit < 3 && seconds * units[unit].factor < 0.9995)
        unit++;
    double value = seconds * units[unit].factor;
    int digits = unit == 3 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
    text_buffer_printf(text, "%6.*f %s%s", digits, value, unit == 0 ? " " : "",
                       units[unit].unit);
}

static uint64_t count(const struct pyperf_durations *durations)
{
    uint64_t sum = 0;
    for (int i = 0; i < PYPERF_DURATION_BUCKETS; i++)
        sum += durations->counts[i];
    return sum;
}

static void add_row(struct text_buffer *text, const struct pyperf_durations *durations)
{
    text_buffer_printf(text, "%9" PRIu64 "  ", count(durations));
    add_duration(text, pyperf_durations_quantile(durations, 0.5));
    text_buffer_add(text, "  ");
    add_duration(text, pyperf_durations_quantile(durations, 0.95));
    text_buffer_add(text, "  ");
    add_duration(text, durations->longest);
    text_buffer_add(text, "  ");
}

enum pyperf_status pyperf_report_spread(const struct pyperf_summary *summary,
                                        const struct pyperf_table_options *options,
                                        struct text_buffer *text, struct pyperf_error *error)
{
    struct table table;
    enum pyperf_status status = table_init(&table, summary, options, true, error);
    if (status == PYPERF_OK && table.count > 0) {
        text_buffer_add(text, "   Duration of single calls, callees included\n");
        text_buffer_add(text, text_buffer_text(&table.message));
        text_buffer_add(text, "\n    calls     median       95 %    longest  "
                              "filename:lineno(function)\n");
        for (uint32_t i = 0; i < table.count; i++) {
            const struct pyperf_durations *durations = summary->rows[table.rows[i]].durations;
            if (!durations || count(durations) == 0)
                continue;
            add_row(text, durations);
            text_buffer_add(text, table.names.shown[table.rows[i]]);
            text_buffer_add(text, "\n");
        }
        text_buffer_add(text, "\n\n");
    }
    table_release(&table);
    if (status == PYPERF_OK && text->failed)
        status = pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory for the report");
    return status;
}
