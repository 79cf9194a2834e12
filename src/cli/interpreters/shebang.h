/* Which interpreter a script names in its first lines.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_SHEBANG_H
#define PYPERF_CLI_SHEBANG_H

#include <limits.h>
#include <stdbool.h>

enum { SHEBANG_LINE_SIZE = PATH_MAX + 64, SHEBANG_MOST_OPTIONS = 8 };

struct shebang {
    char interpreter[PATH_MAX];              /* a path, or the name of a command */
    char *options[SHEBANG_MOST_OPTIONS + 1]; /* what Python gets besides; NULL-terminated */
    char first[SHEBANG_LINE_SIZE], second[SHEBANG_LINE_SIZE]; /* hold the options */
};

/* Finds out which Python runs the script. False when the script is not Python's. Understands
 * `#!/usr/bin/python3 -E`, `#!/usr/bin/env python3`, and what pip and uv write where the path
 * is too long for the kernel, holds a space or shall be found beside the script: `#!/bin/sh`
 * and then `'''exec' "/long path/python" "$0" "$@"`. */
bool shebang_read(const char *script, struct shebang *shebang);

/* Does the script come with that interpreter? It does where it lies in the same directory, as
 * pip installs it, or where the interpreter is that of a virtual environment. Another would
 * lack its packages. */
bool shebang_is_binding(const char *script, const struct shebang *shebang);

#endif
