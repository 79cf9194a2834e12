/* The numbers of a pstats file: one row per label, with the edges from its callers.
 *
 * This is what a `.prof` file holds and what the pstats tables print, no more. A summary owns
 * its rows, edges and strings. The order of rows and of a row's callers is the order in which
 * pstats would iterate over the dictionaries in the file; sorting is stable against it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_SUMMARY_H
#define PYPERF_SUMMARY_H

#include <stddef.h>
#include <stdint.h>

#include <pyperf/error.h>
#include <pyperf/profile.h>

/* What identifies a row. Built-ins have file "~" and line 0. Labels are unique in a summary. */
struct pyperf_label {
    const char *file;
    const char *name;
    uint32_t line;
};

/* Times are seconds, as pstats has them. */
struct pyperf_summary_edge {
    uint32_t caller;          /* row index */
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
    struct pyperf_durations *durations; /* NULL: not known */
};

struct pyperf_summary {
    struct pyperf_summary_row *rows;
    uint32_t row_count;
    /* Sums over the rows as they were before directories were stripped: pstats adds up when it
     * loads a file, and another order of rows could round differently. */
    uint64_t total_calls;
    uint64_t total_primitive_calls;
    double total_self;                      /* seconds */
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
void pyperf_summary_free_each(struct pyperf_summary **summaries, uint32_t count);

/* The duration, in seconds, that a fraction (0 to 1) of the activations did not exceed; 0 where
 * there are none. Activations are known to a factor of two and are taken to be spread evenly,
 * on a logarithmic scale, over the width of their item. */
double pyperf_durations_quantile(const struct pyperf_durations *durations, double fraction);

/* Replaces every row by its label without directories, adding up what then collides, as
 * pstats.Stats.strip_dirs() does (its treatment of colliding callers included). */
enum pyperf_status pyperf_summary_strip_directories(struct pyperf_summary *summary,
                                                    struct pyperf_error *error);

#endif
