/* How long single activations took: histograms on a logarithmic scale.
 *
 * SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>

#include "analysis/summary.h"
#include "base/saturating.h"

bool summary_allocate_durations(struct pyperf_summary *summary)
{
    struct pyperf_durations *durations =
        calloc((size_t)summary->row_count + 1, sizeof *durations);
    if (!durations)
        return false;
    summary->storage->durations = durations;
    for (uint32_t i = 0; i < summary->row_count; i++)
        summary->rows[i].durations = &durations[i];
    return true;
}

static double total(const struct pyperf_durations *durations)
{
    double sum = 0;
    for (int i = 0; i < PYPERF_DURATION_BUCKETS; i++)
        sum += (double)durations->counts[i];
    return sum;
}

/* Units differ by what was taken off each function; the mean stands for both. */
void durations_add(struct pyperf_durations *to, const struct pyperf_durations *from)
{
    double before = total(to), added = total(from);
    if (added > 0)
        to->unit = (to->unit * before + from->unit * added) / (before + added);
    for (int i = 0; i < PYPERF_DURATION_BUCKETS; i++)
        saturating_add(&to->counts[i], from->counts[i]);
    if (from->longest > to->longest)
        to->longest = from->longest;
}

double pyperf_durations_quantile(const struct pyperf_durations *durations, double fraction)
{
    double all = total(durations), wanted = fraction * all, below = 0;
    if (all <= 1)
        return durations->longest;
    for (int i = 0; i < PYPERF_DURATION_BUCKETS; i++) {
        double count = (double)durations->counts[i];
        if (count > 0 && below + count >= wanted) {
            double value = durations->unit * exp2(i + (wanted - below) / count);
            return value < durations->longest ? value : durations->longest;
        }
        below += count;
    }
    return durations->longest;
}
