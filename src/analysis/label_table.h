/* Numbers for labels, in the order in which they first came.
 *
 * The table owns its strings, and repairs what cannot stand in a file that Python reads: bytes
 * that are not UTF-8 become the lone surrogates that Python's "surrogateescape" makes of them.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_ANALYSIS_LABEL_TABLE_H
#define PYPERF_ANALYSIS_LABEL_TABLE_H

#include <pyperf/summary.h>

#include "base/hash_index.h"
#include "base/keyed_hash.h"
#include "base/string_pool.h"
#include "base/text_buffer.h"

/* A table of zeros is an empty table: struct label_table table = {0}; */
struct label_table {
    struct string_pool strings;
    struct pyperf_label *labels;
    uint32_t count;
    size_t capacity;
    struct hash_index index;
    struct hash_key key;
    struct text_buffer scratch;
};

void label_table_release(struct label_table *table);

/* The number of a label, which is added where it is new; PYPERF_NO_INDEX: no memory. */
uint32_t label_table_add(struct label_table *table, const char *file, uint32_t line,
                         const char *name);

/* The same for a function without Python code: file "~", line 0, and a name without the
 * addresses that some have (" at 0x7f…"), which would differ from run to run. */
uint32_t label_table_add_builtin(struct label_table *table, const char *name);

#endif
