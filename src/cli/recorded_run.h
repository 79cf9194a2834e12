/* A program that is run and recorded, from a command line that has been understood to the end
 * of the program, and ours: what all commands share that run programs.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_RECORDED_RUN_H
#define PYPERF_CLI_RECORDED_RUN_H

#include <stdbool.h>

#include <pyperf/error.h>
#include <pyperf/profile.h>
#include <pyperf/reports.h>

#include "cli/run_request.h"

/* What is to become of a profile: a file, or a report. */
struct delivery {
    struct pyperf_profile *profile; /* the cost of recording is off, unless asked otherwise */
    /* Instead of the profile, what was recorded as it was; the program's own is the first. */
    struct pyperf_profile *const *recordings;
    size_t recording_count;
    const struct pyperf_outcome *outcome;
    const char *session;      /* the session's directory */
    const char *output;       /* absolute path of the file for the profile, or NULL */
    const char *output_shown; /* the same as the user wrote it */
    const char *report;       /* absolute path of the report's file, "-": stdout, or NULL */
};

/* What a command adds to running a program. */
struct run_purpose {
    /* Writes into the session's directory what the recorder is to find there, before it starts;
     * NULL: nothing. */
    enum pyperf_status (*prepare)(void *context, const char *directory,
                                  struct pyperf_error *error);
    /* The output is to be made of what was recorded, before anything is done to it. */
    bool keeps_recordings;
    /* False: it could not be made, and that has been said. */
    bool (*deliver)(void *context, const struct delivery *delivery);
    void *context;
};

/* Returns the status to end with where pyperf itself fails; else ends this process as the
 * program ended. */
int recorded_run(struct run_request *request, const struct run_purpose *purpose);

#endif
