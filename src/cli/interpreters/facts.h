/* What programs say about themselves, asked once and remembered.
 *
 * Starting an interpreter to ask who it is costs more than everything else we do before the
 * program runs, so answers are kept in $XDG_CACHE_HOME/pyperf (or ~/.cache/pyperf), a file
 * each, and hold as long as the program's file stays the same. A cache that cannot be read or
 * written costs time and nothing else.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_FACTS_H
#define PYPERF_CLI_FACTS_H

#include <stdbool.h>

enum { FACTS_SIZE = 16384 /* bytes, NUL included */ };

/* Runs argv[0] and takes what it writes to stdout, without a last newline, into `answer`
 * (FACTS_SIZE bytes). False when it fails or says too much. Its stderr is thrown away. */
bool facts_ask(char *const *argv, char *answer);

/* The same, remembered for argv[0] (an absolute path) as long as that file does not change, nor
 * what `depends_on` lists, NULL at its end: files, by absolute paths, which need not exist, and
 * other texts as they are. NULL for nothing. */
bool facts_ask_once(char *const *argv, const char *const *depends_on, char *answer);

#endif
