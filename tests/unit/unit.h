/* cmocka, with what it wants included before it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_TESTS_UNIT_H
#define PYPERF_TESTS_UNIT_H

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <string.h>

#define assert_contains(text, part)                                                            \
    do {                                                                                       \
        if (!strstr((text), (part)))                                                           \
            fail_msg("'%s' lacks '%s'", (text), (part));                                       \
    } while (0)

#endif
