/* What `pyperf stats` prints beside, or instead of, the tables of pstats: call trees, hot
 * paths, and other formats.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_VIEWS_H
#define PYPERF_CLI_VIEWS_H

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/input.h"
#include "cli/report_options.h"

enum view_format { VIEW_TEXT, VIEW_TABLE, VIEW_CSV, VIEW_JSON };

struct view_options {
    bool tree;
    bool hot;
    bool minimum_given;
    double minimum; /* part of the total */
    uint32_t depth; /* 0: any */
    enum view_format format;
};

/* Options --tree --hot --min --depth --format; its input is a struct view_options of zeros. */
extern const struct argp view_argp;

/* Is anything wanted but the tables of pstats? */
bool views_wanted(const struct view_options *options);

/* Prints it. Sorting, limits, the filter, and whether to print by thread or process are those
 * of the tables. `files` are what the input was read from. Returns STATUS_OK or the status to
 * end with, what is wrong having been said. */
int views_print(const struct view_options *options, const struct report_options *tables,
                const struct input *input, const char *const *files, size_t file_count);

#endif
