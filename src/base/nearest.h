/* "Did you mean …?"
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_BASE_NEAREST_H
#define PYPERF_BASE_NEAREST_H

#include <stddef.h>

/* The name that `word` was most likely meant to be (it starts with the word, or few letters
 * differ), or NULL when none is close. The first of equally near names wins. */
const char *nearest_name(const char *word, const char *const *names, size_t count);

#endif
