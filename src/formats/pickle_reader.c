/* SPDX-License-Identifier: MIT */
#include "formats/pickle_reader.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "formats/pickle_machine.h"

/* The instructions of pickles that plain data consist of; the comments in Python's
 * pickletools.py define them. */
enum operation {
    OP_MARK = '(',
    OP_STOP = '.',
    OP_BININT = 'J',
    OP_BININT1 = 'K',
    OP_BININT2 = 'M',
    OP_NONE = 'N',
    OP_BINUNICODE = 'X',
    OP_APPEND = 'a',
    OP_BUILD = 'b',
    OP_GLOBAL = 'c',
    OP_APPENDS = 'e',
    OP_BINGET = 'h',
    OP_LONG_BINGET = 'j',
    OP_EMPTY_LIST = ']',
    OP_BINPUT = 'q',
    OP_LONG_BINPUT = 'r',
    OP_SETITEM = 's',
    OP_TUPLE = 't',
    OP_EMPTY_TUPLE = ')',
    OP_SETITEMS = 'u',
    OP_EMPTY_DICT = '}',
    OP_BINFLOAT = 'G',
    OP_PROTO = 0x80,
    OP_NEWOBJ = 0x81,
    OP_TUPLE1 = 0x85,
    OP_TUPLE2 = 0x86,
    OP_TUPLE3 = 0x87,
    OP_LONG1 = 0x8A,
    OP_SHORT_BINUNICODE = 0x8C,
    OP_BINUNICODE8 = 0x8D,
    OP_STACK_GLOBAL = 0x93,
    OP_MEMOIZE = 0x94,
    OP_FRAME = 0x95,
};

enum { NEWEST_PROTOCOL = 5 };

/* ---- Instructions ---- */

static enum pyperf_status push_integer(struct machine *machine, size_t size, bool with_sign)
{
    uint64_t bits;
    if (!machine_take_unsigned(machine, size, &bits))
        return machine_fail(machine, "a number is cut off");
    struct pickle_value value = {.kind = PICKLE_INTEGER, .integer = (int64_t)bits};
    if (with_sign)
        value.integer = (int32_t)(uint32_t)bits;
    return machine_push_value(machine, &value);
}

/* Two's complement of any length, the lowest byte first. */
static enum pyperf_status push_long(struct machine *machine)
{
    const unsigned char *length = machine_take(machine, 1);
    const unsigned char *bytes = length ? machine_take(machine, *length) : NULL;
    if (!bytes)
        return machine_fail(machine, "a number is cut off");
    struct pickle_value value = {.kind = PICKLE_INTEGER, .integer = 0};
    size_t size = *length;
    bool negative = size > 0 && (bytes[size - 1] & 0x80);
    uint64_t bits = negative ? UINT64_MAX : 0;
    bool fits = true;
    for (size_t i = 0; i < size; i++) {
        if (i < sizeof bits)
            bits = (bits & ~((uint64_t)0xFF << 8 * i)) | (uint64_t)bytes[i] << 8 * i;
        else
            fits = fits && bytes[i] == (negative ? 0xFF : 0);
    }
    fits = fits && (bits >> 63) == negative;
    value.integer = fits ? (int64_t)bits : negative ? INT64_MIN : INT64_MAX;
    return machine_push_value(machine, &value);
}

/* The one number whose highest byte comes first. */
static enum pyperf_status push_float(struct machine *machine)
{
    const unsigned char *bytes = machine_take(machine, 8);
    if (!bytes)
        return machine_fail(machine, "a number is cut off");
    uint64_t bits = 0;
    for (size_t i = 0; i < 8; i++)
        bits = bits << 8 | bytes[i];
    struct pickle_value value = {.kind = PICKLE_FLOAT};
    memcpy(&value.number, &bits, sizeof bits);
    return machine_push_value(machine, &value);
}

static enum pyperf_status push_string(struct machine *machine, size_t size_of_size)
{
    uint64_t size;
    if (!machine_take_unsigned(machine, size_of_size, &size))
        return machine_fail(machine, "a string is cut off");
    struct pickle_value value = {.kind = PICKLE_STRING, .string = {machine->at, (size_t)size}};
    if (!machine_take(machine, size))
        return machine_fail(machine, "a string is cut off");
    return machine_push_value(machine, &value);
}

static enum pyperf_status push_class(struct machine *machine, uint32_t module, uint32_t name)
{
    const struct pickle_value value = {.kind = PICKLE_CLASS, .class = {module, name}};
    return machine_push_value(machine, &value);
}

/* A string up to the end of the line. */
static enum pyperf_status take_line(struct machine *machine, uint32_t *index)
{
    const unsigned char *start = machine->pickle->bytes + machine->at;
    const unsigned char *end = memchr(start, '\n', machine->pickle->size - machine->at);
    if (!end)
        return machine_fail(machine, "a name is cut off");
    const struct pickle_value value = {.kind = PICKLE_STRING,
                                       .string = {machine->at, (size_t)(end - start)}};
    machine->at += (size_t)(end - start) + 1;
    return machine_add_value(machine, &value, index);
}

