/* The value of LD_PRELOAD: a list of libraries with ':' or ' ' between them, in which ours comes
 * first for as long as a program is to be recorded. The program itself never sees it there.
 *
 * Nothing here allocates: it is used between vfork and exec as well.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_RECORDING_PRELOAD_LIST_H
#define PYPERF_RECORDING_PRELOAD_LIST_H

#include <stdbool.h>
#include <stddef.h>

#define PRELOAD_LIST_VARIABLE "LD_PRELOAD"

/* Names under which our library is preloaded; a link has the second one, where the path of the
 * library cannot be in a list. */
#define PRELOAD_LIBRARY "pyperf-preload.so"
#define PRELOAD_LINK    "pyperf-preload-link.so"

/* The loader takes the list apart at colons and spaces, and replaces what begins with '$'. */
bool preload_list_can_hold(const char *path);

/* Bytes that the list of `path` and `others` (NULL: there is no list) takes at most. */
size_t preload_list_size(const char *path, const char *others);

/* Writes "path" or "path:others", where others are without libraries of ours; returns the
 * address of the NUL behind. */
char *preload_list_join(char *to, const char *path, const char *others);

/* Takes libraries of ours out of a list, in place. False: it held nothing else. */
bool preload_list_remove(char *list);

/* Takes libraries of ours out of this process's environment, and the variable with them where
 * it holds no others; the order of variables stays. */
void preload_list_leave_environment(void);

#endif
