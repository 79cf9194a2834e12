/* SPDX-License-Identifier: MIT */
#include "formats/pickle_machine.h"

#include <string.h>

#include "base/array.h"

enum pyperf_status machine_fail(const struct machine *machine, const char *what)
{
    return pyperf_error_set(machine->error, PYPERF_BAD_DATA, "%s, at byte %zu", what,
                            machine->at);
}

enum pyperf_status machine_no_memory(const struct machine *machine)
{
    return pyperf_error_set(machine->error, PYPERF_NO_MEMORY, "out of memory");
}

/* ---- Bytes ---- */

const unsigned char *machine_take(struct machine *machine, uint64_t size)
{
    if (size > machine->pickle->size - machine->at)
        return NULL;
    const unsigned char *bytes = machine->pickle->bytes + machine->at;
    machine->at += (size_t)size;
    return bytes;
}

bool machine_take_unsigned(struct machine *machine, size_t size, uint64_t *value)
{
    const unsigned char *bytes = machine_take(machine, size);
    *value = 0;
    for (size_t i = 0; bytes && i < size; i++)
        *value |= (uint64_t)bytes[i] << 8 * i;
    return bytes != NULL;
}

/* ---- Values ---- */

enum pyperf_status machine_push(struct machine *machine, uint32_t value)
{
    if (!array_reserve((void **)&machine->stack, &machine->stack_capacity, machine->depth + 1,
                       sizeof *machine->stack))
        return machine_no_memory(machine);
    machine->stack[machine->depth++] = value;
    return PYPERF_OK;
}

uint32_t machine_top(const struct machine *machine)
{
    if (machine->depth == 0 || machine->stack[machine->depth - 1] == PICKLE_MARK)
        return PICKLE_NONE;
    return machine->stack[machine->depth - 1];
}

uint32_t machine_pop(struct machine *machine)
{
    uint32_t value = machine_top(machine);
    if (value != PICKLE_NONE)
        machine->depth--;
    return value;
}

enum pyperf_status machine_add_value(struct machine *machine, const struct pickle_value *value,
                                     uint32_t *index)
{
    struct pickle *pickle = machine->pickle;
    if (!array_reserve((void **)&pickle->values, &machine->value_capacity,
                       (size_t)pickle->value_count + 1, sizeof *pickle->values))
        return machine_no_memory(machine);
    *index = pickle->value_count++;
    pickle->values[*index] = *value;
    return PYPERF_OK;
}

enum pyperf_status machine_push_value(struct machine *machine, const struct pickle_value *value)
{
    uint32_t index = PICKLE_NONE;
    enum pyperf_status status = machine_add_value(machine, value, &index);
    return status == PYPERF_OK ? machine_push(machine, index) : status;
}

enum pyperf_status machine_push_container(struct machine *machine, enum pickle_kind kind)
{
    const struct pickle_value value = {.kind = kind, .items = {PICKLE_NONE, PICKLE_NONE}};
    return machine_push_value(machine, &value);
}

static enum pyperf_status add_item(struct machine *machine, uint32_t container, uint32_t item)
{
    struct pickle *pickle = machine->pickle;
    if (!array_reserve((void **)&pickle->cells, &machine->cell_capacity,
                       (size_t)pickle->cell_count + 1, sizeof *pickle->cells))
        return machine_no_memory(machine);
    struct pickle_value *value = &pickle->values[container];
    uint32_t cell = pickle->cell_count++;
    pickle->cells[cell] = (struct pickle_cell){item, PICKLE_NONE};
    if (value->count++ == 0)
        value->items.first = cell;
    else
        pickle->cells[value->items.last].next = cell;
    value->items.last = cell;
    return PYPERF_OK;
}

enum pyperf_status machine_move_items(struct machine *machine, uint32_t container, size_t count)
{
    enum pyperf_status status = PYPERF_OK;
    machine->depth -= count;
    for (size_t i = 0; i < count && status == PYPERF_OK; i++)
        status = add_item(machine, container, machine->stack[machine->depth + i]);
    return status;
}

bool machine_count_to_mark(const struct machine *machine, size_t *count)
{
    for (*count = 0; *count < machine->depth; ++*count)
        if (machine->stack[machine->depth - 1 - *count] == PICKLE_MARK)
            return true;
    return false;
}

uint32_t machine_find_container(const struct machine *machine, size_t below,
                                enum pickle_kind kind)
{
    if (machine->depth <= below)
        return PICKLE_NONE;
    uint32_t value = machine->stack[machine->depth - 1 - below];
    bool right = value != PICKLE_MARK && machine->pickle->values[value].kind == kind;
    return right ? value : PICKLE_NONE;
}

/* ---- Looking at values ---- */

const struct pickle_value *pickle_get(const struct pickle *pickle, uint32_t value,
                                      enum pickle_kind kind)
{
    return value < pickle->value_count && pickle->values[value].kind == kind
               ? &pickle->values[value]
               : NULL;
}

bool pickle_is_string(const struct pickle *pickle, uint32_t value, const char *text)
{
    const struct pickle_value *string = pickle_get(pickle, value, PICKLE_STRING);
    return string && string->string.size == strlen(text) &&
           memcmp(pickle->bytes + string->string.offset, text, string->string.size) == 0;
}

uint32_t pickle_find(const struct pickle *pickle, const struct pickle_value *dictionary,
                     const char *key)
{
    for (uint32_t cell = dictionary->items.first; cell != PICKLE_NONE;) {
        uint32_t value = pickle->cells[cell].next;
        if (pickle_is_string(pickle, pickle->cells[cell].value, key))
            return pickle->cells[value].value;
        cell = pickle->cells[value].next;
    }
    return PICKLE_NONE;
}
