/* Reads the plain data of a pickle: numbers, strings, tuples, lists, dictionaries, and objects
 * that are a class's name and a state.
 *
 * Nothing is looked up, imported or called: a class is its name, an object what the pickle says
 * of it. Whatever else a pickle can do (calling functions above all) is refused. A pickle can
 * refer to one value from many places, and to a value from inside of it; who walks through the
 * values counts what he takes, and follows a shape of limited depth.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_FORMATS_PICKLE_READER_H
#define PYPERF_FORMATS_PICKLE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pyperf/error.h>

#define PICKLE_NONE UINT32_MAX /* "no index" */

enum pickle_kind {
    PICKLE_NULL, /* None */
    PICKLE_INTEGER,
    PICKLE_FLOAT,
    PICKLE_STRING,
    PICKLE_TUPLE,
    PICKLE_LIST,
    PICKLE_DICTIONARY, /* items: a key and its value in turn */
    PICKLE_CLASS,
    PICKLE_OBJECT,
};

struct pickle_value {
    enum pickle_kind kind;
    uint32_t count; /* of items */
    union {
        int64_t integer; /* beyond 64 bits: the nearest */
        double number;
        struct {
            size_t offset, size; /* bytes of the pickle */
        } string;
        struct {
            uint32_t first, last; /* cells, or PICKLE_NONE */
        } items;
        struct {
            uint32_t module, name; /* strings */
        } class;
        struct {
            uint32_t class, state; /* values; PICKLE_NONE: it has no state */
        } object;
    };
};

/* An item of a tuple, list or dictionary. */
struct pickle_cell {
    uint32_t value;
    uint32_t next; /* cell, or PICKLE_NONE */
};

struct pickle {
    const unsigned char *bytes; /* borrowed */
    size_t size;
    struct pickle_value *values;
    struct pickle_cell *cells;
    uint32_t value_count, cell_count;
    uint32_t root; /* the value that it holds */
};

/* Release the pickle in any case. PYPERF_BAD_DATA names the byte offset. */
enum pyperf_status pickle_read(struct pickle *pickle, const unsigned char *bytes, size_t size,
                               struct pyperf_error *error);
void pickle_release(struct pickle *pickle);

/* The value if it is of this kind, else NULL. */
const struct pickle_value *pickle_get(const struct pickle *pickle, uint32_t value,
                                      enum pickle_kind kind);

/* Is the value this very string? */
bool pickle_is_string(const struct pickle *pickle, uint32_t value, const char *text);

/* The value of a key in a dictionary, or PICKLE_NONE. */
uint32_t pickle_find(const struct pickle *pickle, const struct pickle_value *dictionary,
                     const char *key);

#endif
