/* What commands are given to read: a session directory, or a file in any format we read.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_INPUT_H
#define PYPERF_CLI_INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include <pyperf/profile.h>
#include <pyperf/reports.h>
#include <pyperf/summary.h>

#include "base/text_buffer.h"

struct input {
    struct pyperf_profile *profile; /* NULL: the file holds the summary only */
    struct pyperf_summary *summary; /* always there, full paths */
    bool lines_only;                /* it is of lines, and says nothing of calls */
    bool end_seen;                  /* is it known how the program ended? */
    struct pyperf_outcome outcome;  /* then this is how */
    struct text_buffer heading; /* pstats' first lines: "Mon Jan 31 23:59:59 2026    NAME" */
};

struct input_wishes {
    bool raw_times;       /* keep the cost of recording in our own recordings */
    bool without_callers; /* who called what is not needed, unless there is a profile */
};

/* Reads what `path` names ("-": standard input). Of our own recordings the cost of recording is
 * taken off, unless it is to be kept. Returns STATUS_OK or the status to end with, what is
 * wrong having been said; release the input in any case. */
int input_read(struct input *input, const char *path, struct input_wishes wishes);

/* The same without adding up what is in a profile: the summary is there only if the file holds
 * nothing else. */
int input_load(struct input *input, const char *path, struct input_wishes wishes);

/* Adds up what is in the profile, if there is no summary yet. */
enum pyperf_status input_sum_up(struct input *input, struct pyperf_error *error);

/* Does it have calls? Says that it has not, and names it. */
bool input_has_calls(const struct input *input, const char *path);

/* Reads, and adds up, all that `paths` name, in the order in which pstats.Stats(*paths) goes
 * about it. Of more than one there is a profile if each has one; they are all of calls, or all
 * of lines. */
int input_read_all(struct input *input, const char *const *paths, size_t count,
                   struct input_wishes wishes);

void input_release(struct input *input);

#endif
