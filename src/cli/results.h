/* What is left of a run when the program has ended: the profile on disk, and the report.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_RESULTS_H
#define PYPERF_CLI_RESULTS_H

#include <stdbool.h>

#include <pyperf/formats.h>
#include <pyperf/reports.h>

#include "cli/report_options.h"
#include "recording/session.h"

/* Where results go. Paths are absolute; what is not wanted is NULL. */
struct destinations {
    const char *output;                 /* file for the profile */
    const char *output_shown;           /* the same as the user wrote it */
    const struct pyperf_format *format; /* of that file */
    const char *report;                 /* file for the report, or "-": stdout */
    bool quiet;                         /* do not say that a profile was written */
    bool full_paths;                    /* in the report */
    bool raw_times;                     /* with the cost of recording in them */
    struct report_options tables;
};

/* Takes the cost of recording off the profile's times, writes the profile, then the report.
 * Whatever fails has been said on stderr when this returns false; a reader of stdout who has
 * had enough is no failure. */
bool results_deliver(const struct destinations *destinations, struct pyperf_profile *profile,
                     const struct pyperf_outcome *outcome);

/* Writes what was recorded as it was, in a format that keeps recordings; the program's own is
 * the first. Says what fails, as above. */
bool results_keep(const struct destinations *destinations,
                  struct pyperf_profile *const *recordings, size_t count,
                  const struct pyperf_outcome *outcome);

/* Says that the output was written, with so many of what `noun` means, unless it is to be
 * quiet. */
void results_announce(const struct destinations *destinations, uint32_t count,
                      const char *noun);

/* The same of profiles whose calls, or lines where these were recorded, are in it. */
void results_announce_profiles(const struct destinations *destinations,
                               struct pyperf_profile *const *profiles, size_t count);

/* Writes the report to a file, or for "-" to stdout. Whatever fails has been said on stderr
 * when this returns false; a reader of stdout who has had enough is no failure. */
bool results_put_report(const char *report, const struct text_buffer *text);

/* The report says what makes a profile less than complete; where there is none, this does. */
void results_warn_of_losses(const struct pyperf_run *run);

/* "1,234,567", in `text`. */
const char *results_grouped(uint32_t number, char text[16]);

/* What reports know of an end. */
struct pyperf_outcome outcome_of_end(const struct session_end *end);

/* The report alone, on stdout, with facts about the run below the tables where there is a
 * profile to tell them. `heading` is the lines above the tables, or NULL. */
bool results_print(const struct report_options *tables, const struct pyperf_profile *profile,
                   const struct pyperf_outcome *outcome, const struct pyperf_summary *summary,
                   const char *heading);

#endif
