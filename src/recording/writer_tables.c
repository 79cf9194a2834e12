/* The writer's shared tables: strings, functions and the keys that are bound to them.
 *
 * SPDX-License-Identifier: MIT */
#include <string.h>

#include "recording/writer.h"
#include "recording/writer_tables.h"

static uint32_t hash_string(const void *context, uint32_t offset)
{
    const struct recording_writer *writer = context;
    const char *text = writer->strings + offset;
    return hash_mix(hash_bytes(text, strlen(text)));
}

uint32_t writer_string(struct recording_writer *writer, const char *text)
{
    size_t size = strlen(text) + 1;
    uint32_t hash = hash_mix(hash_bytes(text, size - 1));
    HASH_INDEX_FOR_EACH(&writer->strings_index, hash, candidate)
    {
        if (strcmp(writer->strings + candidate, text) == 0)
            return candidate;
    }
    uint32_t offset = writer->header->counts[RECORDING_STRINGS];
    if (!recording_map_reserve(&writer->map, RECORDING_STRINGS, (uint64_t)offset + size))
        return RECORDING_NONE;
    memcpy(writer->strings + offset, text, size);
    WRITER_ORDER_STORES();
    writer->header->counts[RECORDING_STRINGS] = offset + (uint32_t)size;
    hash_index_add(&writer->strings_index, hash, offset, hash_string, writer);
    return offset;
}

static uint32_t hash_label(uint32_t file, uint32_t name, uint32_t qualified_name, uint32_t line)
{
    uint64_t upper = ((uint64_t)file << 32 | name) * 0xC2B2AE3D27D4EB4Fu;
    return hash_mix(upper ^ ((uint64_t)qualified_name << 32 | line));
}

static uint32_t hash_function(const void *context, uint32_t index)
{
    const struct recording_writer *writer = context;
    const struct recording_function *function = &writer->functions[index];
    return hash_label(function->file, function->name, function->qualified_name, function->line);
}

static uint32_t add_function(struct recording_writer *writer,
                             const struct recording_function *function, uint32_t hash)
{
    uint32_t index = writer->header->counts[RECORDING_FUNCTIONS];
    if (!recording_map_reserve(&writer->map, RECORDING_FUNCTIONS, (uint64_t)index + 1))
        return RECORDING_NONE;
    writer->functions[index] = *function;
    WRITER_ORDER_STORES();
    writer->header->counts[RECORDING_FUNCTIONS] = index + 1;
    hash_index_add(&writer->functions_index, hash, index, hash_function, writer);
    return index;
}

uint32_t writer_function(struct recording_writer *writer, const struct writer_label *label)
{
    struct recording_function function = {.file = writer_string(writer, label->file),
                                          .name = writer_string(writer, label->name),
                                          .qualified_name =
                                              writer_string(writer, label->qualified_name),
                                          .line = label->line,
                                          .kind = label->kind,
                                          .newest_node = RECORDING_NONE};
    if (function.file == RECORDING_NONE || function.name == RECORDING_NONE ||
        function.qualified_name == RECORDING_NONE)
        return RECORDING_NONE;
    uint32_t hash =
        hash_label(function.file, function.name, function.qualified_name, function.line);
    HASH_INDEX_FOR_EACH(&writer->functions_index, hash, candidate)
    {
        const struct recording_function *other = &writer->functions[candidate];
        if (other->file == function.file && other->name == function.name &&
            other->qualified_name == function.qualified_name && other->line == function.line &&
            other->kind == function.kind)
            return candidate;
    }
    return add_function(writer, &function, hash);
}

bool writer_bind(struct recording_writer *writer, uint64_t key, uint32_t function)
{
    return key_map_put(&writer->keys, key, function);
}

void writer_forget(struct recording_writer *writer, uint64_t key)
{
    uint32_t function = key_map_find(&writer->keys, key);
    if (function == RECORDING_NONE)
        return;
    key_map_remove(&writer->keys, key);
    for (uint32_t node = writer->functions[function].newest_node; node != RECORDING_NONE;
         node = writer->nodes[node].next_of_function) {
        uint32_t caller = writer->nodes[node].parent;
        if (caller != RECORDING_NONE)
            context_cache_forget(&writer->cache, caller, key);
    }
}

bool writer_tables_init(struct recording_writer *writer)
{
    if (!context_cache_init(&writer->cache) || !hash_index_init(&writer->contexts, 1u << 12) ||
        !hash_index_init(&writer->functions_index, 1u << 10) ||
        !hash_index_init(&writer->strings_index, 1u << 10) ||
        !key_map_init(&writer->keys, 1u << 11))
        return false;
    struct writer_label root = {RECORDING_FUNCTION_ROOT, "~", "<program>", "<program>", 0};
    struct writer_label fold_root = {RECORDING_FUNCTION_FOLD_ROOT, "~", "<folded contexts>",
                                     "<folded contexts>", 0};
    writer_string(writer, "");
    writer->root_function = writer_function(writer, &root);
    writer->fold_root_function = writer_function(writer, &fold_root);
    return writer->root_function != RECORDING_NONE &&
           writer->fold_root_function != RECORDING_NONE;
}

void writer_tables_release(struct recording_writer *writer)
{
    context_cache_release(&writer->cache);
    hash_index_release(&writer->contexts);
    hash_index_release(&writer->functions_index);
    hash_index_release(&writer->strings_index);
    key_map_release(&writer->keys);
}
