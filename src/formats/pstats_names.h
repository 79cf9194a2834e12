/* The names in a pstats file, while it is read: each text once, each label once.
 *
 * Numbers of labels are dense and begin at 0. Texts are known by their place in one block of
 * memory, which the summary takes over in the end.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_FORMATS_PSTATS_NAMES_H
#define PYPERF_FORMATS_PSTATS_NAMES_H

#include "base/hash_index.h"
#include "base/keyed_hash.h"
#include "formats/marshal.h"

struct pstats_label {
    uint32_t file; /* place of a text */
    uint32_t name;
    uint32_t line;
    uint32_t row;      /* of the summary; PYPERF_NO_INDEX: none yet */
    uint32_t called;   /* the last row of the file that it was found to call, */
    uint32_t position; /* and where that edge is */
};

struct pstats_names {
    struct hash_key key;
    char *text;
    size_t text_used;
    struct hash_index texts;
    struct pstats_label *labels;
    uint32_t label_count;
    size_t label_capacity;
    struct hash_index label_index;
};

/* `texts`: how many there are at most, and `text_size` room for all of them with a NUL each;
 * `labels`: about how many there are. What is allocated is taken
 * from the reader's allowance; failures stand in its status. Release in any case. */
bool pstats_names_init(struct pstats_names *names, struct marshal_reader *reader, size_t texts,
                       size_t text_size, size_t labels);
void pstats_names_release(struct pstats_names *names);

bool pstats_names_add_text(struct pstats_names *names, struct marshal_reader *reader,
                           const struct marshal_value *text, uint32_t *place);

/* The number of the label, which is new or known. */
bool pstats_names_add_label(struct pstats_names *names, struct marshal_reader *reader,
                            uint32_t file, uint32_t line, uint32_t name, uint32_t *number);

#endif
