/* The names in a pstats file, while it is read: each label once.
 *
 * Numbers of labels are dense and begin at 0. Texts are known by their place in one block of
 * memory, which the summary takes over in the end. A text that comes twice is there twice: to
 * find that out for each would take longer than all the rest, and labels are compared anyway.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_FORMATS_PSTATS_NAMES_H
#define PYPERF_FORMATS_PSTATS_NAMES_H

#include "base/hash_index.h"
#include "base/keyed_hash.h"
#include "formats/marshal.h"

/* What a label says, when it is read. */
struct pstats_name {
    uint32_t file;      /* place of a text, */
    uint32_t file_size; /* and its bytes */
    uint32_t line;
    uint32_t name;
    uint32_t name_size;
};

struct pstats_label {
    uint32_t file; /* place of a text */
    uint32_t name;
    uint32_t line;
    uint32_t hash;
    uint32_t row;      /* of the summary; PYPERF_NO_INDEX: none yet */
    uint32_t called;   /* the last row of the summary that it was found to call, */
    uint32_t position; /* and where that edge is */
};

struct pstats_names {
    struct hash_key key;
    char *text;
    size_t text_used;
    struct pstats_label *labels;
    uint32_t label_count;
    size_t label_capacity;
    struct hash_index index; /* of labels */
};

/* `text_size`: room for all texts that are added, with a NUL each; `labels`: about how many
 * there are. What is allocated is taken from the reader's allowance; failures stand in its
 * status. Release in any case. */
bool pstats_names_init(struct pstats_names *names, struct marshal_reader *reader,
                       size_t text_size, size_t labels);
void pstats_names_release(struct pstats_names *names);

/* Returns the place of the text. */
uint32_t pstats_names_add_text(struct pstats_names *names, const struct marshal_value *text);

/* The number of the label, which is new or known. */
bool pstats_names_add_label(struct pstats_names *names, struct marshal_reader *reader,
                            const struct pstats_name *name, uint32_t *number);

#endif
