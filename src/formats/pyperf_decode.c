/* SPDX-License-Identifier: MIT */
#include "formats/pyperf_decode.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* ---- Columns ---- */

/* How many items there are: never more than such a section can hold. */
static uint64_t get_count(struct section_reader *section, uint32_t weight, uint64_t limit)
{
    uint64_t count = section_get_limited(section, limit);
    if (count <= (uint64_t)section->stored * SECTION_WEIGHT_LIMIT / weight)
        return count;
    section_fail(section, "it claims to hold more than its size allows");
    return 0;
}

static uint32_t get_narrow(struct section_reader *section, enum column_kind kind,
                           uint32_t index, uint32_t previous)
{
    uint64_t stored;
    switch (kind) {
    case COLUMN_INDEX:
        return (uint32_t)section_get_limited(section, UINT32_MAX) - 1;
    case COLUMN_PARENT:
        stored = section_get_limited(section, index);
        return stored == 0 ? PYPERF_NO_INDEX : index - (uint32_t)stored;
    case COLUMN_STEP:
        stored = previous + unzigzag(section_get_varint(section));
        if (stored > UINT32_MAX)
            section_fail(section, "a number is too large for its place");
        return (uint32_t)stored;
    default:
        return (uint32_t)section_get_limited(section, UINT32_MAX);
    }
}

static void get_narrow_column(struct section_reader *section, char *member, uint32_t count,
                              size_t item_size, enum column_kind kind)
{
    uint32_t value = 0;
    for (uint32_t i = 0; i < count; i++, member += item_size) {
        value = get_narrow(section, kind, i, value);
        memcpy(member, &value, sizeof value);
    }
}

static void get_wide_column(struct section_reader *section, char *member, uint32_t count,
                            size_t item_size)
{
    for (uint32_t i = 0; i < count; i++, member += item_size) {
        uint64_t value = section_get_varint(section);
        memcpy(member, &value, sizeof value);
    }
}

static void get_bool_column(struct section_reader *section, char *member, uint32_t count,
                            size_t item_size)
{
    for (uint32_t i = 0; i < count; i++, member += item_size) {
        bool value = section_get_limited(section, 1) != 0;
        memcpy(member, &value, sizeof value);
    }
}

static void get_double_column(struct section_reader *section, char *member, uint32_t count,
                              size_t item_size)
{
    for (uint32_t i = 0; i < count; i++, member += item_size) {
        double value = section_get_double(section);
        memcpy(member, &value, sizeof value);
    }
}

static void get_column(struct section_reader *section, char *member, uint32_t count,
                       size_t item_size, enum column_kind kind)
{
    if (kind == COLUMN_U64)
        get_wide_column(section, member, count, item_size);
    else if (kind == COLUMN_BOOL)
        get_bool_column(section, member, count, item_size);
    else if (kind == COLUMN_DOUBLE)
        get_double_column(section, member, count, item_size);
    else
        get_narrow_column(section, member, count, item_size, kind);
}

/* False: no memory. */
static bool get_table(struct section_reader *section, const struct file_table *table,
                      void *owner)
{
    uint32_t count = (uint32_t)get_count(section, table->weight, PYPERF_NO_INDEX - 1);
    char *items = calloc((size_t)count + 1, table->item_size);
    if (!items)
        return false;
    memcpy((char *)owner + table->items, &items, sizeof items);
    memcpy((char *)owner + table->count, &count, sizeof count);
    for (size_t i = 0; i < table->column_count && !section->problem; i++)
        get_column(section, items + table->columns[i].offset, count, table->item_size,
                   table->columns[i].kind);
    return true;
}

/* ---- What functions and nodes have besides ---- */

static void get_durations(struct section_reader *section, uint64_t *durations)
{
    uint64_t next = 0, step;
    while ((step = section_get_limited(section, PYPERF_DURATION_BUCKETS - next)) != 0) {
        next += step;
        durations[next - 1] = section_get_varint(section);
    }
}

