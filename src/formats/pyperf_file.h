/* Our own files: docs/formats/pyperf.md, as tables that the writer and the reader share.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_FORMATS_PYPERF_FILE_H
#define PYPERF_FORMATS_PYPERF_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "formats/format.h"

extern const struct pyperf_format format_pyperf;

enum pyperf_status pyperf_file_write(const struct pyperf_export *content,
                                     struct output_file *file, struct pyperf_error *error);
enum pyperf_status pyperf_file_read(const unsigned char *bytes, size_t size,
                                    struct pyperf_import *import, struct pyperf_error *error);

#define PYPERF_FILE_MAGIC "\x89pyperf\n"

enum {
    PYPERF_FILE_MAGIC_SIZE = 8,
    PYPERF_FILE_VERSION = 1,
    PYPERF_FILE_HEADER_SIZE = 12,    /* magic, version */
    PYPERF_FILE_SECTION_HEADER = 20, /* id, flags, length, checksum */
    PYPERF_FILE_CHECKED_HEADER = 16, /* the part of it that the checksum covers */
};

enum {
    SECTION_ESSENTIAL = 1, /* a reader that does not know it cannot read the file */
    SECTION_COMPRESSED = 2,
};

#define SECTION_PROFILE "prof"
#define SECTION_STRINGS "strs"
#define SECTION_LINES   "lnfo"
#define SECTION_OUTCOME "outc"
#define SECTION_END     "end "

/* Items take memory, and a file must not claim more than it can hold: in each section, items
 * times their weight are at most so many times its stored bytes. */
enum { SECTION_WEIGHT_LIMIT = 64 };

/* How a member of an item is stored; see the page. */
enum column_kind {
    COLUMN_U32,
    COLUMN_U64,
    COLUMN_BOOL,
    COLUMN_DOUBLE,
    COLUMN_INDEX,  /* uint32_t; PYPERF_NO_INDEX is 0, all others one more */
    COLUMN_PARENT, /* uint32_t: how far back it is; PYPERF_NO_INDEX is 0 */
    COLUMN_STEP,   /* uint32_t: the difference to the item before, signed */
};

struct column {
    size_t offset;
    enum column_kind kind;
};

/* An array of a struct and the member that counts it. */
struct file_table {
    const char *section;
    size_t items; /* where in the struct the pointer is, */
    size_t count; /* and the count */
    size_t item_size;
    uint32_t weight;
    const struct column *columns;
    size_t column_count;
};

/* The profile's, in the order in which they are written; all must be there. */
enum profile_table {
    TABLE_FUNCTIONS, /* followed by their durations */
    TABLE_NODES,     /* followed by their inclusive times */
    TABLE_THREADS,
    TABLE_PROCESSES,
    TABLE_OPEN_CALLS,
    PROFILE_TABLE_COUNT,
};
extern const struct file_table profile_tables[PROFILE_TABLE_COUNT];

/* Those of struct pyperf_lines, which are there together, after what is known of all lines, or
 * not at all. */
enum lines_table {
    TABLE_LINE_FUNCTIONS,
    TABLE_LINES,
    TABLE_LINE_CALLS,
    TABLE_SOURCES,
    LINES_TABLE_COUNT,
};
extern const struct file_table lines_tables[LINES_TABLE_COUNT];

/* Named values. What is stored as a number says nothing of the member that holds it. */
enum fact_kind {
    FACT_U64,
    FACT_INT, /* not negative */
    FACT_BOOL,
    FACT_STRING, /* uint32_t: offset into the profile's strings */
    FACT_DOUBLE,
};

enum fact_type { FACT_TYPE_NUMBER = 1, FACT_TYPE_FLOAT = 2, FACT_TYPE_STRING = 3 };

enum { FACT_NAME_SIZE = 64 /* bytes, NUL included */ };

struct fact {
    const char *name;
    size_t offset;
    enum fact_kind kind;
};

extern const struct fact run_facts[]; /* of struct pyperf_run */
extern const size_t run_fact_count;
extern const struct fact lines_facts[]; /* of struct pyperf_lines */
extern const size_t lines_fact_count;
extern const struct fact outcome_facts[]; /* of struct pyperf_outcome */
extern const size_t outcome_fact_count;

static inline enum fact_type fact_type_of(enum fact_kind kind)
{
    return kind == FACT_DOUBLE   ? FACT_TYPE_FLOAT
           : kind == FACT_STRING ? FACT_TYPE_STRING
                                 : FACT_TYPE_NUMBER;
}

/* Differences, small in either direction, as small numbers: 0, -1, 1, -2, 2 are 0 to 4. */
static inline uint64_t zigzag(uint64_t difference)
{
    return difference << 1 ^ (0 - (difference >> 63));
}

static inline uint64_t unzigzag(uint64_t stored)
{
    return stored >> 1 ^ (0 - (stored & 1));
}

#endif
