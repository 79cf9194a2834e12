/* Whose code a function is: told by its path, so that it works for files from anywhere.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_ANALYSIS_GROUPS_H
#define PYPERF_ANALYSIS_GROUPS_H

#include <stdbool.h>

#include <pyperf/row_filter.h>

/* Paths are POSIX or Windows paths. What says nothing about itself (a bare file name,
 * "<string>") counts as mine. */
enum pyperf_group group_of_path(const char *path);

/* False: there is no group with that name. */
bool group_by_name(const char *name, enum pyperf_group *group);

#endif
