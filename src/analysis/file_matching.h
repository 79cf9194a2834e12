/* Which files of several profiles are the same; function_matching.h has the rules.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_ANALYSIS_FILE_MATCHING_H
#define PYPERF_ANALYSIS_FILE_MATCHING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analysis/label_table.h"

struct file_matching {
    struct label_table paths; /* numbers all paths that ever came */
    uint32_t *file_of_path;   /* by path: which file it is */
    uint32_t *round_of_path;  /* by path: the last profile that had it */
    size_t path_capacity;
    size_t round_capacity;
    const char **representative; /* by file: the path under which it first came */
    uint32_t *round_of_file;     /* by file: the last profile that had it */
    size_t file_capacity;
    size_t file_round_capacity;
    uint32_t file_count;
};

/* Zeros to begin with: struct file_matching matching = {0}; */
void file_matching_release(struct file_matching *matching);

/* Writes, for each of the paths of one more profile, the number of its file to `files`. False:
 * no memory. */
bool file_matching_add(struct file_matching *matching, uint32_t round, const char *const *paths,
                       uint32_t count, uint32_t *files);

#endif
