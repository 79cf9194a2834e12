/* Where statements and functions lie in the text of a Python program, found by its tokens
 * alone: text that is no valid Python gives answers of little use, and does no harm.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_ANALYSIS_PYTHON_SOURCE_H
#define PYPERF_ANALYSIS_PYTHON_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Lines are numbered from 1. The text is borrowed; its lines end with \n. */
struct python_source {
    const char *text;
    uint32_t line_count;
    size_t *starts; /* of line n at n - 1: bytes from the text's start; one more: its end */
    uint32_t
        *statements; /* of line n at n - 1: the first line of the statement it is part of */
};

/* Release the source in any case. False: no memory. */
bool python_source_scan(struct python_source *source, const char *text);
void python_source_release(struct python_source *source);

/* The line without what ends it, and its length in bytes; "" beyond the last. */
const char *python_source_line(const struct python_source *source, uint32_t number,
                               size_t *length);

/* The last line of the function, class or lambda that begins in line `first` (with its
 * decorators), where Python's inspect.getblock() finds it; less than `first` if there is no
 * such line. */
uint32_t python_source_block_end(const struct python_source *source, uint32_t first);

/* Called for each function that the text defines, with its qualified name. */
typedef void python_source_visitor(const char *qualified_name, void *context);

/* False: no memory. */
bool python_source_functions(const char *text, python_source_visitor *visit, void *context);

#endif
