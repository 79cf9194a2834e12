/* Reading a pstats file: where the reader is, and the labels of functions, which are the keys
 * of its dictionaries.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_FORMATS_PSTATS_KEYS_H
#define PYPERF_FORMATS_PSTATS_KEYS_H

#include <pyperf/summary.h>

#include "formats/marshal.h"
#include "formats/pstats_names.h"

struct loading {
    struct marshal_reader *reader;
    size_t rows;  /* entries of the dictionary so far, */
    size_t edges; /* and of all dictionaries of callers */
    bool without_callers;
    struct marshal_place *ends; /* then: where the callers of each row end, */
    size_t ends_capacity;       /* so many */
    size_t text_size;           /* of those that are there, not referred to, with a NUL each */
    bool sampled;
    unsigned char *labels; /* a bit for each reference: it is to a label that was read */
    size_t labels_size;
    /* The second pass fills these. */
    struct pyperf_summary *summary; /* NULL: this is the first */
    struct pstats_names names;
    uint32_t *meanings; /* by reference: the place of a text, the number of a label;
                         * PYPERF_NO_INDEX: it has not been read yet */
};

bool pstats_next_integer(struct loading *load, struct marshal_value *value, const char *what);

/* The place of the text is 0 in the first pass. */
bool pstats_next_text(struct loading *load, struct marshal_value *value, uint32_t *place);

/* A key of a dictionary: a label, whose number is PYPERF_NO_INDEX in the first pass; the
 * dictionary's end; or a tuple of one, of which only the head is read. */
bool pstats_next_key(struct loading *load, struct marshal_value *head, uint32_t *number);

#endif