static void get_inclusive(struct section_reader *section, struct pyperf_profile *profile)
{
    for (uint32_t i = 0; i < profile->node_count; i++)
        profile->nodes[i].inclusive = unzigzag(section_get_varint(section));
    if (section->problem)
        return;
    for (uint32_t i = profile->node_count; i-- > 0;) {
        struct pyperf_node *node = &profile->nodes[i];
        node->inclusive += node->folded;
        if (node->parent != PYPERF_NO_INDEX)
            profile->nodes[node->parent].inclusive += node->inclusive;
    }
}

bool decode_profile_table(struct section_reader *section, enum profile_table which,
                          struct pyperf_profile *profile)
{
    if (!get_table(section, &profile_tables[which], profile))
        return false;
    if (section->problem)
        return true;
    if (which == TABLE_NODES)
        get_inclusive(section, profile);
    for (uint32_t i = 0; which == TABLE_FUNCTIONS && i < profile->function_count; i++)
        get_durations(section, profile->functions[i].durations);
    return true;
}

static bool begin_lines(struct pyperf_profile *profile)
{
    if (!profile->lines)
        profile->lines = calloc(1, sizeof *profile->lines);
    return profile->lines != NULL;
}

bool decode_lines_table(struct section_reader *section, enum lines_table which,
                        struct pyperf_profile *profile)
{
    return begin_lines(profile) && get_table(section, &lines_tables[which], profile->lines);
}

bool decode_strings(struct section_reader *section, struct pyperf_profile *profile)
{
    size_t size = get_count(section, 1, PYPERF_NO_INDEX - 1);
    char *strings = malloc(size + 1);
    if (!strings)
        return false;
    section_get_bytes(section, strings, size);
    free(profile->strings);
    profile->strings = strings;
    profile->strings_size = size;
    return true;
}

/* ---- Facts ---- */

static const struct fact *find_fact(const struct fact *facts, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(facts[i].name, name) == 0)
            return &facts[i];
    return NULL;
}

static void get_number(struct section_reader *section, const struct fact *fact, void *owner)
{
    static const uint64_t limits[] = {
        [FACT_U64] = UINT64_MAX,
        [FACT_INT] = INT_MAX,
        [FACT_BOOL] = 1,
        [FACT_STRING] = UINT32_MAX,
    };
    char *member = (char *)owner + fact->offset;
    uint64_t value = section_get_limited(section, limits[fact->kind]);
    int number = (int)value;
    bool flag = value != 0;
    uint32_t offset = (uint32_t)value;
    switch (fact->kind) {
    case FACT_U64:
        memcpy(member, &value, sizeof value);
        break;
    case FACT_INT:
        memcpy(member, &number, sizeof number);
        break;
    case FACT_BOOL:
        memcpy(member, &flag, sizeof flag);
        break;
    default:
        memcpy(member, &offset, sizeof offset);
        break;
    }
}

/* `fact`: what it is about, or NULL: nobody knows. */
static void get_value(struct section_reader *section, uint64_t type, const struct fact *fact,
                      void *owner)
{
    if (fact && type != fact_type_of(fact->kind)) {
        section_fail(section, "a fact is of another type than it should be");
    } else if (type == FACT_TYPE_FLOAT) {
        double value = section_get_double(section);
        if (fact)
            memcpy((char *)owner + fact->offset, &value, sizeof value);
    } else if (type != FACT_TYPE_NUMBER && type != FACT_TYPE_STRING) {
        section_fail(section, "a fact is of no known type");
    } else if (fact) {
        get_number(section, fact, owner);
    } else {
        (void)section_get_varint(section);
    }
}

void decode_facts(struct section_reader *section, const struct fact *facts, size_t fact_count,
                  void *owner)
{
    uint64_t count = section_get_varint(section);
    for (uint64_t i = 0; i < count && !section->problem; i++) {
        char name[FACT_NAME_SIZE];
        uint64_t length = section_get_limited(section, sizeof name - 1);
        section_get_bytes(section, name, length);
        name[length] = '\0';
        uint64_t type = section_get_varint(section);
        get_value(section, type, find_fact(facts, fact_count, name), owner);
    }
}

bool decode_lines_facts(struct section_reader *section, struct pyperf_profile *profile)
{
    if (!begin_lines(profile))
        return false;
    decode_facts(section, lines_facts, lines_fact_count, profile->lines);
    return true;
}
