/* SPDX-License-Identifier: MIT */
#include "analysis/label_table.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/utf8.h"

enum { FIRST_INDEX_SIZE = 256 };

void label_table_release(struct label_table *table)
{
    string_pool_release(&table->strings);
    text_buffer_release(&table->scratch);
    free(table->labels);
    if (table->index.slots)
        hash_index_release(&table->index);
    *table = (struct label_table){0};
}

static bool labels_equal(const struct pyperf_label *left, const struct pyperf_label *right)
{
    return left->file == right->file && left->name == right->name && left->line == right->line;
}

static uint32_t hash_label(const struct label_table *table, const struct pyperf_label *label)
{
    const uintptr_t parts[] = {(uintptr_t)label->file, (uintptr_t)label->name, label->line};
    return (uint32_t)keyed_hash(&table->key, parts, sizeof parts);
}

static uint32_t hash_item(const void *context, uint32_t item)
{
    const struct label_table *table = context;
    return hash_label(table, &table->labels[item]);
}

static size_t address_length(const char *text)
{
    static const char marker[] = " at 0x";
    size_t length = sizeof marker - 1;
    if (strncmp(text, marker, length) != 0)
        return 0;
    size_t digits = strspn(text + length, "0123456789abcdefABCDEF");
    return digits ? length + digits : 0;
}

/* Equal texts give equal pointers. NULL: no memory. */
static const char *intern(struct label_table *table, const char *text, bool without_addresses)
{
    struct text_buffer *scratch = &table->scratch;
    text_buffer_clear(scratch);
    while (*text) {
        uint32_t code_point;
        char encoded[4];
        size_t skipped = without_addresses ? address_length(text) : 0;
        size_t size = utf8_decode(text, &code_point);
        if (skipped == 0 && size > 0)
            text_buffer_add_bytes(scratch, text, size);
        else if (skipped == 0)
            text_buffer_add_bytes(scratch, encoded,
                                  utf8_encode(0xDC00u + (unsigned char)*text, encoded));
        text += skipped ? skipped : size ? size : 1;
    }
    return scratch->failed ? NULL
                           : string_pool_add_bytes(&table->strings, text_buffer_text(scratch),
                                                   scratch->length);
}

static uint32_t add_interned(struct label_table *table, struct pyperf_label label)
{
    if (!table->index.slots) {
        table->key = hash_key_random();
        if (!hash_index_init(&table->index, FIRST_INDEX_SIZE))
            return PYPERF_NO_INDEX;
    }
    uint32_t hash = hash_label(table, &label);
    HASH_INDEX_FOR_EACH(&table->index, hash, candidate)
    if (labels_equal(&table->labels[candidate], &label))
        return candidate;
    if (table->count >= PYPERF_NO_INDEX - 1 ||
        !array_reserve((void **)&table->labels, &table->capacity, (size_t)table->count + 1,
                       sizeof *table->labels))
        return PYPERF_NO_INDEX;
    table->labels[table->count] = label;
    if (!hash_index_add(&table->index, hash, table->count, hash_item, table))
        return PYPERF_NO_INDEX;
    return table->count++;
}

uint32_t label_table_add(struct label_table *table, const char *file, uint32_t line,
                         const char *name)
{
    struct pyperf_label label = {.line = line};
    label.file = intern(table, file, false);
    label.name = intern(table, name, false);
    return label.file && label.name ? add_interned(table, label) : PYPERF_NO_INDEX;
}

uint32_t label_table_add_builtin(struct label_table *table, const char *name)
{
    struct pyperf_label label = {.line = 0};
    label.file = intern(table, "~", false);
    label.name = intern(table, name, true);
    return label.file && label.name ? add_interned(table, label) : PYPERF_NO_INDEX;
}