static enum pyperf_status read_global(struct machine *machine)
{
    uint32_t module = PICKLE_NONE, name = PICKLE_NONE;
    enum pyperf_status status = take_line(machine, &module);
    if (status == PYPERF_OK)
        status = take_line(machine, &name);
    return status == PYPERF_OK ? push_class(machine, module, name) : status;
}

static enum pyperf_status stack_global(struct machine *machine)
{
    uint32_t name = machine_pop(machine);
    uint32_t module = machine_pop(machine);
    if (!pickle_get(machine->pickle, module, PICKLE_STRING) ||
        !pickle_get(machine->pickle, name, PICKLE_STRING))
        return machine_fail(machine, "a class lacks its name");
    return push_class(machine, module, name);
}

static enum pyperf_status make_tuple(struct machine *machine, size_t count)
{
    uint32_t tuple = PICKLE_NONE;
    const struct pickle_value value = {.kind = PICKLE_TUPLE,
                                       .items = {PICKLE_NONE, PICKLE_NONE}};
    for (size_t i = 0; i < count; i++)
        if (i >= machine->depth || machine->stack[machine->depth - 1 - i] == PICKLE_MARK)
            return machine_fail(machine, "a tuple lacks items");
    enum pyperf_status status = machine_add_value(machine, &value, &tuple);
    if (status == PYPERF_OK)
        status = machine_move_items(machine, tuple, count);
    return status == PYPERF_OK ? machine_push(machine, tuple) : status;
}

static enum pyperf_status make_tuple_to_mark(struct machine *machine)
{
    size_t count;
    if (!machine_count_to_mark(machine, &count))
        return machine_fail(machine, "a tuple lacks its beginning");
    enum pyperf_status status = make_tuple(machine, count);
    if (status != PYPERF_OK)
        return status;
    uint32_t tuple = machine->stack[machine->depth - 1];
    machine->depth--; /* in the mark's place */
    machine->stack[machine->depth - 1] = tuple;
    return PYPERF_OK;
}

/* `pairs`: of a dictionary. */
static enum pyperf_status extend(struct machine *machine, bool one, bool pairs)
{
    enum pickle_kind kind = pairs ? PICKLE_DICTIONARY : PICKLE_LIST;
    size_t count = pairs ? 2 : 1;
    if (!one && !machine_count_to_mark(machine, &count))
        return machine_fail(machine, "items lack their beginning");
    uint32_t container = machine_find_container(machine, count + !one, kind);
    if (container == PICKLE_NONE || (pairs && count % 2 != 0))
        return machine_fail(machine, "items belong to nothing");
    for (size_t i = 0; i < count; i++)
        if (machine->stack[machine->depth - 1 - i] == PICKLE_MARK)
            return machine_fail(machine, "items belong to nothing");
    enum pyperf_status status = machine_move_items(machine, container, count);
    machine->depth -= !one;
    return status;
}

static enum pyperf_status make_object(struct machine *machine)
{
    const struct pickle_value *arguments =
        pickle_get(machine->pickle, machine_pop(machine), PICKLE_TUPLE);
    uint32_t class = machine_pop(machine);
    if (!arguments || arguments->count > 0 || !pickle_get(machine->pickle, class, PICKLE_CLASS))
        return machine_fail(machine, "an object is made in a way that is not supported");
    const struct pickle_value value = {.kind = PICKLE_OBJECT, .object = {class, PICKLE_NONE}};
    return machine_push_value(machine, &value);
}

static enum pyperf_status set_state(struct machine *machine)
{
    uint32_t state = machine_pop(machine);
    uint32_t object = machine_top(machine);
    if (state == PICKLE_NONE || !pickle_get(machine->pickle, object, PICKLE_OBJECT))
        return machine_fail(machine, "a state belongs to no object");
    machine->pickle->values[object].object.state = state;
    return PYPERF_OK;
}

/* ---- The memo ---- */

/* Picklers number what they may refer to again, from 0 on. */
static enum pyperf_status memoize(struct machine *machine, uint64_t index)
{
    uint32_t value = machine_top(machine);
    if (value == PICKLE_NONE || index > machine->memo_count)
        return machine_fail(machine, "a value is numbered out of order");
    if (!array_reserve((void **)&machine->memo, &machine->memo_capacity,
                       machine->memo_count + 1, sizeof *machine->memo))
        return machine_no_memory(machine);
    machine->memo[index] = value;
    if (index == machine->memo_count)
        machine->memo_count++;
    return PYPERF_OK;
}

