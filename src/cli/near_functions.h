/* Patterns that chose no function, and what may have been meant.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_NEAR_FUNCTIONS_H
#define PYPERF_CLI_NEAR_FUNCTIONS_H

#include <stddef.h>

#include <pyperf/profile.h>

/* Says on stderr which of the patterns in the session's directory mean no function that was
 * seen, with what is near. `profiles`: of all its processes. `script`: the program's path, or
 * NULL. */
void near_functions_say(const char *session, struct pyperf_profile *const *profiles,
                        size_t count, const char *script);

#endif
