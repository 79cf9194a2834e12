/* Adding up profiles of many runs, one after the other: of a suite's shards, of a day's
 * requests.
 *
 * What has the same path of calls becomes one node. Functions are the same that have the same
 * file, line, name and qualified name. The programs themselves become one process, whatever
 * they are called; so do children that were started with the same words. Of one process,
 * threads with the same name are one thread.
 *
 * Counts and times add up: a run's wall time, too, and a thread's. What can only be said of one
 * run (process ids, the calls that were open at its end) is that of the first, or is left out.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_MERGE_H
#define PYPERF_MERGE_H

#include <pyperf/error.h>
#include <pyperf/profile.h>

struct pyperf_merge;

/* NULL: no memory. The caller frees it. */
struct pyperf_merge *pyperf_merge_create(void);
void pyperf_merge_free(struct pyperf_merge *merge);

/* Adds a profile, which can be freed afterwards. All must have the cost of recording taken off,
 * or none; PYPERF_USAGE where one measures CPU time and those before it do not, or the reverse,
 * with nothing changed. After other failures the merge can only be freed. */
enum pyperf_status pyperf_merge_add(struct pyperf_merge *merge,
                                    const struct pyperf_profile *profile,
                                    struct pyperf_error *error);

/* The sum, which the caller frees; nothing can be added afterwards. NULL: no memory. */
struct pyperf_profile *pyperf_merge_take(struct pyperf_merge *merge);

#endif
