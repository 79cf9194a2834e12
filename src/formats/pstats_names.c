/* SPDX-License-Identifier: MIT */
#include "formats/pstats_names.h"

#include <stdlib.h>
#include <string.h>

#include <pyperf/profile.h>

#include "base/array.h"
#include "base/large.h"

enum { FIRST_INDEX_SIZE = 64 };

/* An index with room for `count` items, if the file is as large as so many take: it may hold
 * the same ones again and again. */
static bool init_index(struct hash_index *index, struct marshal_reader *reader, size_t count)
{
    uint32_t size = FIRST_INDEX_SIZE;
    while (size / 4 * 3 < count && size < reader->size / 32)
        size *= 2;
    return marshal_spend(reader, size, sizeof *index->slots) &&
           (hash_index_init(index, size) || marshal_no_memory(reader));
}

bool pstats_names_init(struct pstats_names *names, struct marshal_reader *reader,
                       size_t text_size, size_t labels)
{
    *names = (struct pstats_names){.key = hash_key_random()};
    if (!marshal_spend(reader, text_size + 1, 1))
        return false;
    names->text = malloc(text_size + 1);
    if (!names->text)
        return marshal_no_memory(reader);
    advise_large(names->text, text_size);
    return init_index(&names->index, reader, labels);
}

void pstats_names_release(struct pstats_names *names)
{
    free(names->text);
    free(names->labels);
    hash_index_release(&names->index);
}

uint32_t pstats_names_add_text(struct pstats_names *names, const struct marshal_value *text)
{
    uint32_t place = (uint32_t)names->text_used;
    memcpy(names->text + place, text->text, text->size);
    names->text[place + text->size] = '\0';
    names->text_used += (size_t)text->size + 1;
    return place;
}

static uint32_t hash_name(const struct pstats_names *names, const struct pstats_name *name)
{
    const uint64_t parts[] = {
        keyed_hash(&names->key, names->text + name->file, name->file_size),
        keyed_hash(&names->key, names->text + name->name, name->name_size),
        name->line,
    };
    return (uint32_t)keyed_hash(&names->key, parts, sizeof parts);
}

static uint32_t hash_label_at(const void *context, uint32_t number)
{
    const struct pstats_names *names = context;
    return names->labels[number].hash;
}

static bool same_text(const struct pstats_names *names, uint32_t left, uint32_t right)
{
    return left == right || strcmp(names->text + left, names->text + right) == 0;
}

static bool find_label(const struct pstats_names *names, const struct pstats_name *name,
                       uint32_t hash, uint32_t *number)
{
    HASH_INDEX_FOR_EACH(&names->index, hash, candidate)
    {
        const struct pstats_label *known = &names->labels[candidate];
        if (known->hash == hash && known->line == name->line &&
            same_text(names, known->file, name->file) &&
            same_text(names, known->name, name->name)) {
            *number = candidate;
            return true;
        }
    }
    return false;
}

/* An index that is full takes a new table of twice the size before it frees the old one. */
static bool reserve_label(struct pstats_names *names, struct marshal_reader *reader)
{
    size_t capacity = names->label_capacity;
    if (!array_reserve((void **)&names->labels, &names->label_capacity,
                       (size_t)names->label_count + 1, sizeof *names->labels))
        return marshal_no_memory(reader);
    return marshal_spend(reader, names->label_capacity - capacity, sizeof *names->labels) &&
           (names->index.count < names->index.limit ||
            marshal_spend(reader, (size_t)names->index.mask + 1,
                          2 * sizeof *names->index.slots));
}

bool pstats_names_add_label(struct pstats_names *names, struct marshal_reader *reader,
                            const struct pstats_name *name, uint32_t *number)
{
    uint32_t hash = hash_name(names, name);
    if (find_label(names, name, hash, number))
        return true;
    if (!reserve_label(names, reader))
        return false;
    *number = names->label_count++;
    names->labels[*number] = (struct pstats_label){
        .file = name->file,
        .line = name->line,
        .name = name->name,
        .hash = hash,
        .row = PYPERF_NO_INDEX,
        .called = PYPERF_NO_INDEX,
    };
    return hash_index_add(&names->index, hash, *number, hash_label_at, names) ||
           marshal_no_memory(reader);
}
