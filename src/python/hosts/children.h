/* The processes that a recorded process starts: counted, and started with the recorder where
 * children are to be followed.
 *
 * The functions of libc that start programs are stood in for, because what a program's
 * environment is to be is known to them alone: Python hands over variables of its own making.
 * So the program itself never sees ours.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_PYTHON_HOSTS_CHILDREN_H
#define PYPERF_PYTHON_HOSTS_CHILDREN_H

#include <stdint.h>

#define CHILDREN_API __attribute__((visibility("default")))

/* From now on adds one to *count, in this process alone, for each child that is started; NULL
 * ends that. */
CHILDREN_API void children_count(uint64_t *count);

/* From now on programs are started with the library `preload` (a path) and with `options` for
 * it (recording/options.h). Both are copied. */
CHILDREN_API void children_follow(const char *preload, const char *options);

#endif