static enum pyperf_status put(struct machine *machine, size_t size)
{
    uint64_t index;
    if (!machine_take_unsigned(machine, size, &index))
        return machine_fail(machine, "a number is cut off");
    return memoize(machine, index);
}

static enum pyperf_status get(struct machine *machine, size_t size)
{
    uint64_t index;
    if (!machine_take_unsigned(machine, size, &index))
        return machine_fail(machine, "a number is cut off");
    if (index >= machine->memo_count)
        return machine_fail(machine, "there is no value of that number");
    return machine_push(machine, machine->memo[index]);
}

/* ---- The whole ---- */

static enum pyperf_status take_protocol(struct machine *machine)
{
    const unsigned char *protocol = machine_take(machine, 1);
    if (!protocol)
        return machine_fail(machine, "the pickle is cut off");
    if (*protocol > NEWEST_PROTOCOL)
        return machine_fail(machine, "a pickle of a protocol that is not known");
    return PYPERF_OK;
}

static enum pyperf_status execute(struct machine *machine, unsigned char operation)
{
    const struct pickle_value none = {.kind = PICKLE_NULL};
    switch ((enum operation)operation) {
    case OP_PROTO:
        return take_protocol(machine);
    case OP_FRAME: /* only says how much comes */
        return machine_take(machine, 8) ? PYPERF_OK
                                        : machine_fail(machine, "the pickle is cut off");
    case OP_MARK:
        return machine_push(machine, PICKLE_MARK);
    case OP_NONE:
        return machine_push_value(machine, &none);
    case OP_BININT:
        return push_integer(machine, 4, true);
    case OP_BININT1:
        return push_integer(machine, 1, false);
    case OP_BININT2:
        return push_integer(machine, 2, false);
    case OP_LONG1:
        return push_long(machine);
    case OP_BINFLOAT:
        return push_float(machine);
    case OP_SHORT_BINUNICODE:
        return push_string(machine, 1);
    case OP_BINUNICODE:
        return push_string(machine, 4);
    case OP_BINUNICODE8:
        return push_string(machine, 8);
    case OP_EMPTY_LIST:
        return machine_push_container(machine, PICKLE_LIST);
    case OP_EMPTY_DICT:
        return machine_push_container(machine, PICKLE_DICTIONARY);
    case OP_EMPTY_TUPLE:
        return machine_push_container(machine, PICKLE_TUPLE);
    case OP_TUPLE1:
        return make_tuple(machine, 1);
    case OP_TUPLE2:
        return make_tuple(machine, 2);
    case OP_TUPLE3:
        return make_tuple(machine, 3);
    case OP_TUPLE:
        return make_tuple_to_mark(machine);
    case OP_APPEND:
        return extend(machine, true, false);
    case OP_APPENDS:
        return extend(machine, false, false);
    case OP_SETITEM:
        return extend(machine, true, true);
    case OP_SETITEMS:
        return extend(machine, false, true);
    case OP_GLOBAL:
        return read_global(machine);
    case OP_STACK_GLOBAL:
        return stack_global(machine);
    case OP_NEWOBJ:
        return make_object(machine);
    case OP_BUILD:
        return set_state(machine);
    case OP_MEMOIZE:
        return memoize(machine, machine->memo_count);
    case OP_BINPUT:
        return put(machine, 1);
    case OP_LONG_BINPUT:
        return put(machine, 4);
    case OP_BINGET:
        return get(machine, 1);
    case OP_LONG_BINGET:
        return get(machine, 4);
    case OP_STOP:
        break; /* the caller's */
    }
    machine->at--;
    return machine_fail(machine, "a pickle that does more than hold data");
}

static enum pyperf_status run(struct machine *machine)
{
    for (;;) {
        const unsigned char *operation = machine_take(machine, 1);
        if (!operation)
            return machine_fail(machine, "the pickle is cut off");
        if (*operation == OP_STOP)
            break;
        enum pyperf_status status = execute(machine, *operation);
        if (status != PYPERF_OK)
            return status;
    }
    machine->pickle->root = machine_pop(machine);
    if (machine->pickle->root == PICKLE_NONE)
        return machine_fail(machine, "the pickle holds nothing");
    return PYPERF_OK;
}

enum pyperf_status pickle_read(struct pickle *pickle, const unsigned char *bytes, size_t size,
                               struct pyperf_error *error)
{
    *pickle = (struct pickle){.bytes = bytes, .size = size};
    struct machine machine = {.pickle = pickle, .error = error};
    if (size >= PICKLE_MARK / 2)
        return pyperf_error_set(error, PYPERF_BAD_DATA, "a pickle of more than 2 GiB");
    enum pyperf_status status = run(&machine);
    free(machine.stack);
    free(machine.memo);
    return status;
}

void pickle_release(struct pickle *pickle)
{
    free(pickle->values);
    free(pickle->cells);
}
