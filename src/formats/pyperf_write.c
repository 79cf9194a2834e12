/* Writes our own files. Each section is made in memory first, because what stands before it
 * says how long it is, and a pipe cannot be gone back in.
 *
 * SPDX-License-Identifier: MIT */
#include "formats/pyperf_file.h"

#include <stdlib.h>
#include <string.h>

#include "formats/section_writer.h"

/* What goes into a section, and how much memory a reader needs for it. */
struct contents {
    const char *id;
    bool essential;
    void (*put)(struct section_writer *section, const struct contents *contents);
    uint64_t weight;
    const void *from;               /* for `put` */
    const struct file_table *table; /* for put_table */
    const struct fact *facts;       /* for put_facts, */
    size_t fact_count;              /* so many */
};

struct writing {
    struct output_file *file;
    uint64_t section_count;
    bool failed; /* there was no memory */
};

/* ---- Tables ---- */

static uint32_t count_of(const void *owner, const struct file_table *table)
{
    uint32_t count;
    memcpy(&count, (const char *)owner + table->count, sizeof count);
    return count;
}

static const char *items_of(const void *owner, const struct file_table *table)
{
    const char *items;
    memcpy(&items, (const char *)owner + table->items, sizeof items);
    return items;
}

static uint64_t stored_narrow(enum column_kind kind, uint32_t value, uint32_t index,
                              uint32_t previous)
{
    if (kind == COLUMN_STEP)
        return zigzag((uint64_t)((int64_t)value - previous));
    if (kind != COLUMN_INDEX && kind != COLUMN_PARENT)
        return value;
    if (value == PYPERF_NO_INDEX)
        return 0;
    return kind == COLUMN_INDEX ? (uint64_t)value + 1 : index - value;
}

static void put_narrow_column(struct section_writer *section, const char *member,
                              uint32_t count, size_t item_size, enum column_kind kind)
{
    uint32_t previous = 0, value;
    for (uint32_t i = 0; i < count; i++, previous = value, member += item_size) {
        memcpy(&value, member, sizeof value);
        section_put_varint(section, stored_narrow(kind, value, i, previous));
    }
}

static void put_wide_column(struct section_writer *section, const char *member, uint32_t count,
                            size_t item_size)
{
    uint64_t value;
    for (uint32_t i = 0; i < count; i++, member += item_size) {
        memcpy(&value, member, sizeof value);
        section_put_varint(section, value);
    }
}

static void put_bool_column(struct section_writer *section, const char *member, uint32_t count,
                            size_t item_size)
{
    bool value;
    for (uint32_t i = 0; i < count; i++, member += item_size) {
        memcpy(&value, member, sizeof value);
        section_put_varint(section, value);
    }
}

static void put_double_column(struct section_writer *section, const char *member,
                              uint32_t count, size_t item_size)
{
    double value;
    for (uint32_t i = 0; i < count; i++, member += item_size) {
        memcpy(&value, member, sizeof value);
        section_put_double(section, value);
    }
}

static void put_table(struct section_writer *section, const struct contents *contents)
{
    const struct file_table *table = contents->table;
    const char *items = items_of(contents->from, table);
    uint32_t count = count_of(contents->from, table);
    section_put_varint(section, count);
    for (size_t i = 0; i < table->column_count && count > 0; i++) {
        const struct column *column = &table->columns[i];
        const char *member = items + column->offset;
        if (column->kind == COLUMN_U64)
            put_wide_column(section, member, count, table->item_size);
        else if (column->kind == COLUMN_BOOL)
            put_bool_column(section, member, count, table->item_size);
        else if (column->kind == COLUMN_DOUBLE)
            put_double_column(section, member, count, table->item_size);
        else
            put_narrow_column(section, member, count, table->item_size, column->kind);
    }
}

/* ---- What functions and nodes have besides ---- */

/* Most of the numbers are zero. */
static void put_durations(struct section_writer *section, const uint64_t *durations)
{
    uint64_t next = 0; /* the first that has not been dealt with */
    for (uint64_t i = 0; i < PYPERF_DURATION_BUCKETS; i++) {
        if (durations[i] == 0)
            continue;
        section_put_varint(section, i - next + 1);
        section_put_varint(section, durations[i]);
        next = i + 1;
    }
    section_put_varint(section, 0);
}

