/* Which interpreter a script names in its first lines.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_SHEBANG_H
#define PYPERF_CLI_SHEBANG_H

#include <stdbool.h>

/* The Python that runs the script, as a path or the name of a command; `interpreter` has room
 * for PATH_MAX bytes. False when the script is not Python's. Understands `#!/usr/bin/python3`,
 * `#!/usr/bin/env python3` and what pip and uv write where the path is too long for the kernel
 * or holds a space: `#!/bin/sh` and then `'''exec' "/long path/python" "$0" "$@"`. */
bool shebang_interpreter(const char *script, char *interpreter);

#endif
