/* What commands make of recorded lines: the options about the report, the report, the file.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_LINE_RESULTS_H
#define PYPERF_CLI_LINE_RESULTS_H

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>

#include <pyperf/formats.h>
#include <pyperf/reports.h>

struct line_report_options {
    struct pyperf_lines_options lines; /* but for thread, colour and escape_controls */
    bool rich;                         /* colours, where there is a terminal that has them */
    bool per_thread;
};

/* Options -u -z --rich --statements --calls; its input is a struct line_report_options of
 * zeros.
 */
extern const struct argp line_report_argp;

/* Where the program asks for lines of some functions (`@profile`), in any of its processes, and
 * the command line for none, only these are left in the profiles. */
void line_results_keep_decorated(struct pyperf_profile *const *profiles, size_t count);

/* A file of somebody else's says nothing about the run. */
bool line_results_know_run(const struct pyperf_profile *profile);

/* Writes the report to a file, or for "-" to stdout, with facts about the run below it unless
 * nothing is known of one. False: that failed, and has been said. */
bool line_results_report(const struct line_report_options *options,
                         const struct pyperf_profile *profile,
                         const struct pyperf_outcome *outcome, const char *report);

/* Writes the profile, and says so on stderr unless `quiet`. False: that failed, and has been
 * said. */
bool line_results_write(const struct pyperf_format *format, struct pyperf_profile *profile,
                        const char *path, const char *shown, bool quiet);

/* Says that the lines of these profiles were written to a file. */
void line_results_announce(const struct pyperf_format *format,
                           struct pyperf_profile *const *profiles, size_t count,
                           const char *shown);

#endif