static void put_functions(struct section_writer *section, const struct contents *contents)
{
    const struct pyperf_profile *profile = contents->from;
    put_table(section, contents);
    for (uint32_t i = 0; i < profile->function_count; i++)
        put_durations(section, profile->functions[i].durations);
}

/* What is left of inclusive times without the children's and the folded is smaller. It may be
 * negative: times that are raw do not always add up. */
static void put_inclusive(struct section_writer *section, const struct pyperf_profile *profile)
{
    uint64_t *own = calloc((size_t)profile->node_count + 1, sizeof *own);
    if (!own) {
        section->failed = true;
        return;
    }
    for (uint32_t i = 0; i < profile->node_count; i++) {
        const struct pyperf_node *node = &profile->nodes[i];
        own[i] += node->inclusive - node->folded;
        if (node->parent != PYPERF_NO_INDEX)
            own[node->parent] -= node->inclusive;
    }
    for (uint32_t i = 0; i < profile->node_count; i++)
        section_put_varint(section, zigzag(own[i]));
    free(own);
}

static void put_nodes(struct section_writer *section, const struct contents *contents)
{
    put_table(section, contents);
    put_inclusive(section, contents->from);
}

/* ---- Strings and facts ---- */

static void put_strings(struct section_writer *section, const struct contents *contents)
{
    const struct pyperf_profile *profile = contents->from;
    section_put_varint(section, profile->strings_size);
    section_put_bytes(section, profile->strings, profile->strings_size);
}

static void put_number(struct section_writer *section, enum fact_kind kind, const char *member)
{
    uint64_t wide;
    uint32_t offset;
    int number;
    bool flag;
    switch (kind) {
    case FACT_U64:
        memcpy(&wide, member, sizeof wide);
        break;
    case FACT_INT:
        memcpy(&number, member, sizeof number);
        wide = number > 0 ? (uint64_t)number : 0;
        break;
    case FACT_BOOL:
        memcpy(&flag, member, sizeof flag);
        wide = flag;
        break;
    case FACT_STRING:
    default:
        memcpy(&offset, member, sizeof offset);
        wide = offset;
        break;
    }
    section_put_varint(section, wide);
}

static void put_fact(struct section_writer *section, const struct fact *fact, const void *owner)
{
    const char *member = (const char *)owner + fact->offset;
    size_t length = strlen(fact->name);
    double value;
    section_put_varint(section, length);
    section_put_bytes(section, fact->name, length);
    section_put_varint(section, fact_type_of(fact->kind));
    if (fact->kind == FACT_DOUBLE) {
        memcpy(&value, member, sizeof value);
        section_put_double(section, value);
    } else {
        put_number(section, fact->kind, member);
    }
}

static void put_facts(struct section_writer *section, const struct contents *contents)
{
    section_put_varint(section, contents->fact_count);
    for (size_t i = 0; i < contents->fact_count; i++)
        put_fact(section, &contents->facts[i], contents->from);
}

static void put_end(struct section_writer *section, const struct contents *contents)
{
    const uint64_t *section_count = contents->from;
    section_put_varint(section, *section_count);
}

/* ---- Sections ---- */

static void store_number(unsigned char *bytes, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] = (unsigned char)(value >> 8 * i);
}

static void store(struct writing *writing, const struct contents *contents,
                  const struct section_writer *section)
{
    unsigned char header[PYPERF_FILE_SECTION_HEADER];
    uint32_t flags = (contents->essential ? SECTION_ESSENTIAL : 0) |
                     (section->compressed ? SECTION_COMPRESSED : 0);
    memcpy(header, contents->id, 4);
    store_number(header + 4, flags, 4);
    store_number(header + 8, section->size, 8);
    uLong sum = crc32_z(0, header, PYPERF_FILE_CHECKED_HEADER);
    sum = crc32_z(sum, section->bytes, section->size);
    store_number(header + PYPERF_FILE_CHECKED_HEADER, sum, 4);
    output_file_write(writing->file, header, sizeof header);
    output_file_write(writing->file, section->bytes, section->size);
    writing->section_count++;
}

