/* Which lines a code object has, and which of its instructions belong to which.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_PYTHON_CODE_LINES_H
#define PYPERF_PYTHON_CODE_LINES_H

#include "python/compat.h"

struct code_lines {
    uint32_t *of_unit;   /* by instruction: its line, or 0 */
    uint32_t unit_count; /* instructions */
    uint32_t *numbers;   /* those that can be reached, ascending */
    uint32_t count;      /* of these */
};

/* False: no memory, or the code object is not as the interpreter makes them; an exception may
 * be set. Release with code_lines_release. */
bool code_lines_find(struct code_lines *lines, PyCodeObject *code);
void code_lines_release(struct code_lines *lines);

/* Is it a part of a function, which for the user is no function: a comprehension, a generator
 * expression, the scope of type parameters? */
bool code_is_part(const PyCodeObject *code);

/* Is one of the lines from `from` to `to` the code's own, and not within a function or class
 * inside it? May set an exception. */
bool code_lines_has(const struct code_lines *lines, const PyCodeObject *code, uint32_t from,
                    uint32_t to);

#endif
