/* SPDX-License-Identifier: MIT */
#include "formats/pstats_names.h"

#include <stdlib.h>
#include <string.h>

#include <pyperf/profile.h>

#include "base/array.h"

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

bool pstats_names_init(struct pstats_names *names, struct marshal_reader *reader, size_t texts,
                       size_t text_size, size_t labels)
{
    *names = (struct pstats_names){.key = hash_key_random()};
    if (!marshal_spend(reader, text_size + 1, 1))
        return false;
    names->text = malloc(text_size + 1);
    if (!names->text)
        return marshal_no_memory(reader);
    return init_index(&names->texts, reader, texts) &&
           init_index(&names->label_index, reader, labels);
}

void pstats_names_release(struct pstats_names *names)
{
    free(names->text);
    free(names->labels);
    hash_index_release(&names->texts);
    hash_index_release(&names->label_index);
}

/* An index that is full takes a new table of twice the size before it frees the old one. */
static bool add_to_index(struct hash_index *index, struct marshal_reader *reader, uint32_t hash,
                         uint32_t item, hash_index_hasher *hasher,
                         const struct pstats_names *names)
{
    if (index->count >= index->limit &&
        !marshal_spend(reader, (size_t)index->mask + 1, 2 * sizeof *index->slots))
        return false;
    return hash_index_add(index, hash, item, hasher, names) || marshal_no_memory(reader);
}

static uint32_t hash_text(const struct pstats_names *names, const char *text, size_t size)
{
    return (uint32_t)keyed_hash(&names->key, text, size);
}

static uint32_t hash_text_at(const void *context, uint32_t place)
{
    const struct pstats_names *names = context;
    return hash_text(names, names->text + place, strlen(names->text + place));
}

bool pstats_names_add_text(struct pstats_names *names, struct marshal_reader *reader,
                           const struct marshal_value *text, uint32_t *place)
{
    uint32_t hash = hash_text(names, text->text, text->size);
    HASH_INDEX_FOR_EACH(&names->texts, hash, candidate)
    {
        const char *known = names->text + candidate;
        if (strncmp(known, text->text, text->size) == 0 && known[text->size] == '\0') {
            *place = candidate;
            return true;
        }
    }
    *place = (uint32_t)names->text_used;
    memcpy(names->text + names->text_used, text->text, text->size);
    names->text[names->text_used + text->size] = '\0';
    names->text_used += (size_t)text->size + 1;
    return add_to_index(&names->texts, reader, hash, *place, hash_text_at, names);
}

static uint32_t hash_label(const struct pstats_names *names, uint32_t file, uint32_t line,
                           uint32_t name)
{
    const uint32_t label[] = {file, line, name};
    return (uint32_t)keyed_hash(&names->key, label, sizeof label);
}

static uint32_t hash_label_at(const void *context, uint32_t number)
{
    const struct pstats_names *names = context;
    const struct pstats_label *label = &names->labels[number];
    return hash_label(names, label->file, label->line, label->name);
}

bool pstats_names_add_label(struct pstats_names *names, struct marshal_reader *reader,
                            uint32_t file, uint32_t line, uint32_t name, uint32_t *number)
{
    uint32_t hash = hash_label(names, file, line, name);
    HASH_INDEX_FOR_EACH(&names->label_index, hash, candidate)
    {
        const struct pstats_label *known = &names->labels[candidate];
        if (known->file == file && known->line == line && known->name == name) {
            *number = candidate;
            return true;
        }
    }
    size_t capacity = names->label_capacity;
    if (!array_reserve((void **)&names->labels, &names->label_capacity,
                       (size_t)names->label_count + 1, sizeof *names->labels))
        return marshal_no_memory(reader);
    if (!marshal_spend(reader, names->label_capacity - capacity, sizeof *names->labels))
        return false;
    *number = names->label_count++;
    names->labels[*number] = (struct pstats_label){
        .file = file,
        .line = line,
        .name = name,
        .row = PYPERF_NO_INDEX,
        .called = PYPERF_NO_INDEX,
    };
    return add_to_index(&names->label_index, reader, hash, *number, hash_label_at, names);
}
