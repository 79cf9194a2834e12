/* The numbers of a pstats file: one row per label, with the edges from its callers.
 *
 * This is what a `.prof` file holds and what the pstats tables print, no more. A summary owns
 * its rows, edges and strings. The order of rows and of a row's callers is the order in which
 * pstats would iterate over the dictionaries in the file; sorting is stable against it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_SUMMARY_H
#define PYPERF_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pyperf/error.h>
#include <pyperf/profile.h>

/* What identifies a row. Built-ins have file "~" and line 0. Labels are unique in a summary. */
struct pyperf_label {
    const char *file;
    const char *name;
    uint32_t line; /* see pyperf_signed_line */
};

/* Times are seconds, as pstats has them. */
struct pyperf_summary_edge {
    uint32_t caller;          /* row index */
    bool only_calls;          /* calls is all that is known: a file of the module `profile` */
    uint64_t calls;           /* all calls on this edge */
    uint64_t primitive_calls; /* those made while the edge was not already active */
    double self;              /* seconds in the callee itself, when called from this caller */
    double cumulative;        /* seconds in the callee and what it called, recursion once */
};

/* How long single activations took, those that completed. */
struct pyperf_durations {
    /* By the binary logarithm: item n counts those of 2^n to 2^(n+1) units. */
    uint64_t counts[PYPERF_DURATION_BUCKETS];
    double unit;    /* seconds */
    double longest; /* seconds */
};

struct pyperf_summary_row {
    struct pyperf_label label;
    uint64_t calls;           /* starts and resumes, as cProfile counts */
    uint64_t primitive_calls; /* those made while the function was not already active */
    double self;              /* seconds */
    double cumulative;        /* seconds, recursion counted once */
    struct pyperf_summary_edge *callers;
    uint32_t caller_count;
    bool only_caller; /* no row of the file, which names it as a caller alone: not to be listed
                       */
    struct pyperf_durations *durations; /* NULL: not known */
};

struct pyperf_summary {
    struct pyperf_summary_row *rows;
    uint32_t row_count;
    /* Sums over the rows as they were before directories were stripped: pstats adds up when it
     * loads a file, and another order of rows could round differently. */
    uint64_t total_calls;
    uint64_t total_primitive_calls;
    double total_self; /* seconds */
    bool sampled;      /* by Python's sampling profiler: calls are numbers of samples */
    struct pyperf_summary_storage *storage; /* private: analysis/summary.h */
};

/* Sums a calling-context tree up by label, with lsprof's rules for recursion, applied to labels
 * (so that functions whose labels collide add up without counting nested time twice). All
 * threads are added. The first row is the root that calls everything without a caller:
 * ("~", 0, "<program NAME>"), called once. Folded contexts are called by the row
 * ("~", 0, "<folded contexts>"), which takes no time. Addresses (" at 0x7f…") are left out of
 * the names of built-ins. Bytes that are not UTF-8 become lone surrogates, as Python's
 * "surrogateescape" makes them. Free with pyperf_summary_free. */
enum pyperf_status pyperf_summary_create(const struct pyperf_profile *profile,
                                         struct pyperf_summary **summary,
                                         struct pyperf_error *error);
void pyperf_summary_free(struct pyperf_summary *summary);

/* The same with qualified names ("Order.total") in the labels, for whatever is not to be read
 * by pstats. */
enum pyperf_status pyperf_summary_create_qualified(const struct pyperf_profile *profile,
                                                   struct pyperf_summary **summary,
                                                   struct pyperf_error *error);

/* The same of each thread alone: an array of the profile's thread_count. Durations of single
 * calls are not known by thread. Of folded calls it is known for all threads together how many
 * were primitive and what time these took; each thread gets its share by the number of calls.
 * Free with pyperf_summary_free_each. */
enum pyperf_status pyperf_summary_create_each(const struct pyperf_profile *profile,
                                              struct pyperf_summary ***summaries,
                                              struct pyperf_error *error);
/* The same of each process alone: an array of the profile's process_count. */
enum pyperf_status pyperf_summary_create_processes(const struct pyperf_profile *profile,
                                                   struct pyperf_summary ***summaries,
                                                   struct pyperf_error *error);
void pyperf_summary_free_each(struct pyperf_summary **summaries, uint32_t count);

/* The duration, in seconds, that a fraction (0 to 1) of the activations did not exceed; 0 where
 * there are none. Activations are known to a factor of two and are taken to be spread evenly,
 * on a logarithmic scale, over the width of their item. */
double pyperf_durations_quantile(const struct pyperf_durations *durations, double fraction);

/* Adds another summary to this one, as pstats.Stats.add() does: rows with equal labels are
 * added up, their callers with equal labels, too; new ones come after those that are there. It
 * takes time in proportion to `other` alone, so that thousands can be added one after the
 * other. How long single activations took is not known of sums. PYPERF_UNSUPPORTED: `other` has
 * times for a caller of which only calls are known here, or the reverse, which pstats cannot
 * add either; nothing was changed. When memory runs out, the summary can only be freed. */
enum pyperf_status pyperf_summary_add(struct pyperf_summary *summary,
                                      const struct pyperf_summary *other,
                                      struct pyperf_error *error);

/* Replaces every row by its label without directories, adding up what then collides, as
 * pstats.Stats.strip_dirs() does (its treatment of colliding callers included). */
enum pyperf_status pyperf_summary_strip_directories(struct pyperf_summary *summary,
                                                    struct pyperf_error *error);

#endif