/* False: compressed, it is smaller than a reader would believe. */
static bool put_section_as(struct writing *writing, const struct contents *contents,
                           bool compressed)
{
    struct section_writer section;
    section_writer_init(&section, compressed);
    contents->put(&section, contents);
    section_finish(&section);
    bool done =
        section.failed || !compressed || contents->weight / SECTION_WEIGHT_LIMIT < section.size;
    if (section.failed)
        writing->failed = true;
    else if (done)
        store(writing, contents, &section);
    section_writer_release(&section);
    return done;
}

static void put_section(struct writing *writing, const struct contents *contents)
{
    if (!writing->failed && !put_section_as(writing, contents, true))
        put_section_as(writing, contents, false);
}

static void put_table_section(struct writing *writing, const struct file_table *table,
                              const void *owner, bool essential,
                              void (*put)(struct section_writer *, const struct contents *))
{
    const struct contents contents = {
        .id = table->section,
        .essential = essential,
        .put = put,
        .weight = (uint64_t)count_of(owner, table) * table->weight,
        .from = owner,
        .table = table,
    };
    put_section(writing, &contents);
}

static void put_facts_section(struct writing *writing, const char *id, bool essential,
                              const void *owner, const struct fact *facts, size_t count)
{
    const struct contents contents = {
        .id = id,
        .essential = essential,
        .put = put_facts,
        .from = owner,
        .facts = facts,
        .fact_count = count,
    };
    put_section(writing, &contents);
}

static void put_lines(struct writing *writing, const struct pyperf_lines *lines)
{
    put_facts_section(writing, SECTION_LINES, false, lines, lines_facts, lines_fact_count);
    for (int i = 0; i < LINES_TABLE_COUNT; i++)
        put_table_section(writing, &lines_tables[i], lines, false, put_table);
}

static void put_profile(struct writing *writing, const struct pyperf_profile *profile)
{
    const struct contents strings = {
        .id = SECTION_STRINGS,
        .essential = true,
        .put = put_strings,
        .weight = profile->strings_size,
        .from = profile,
    };
    put_facts_section(writing, SECTION_PROFILE, true, &profile->run, run_facts, run_fact_count);
    put_section(writing, &strings);
    for (int i = 0; i < PROFILE_TABLE_COUNT; i++)
        put_table_section(writing, &profile_tables[i], profile, true,
                          i == TABLE_FUNCTIONS ? put_functions
                          : i == TABLE_NODES   ? put_nodes
                                               : put_table);
    if (profile->lines)
        put_lines(writing, profile->lines);
}

enum pyperf_status pyperf_file_write(const struct pyperf_export *content,
                                     struct output_file *file, struct pyperf_error *error)
{
    struct writing writing = {.file = file};
    unsigned char version[PYPERF_FILE_HEADER_SIZE - PYPERF_FILE_MAGIC_SIZE];
    if (!content->recordings && !content->profile)
        return pyperf_error_set(error, PYPERF_UNSUPPORTED,
                                "a file of pyperf's own holds call trees, and there are none "
                                "in what is read from pstats files; write a .prof instead");
    store_number(version, PYPERF_FILE_VERSION, sizeof version);
    output_file_write(file, PYPERF_FILE_MAGIC, PYPERF_FILE_MAGIC_SIZE);
    output_file_write(file, version, sizeof version);
    if (content->outcome)
        put_facts_section(&writing, SECTION_OUTCOME, false, content->outcome, outcome_facts,
                          outcome_fact_count);
    for (size_t i = 0; content->recordings && i < content->recording_count; i++)
        put_profile(&writing, content->recordings[i]);
    if (!content->recordings)
        put_profile(&writing, content->profile);
    const struct contents end = {
        .id = SECTION_END, .essential = true, .put = put_end, .from = &writing.section_count};
    put_section(&writing, &end);
    if (writing.failed)
        return pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory to write the profile");
    return PYPERF_OK;
}
