/* SPDX-License-Identifier: MIT */
#include "formats/marshal.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/utf8.h"

enum { DIGIT_BITS = 15 /* of integers beyond 32 bits */ };

/* ---- Refusing ---- */

bool marshal_refuse(struct marshal_reader *reader, size_t offset, const char *format, ...)
{
    char reason[PYPERF_ERROR_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    reader->status =
        pyperf_error_set(reader->error, PYPERF_BAD_DATA, "byte %zu: %s", offset, reason);
    return false;
}

bool marshal_no_memory(struct marshal_reader *reader)
{
    reader->status =
        pyperf_error_set(reader->error, PYPERF_NO_MEMORY, "no memory to read so large a file");
    return false;
}

bool marshal_spend(struct marshal_reader *reader, size_t count, size_t item_size)
{
    if (count > reader->allowance / item_size)
        return marshal_refuse(reader, reader->at,
                              "it asks for more memory than a profile of this size needs");
    reader->allowance -= count * item_size;
    return true;
}

static bool refuse_type(struct marshal_reader *reader, size_t offset, unsigned char type)
{
    static const struct {
        char type;
        const char *name;
    } others[] = {
        {'c', "a code object"},
        {'s', "a byte string, as Python 2 writes them"},
        {'R', "a Python 2 string"},
        {'f', "a number written as text"},
        {'x', "a complex number"},
        {'y', "a complex number"},
        {'.', "an Ellipsis"},
        {'S', "a StopIteration"},
        {':', "a slice"},
        {'?', "an object that could not be written"},
        {'}', "a frozen dictionary"},
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (others[i].type == type)
            return marshal_refuse(reader, offset, "%s, which no profile holds", others[i].name);
    return marshal_refuse(reader, offset, "there is no object of type 0x%02x", type);
}

/* ---- Bytes ---- */

static bool have(struct marshal_reader *reader, size_t size)
{
    if (size <= reader->size - reader->at)
        return true;
    return marshal_refuse(reader, reader->size, "the file is cut off here");
}

static uint32_t take_u16(struct marshal_reader *reader)
{
    const unsigned char *bytes = reader->bytes + reader->at;
    reader->at += 2;
    return (uint32_t)(bytes[0] | bytes[1] << 8);
}

static uint32_t take_u32(struct marshal_reader *reader)
{
    reader->at += 4;
    return marshal_u32_at(reader->bytes + reader->at - 4);
}

static uint64_t take_u64(struct marshal_reader *reader)
{
    uint64_t low = take_u32(reader);
    return low | (uint64_t)take_u32(reader) << 32;
}

/* A length of one byte, or of four. */
static bool take_length(struct marshal_reader *reader, bool is_short, uint32_t *length)
{
    if (!have(reader, is_short ? 1 : 4))
        return false;
    *length = is_short ? reader->bytes[reader->at++] : take_u32(reader);
    return true;
}

/* ---- Leaves ---- */

static bool read_text(struct marshal_reader *reader, struct marshal_value *value, bool is_short,
                      bool is_ascii)
{
    value->kind = MARSHAL_TEXT;
    if (!take_length(reader, is_short, &value->size))
        return false;
    if (value->size > reader->size - reader->at)
        return marshal_refuse(reader, value->offset,
                              "a text of %u bytes, of which the file has %zu", value->size,
                              reader->size - reader->at);
    value->text = (const char *)reader->bytes + reader->at;
    reader->at += value->size;
    if (reader->second_pass || value->referred)
        return true;
    if (memchr(value->text, '\0', value->size))
        return marshal_refuse(reader, value->offset, "a name with a NUL character in it");
    unsigned char all = 0;
    for (uint32_t i = 0; is_ascii && i < value->size; i++)
        all |= (unsigned char)value->text[i];
    if (all > 0x7F || (!is_ascii && !utf8_valid_bytes(value->text, value->size)))
        return marshal_refuse(reader, value->offset, "a text that is not %s",
                              is_ascii ? "ASCII" : "UTF-8");
    return true;
}

/* Digits of 15 bits, the lowest first; a negative number of them for a negative number. */
static bool read_long(struct marshal_reader *reader, struct marshal_value *value)
{
    enum { MOST_DIGITS = 5 };
    uint32_t length;
    if (!take_length(reader, false, &length))
        return false;
    bool negative = length > INT32_MAX;
    uint32_t count = negative ? 0u - length : length;
    if (count > MOST_DIGITS)
        return marshal_refuse(reader, value->offset, "an integer of more than 63 bits");
    if (!have(reader, (size_t)count * 2))
        return false;
    uint64_t number = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t digit = take_u16(reader);
        bool last = i + 1 == count;
        if (digit >> DIGIT_BITS || (last && digit == 0))
            return marshal_refuse(reader, value->offset, "an integer with a wrong digit");
        if (digit << DIGIT_BITS * i >> DIGIT_BITS * i != digit)
            return marshal_refuse(reader, value->offset, "an integer of more than 63 bits");
        number |= digit << DIGIT_BITS * i;
    }
    if (number > INT64_MAX)
        return marshal_refuse(reader, value->offset, "an integer of more than 63 bits");
    value->kind = MARSHAL_INTEGER;
    value->integer = negative ? -(int64_t)number : (int64_t)number;
    return true;
}

static bool read_number(struct marshal_reader *reader, struct marshal_value *value,
                        unsigned char type)
{
    if (type == 'l')
        return read_long(reader, value);
    if (!have(reader, type == 'i' ? 4 : 8))
        return false;
    value->kind = type == 'g' ? MARSHAL_FLOAT : MARSHAL_INTEGER;
    if (type == 'i') {
        value->integer = (int32_t)take_u32(reader);
        return true;
    }
    uint64_t bits = take_u64(reader);
    _Static_assert(sizeof bits == sizeof value->number, "doubles are those of IEEE 754");
    if (type == 'g')
        memcpy(&value->number, &bits, sizeof bits);
    else
        value->integer = (int64_t)bits;
    return true;
}

/* ---- Containers ---- */

/* An item takes a byte at least. */
static bool read_head(struct marshal_reader *reader, struct marshal_value *value,
                      enum marshal_kind kind, bool is_short)
{
    value->kind = kind;
    if (!take_length(reader, is_short, &value->count))
        return false;
    value->contents = reader->at;
    if (value->count > reader->size - reader->at)
        return marshal_refuse(reader, value->offset,
                              "%u items, of which the file has no more than %zu", value->count,
                              reader->size - reader->at);
    return true;
}

size_t marshal_enter(struct marshal_reader *reader, const struct marshal_value *container)
{
    size_t back = reader->at;
    reader->at = container->contents;
    reader->elsewhere += container->referred;
    return back;
}

void marshal_leave(struct marshal_reader *reader, const struct marshal_value *container,
                   size_t back)
{
    if (!container->referred)
        return;
    reader->at = back;
    reader->elsewhere--;
}

struct marshal_place marshal_here(const struct marshal_reader *reader)
{
    return (struct marshal_place){.at = (uint32_t)reader->at, .met = reader->met};
}

void marshal_return(struct marshal_reader *reader, struct marshal_place place)
{
    reader->at = place.at;
    reader->met = place.met;
}

struct marshal_place marshal_go_to(struct marshal_reader *reader, uint32_t reference)
{
    struct marshal_place back = marshal_here(reader);
    reader->at = reader->references[reference];
    reader->met = reference;
    return back;
}

/* ---- Objects ---- */

static bool read_object(struct marshal_reader *reader, struct marshal_value *value,
                        unsigned char type)
{
    switch (type) {
    case '0':
        value->kind = MARSHAL_END;
        return true;
    case 'N':
        value->kind = MARSHAL_NONE;
        return true;
    case 'F':
    case 'T':
        value->kind = MARSHAL_BOOLEAN;
        value->integer = type == 'T';
        return true;
    case 'i':
    case 'I':
    case 'l':
    case 'g':
        return read_number(reader, value, type);
    case 'u':
    case 't':
        return read_text(reader, value, false, false);
    case 'a':
    case 'A':
        return read_text(reader, value, false, true);
    case 'z':
    case 'Z':
        return read_text(reader, value, true, true);
    case '(':
    case ')':
        return read_head(reader, value, MARSHAL_TUPLE, type == ')');
    case '[':
        return read_head(reader, value, MARSHAL_LIST, false);
    case '<':
    case '>':
        return read_head(reader, value, MARSHAL_SET, false);
    case '{':
        value->kind = MARSHAL_DICTIONARY;
        value->contents = reader->at;
        return true;
    default:
        return refuse_type(reader, value->offset, type);
    }
}

/* Of objects that exist once, no reference is ever made. */
static bool is_numbered(unsigned char type)
{
    return type & MARSHAL_FLAG_REFERENCE &&
           !memchr("0NFT", type & (unsigned char)~MARSHAL_FLAG_REFERENCE, 4);
}

static bool number_reference(struct marshal_reader *reader, struct marshal_value *value)
{
    if (reader->elsewhere)
        return true;
    if (!reader->second_pass) {
        size_t capacity = reader->reference_capacity;
        if (!array_reserve((void **)&reader->references, &reader->reference_capacity,
                           (size_t)reader->met + 1, sizeof *reader->references))
            return marshal_no_memory(reader);
        if (!marshal_spend(reader, reader->reference_capacity - capacity,
                           sizeof *reader->references))
            return false;
        reader->references[reader->met] = (uint32_t)value->offset;
        reader->reference_count = reader->met + 1;
    }
    value->reference = reader->met++;
    return true;
}

/* The object that a reference stands for is read once more, where it is. */
static bool read_reference(struct marshal_reader *reader, struct marshal_value *value)
{
    if (!have(reader, 4))
        return false;
    uint32_t number = take_u32(reader);
    if (number >= reader->met)
        return marshal_refuse(reader, value->offset,
                              "a reference to object %u, of which there are %u so far", number,
                              reader->met);
    size_t offset = value->offset, back = reader->at;
    value->referred = true;
    value->offset = reader->references[number];
    value->reference = number;
    reader->at = value->offset + 1;
    bool done = read_object(
        reader, value, reader->bytes[value->offset] & (unsigned char)~MARSHAL_FLAG_REFERENCE);
    reader->at = back;
    value->offset = offset;
    return done;
}

bool marshal_next(struct marshal_reader *reader, struct marshal_value *value)
{
    if (!have(reader, 1))
        return false;
    unsigned char type = reader->bytes[reader->at];
    *value = (struct marshal_value){.offset = reader->at++, .reference = MARSHAL_NO_REFERENCE};
    if (type == 'r')
        return read_reference(reader, value);
    if (is_numbered(type) && !number_reference(reader, value))
        return false;
    return read_object(reader, value, type & (unsigned char)~MARSHAL_FLAG_REFERENCE);
}

/* ---- The whole ---- */

bool marshal_open(struct marshal_reader *reader, const unsigned char *bytes, size_t size,
                  size_t allowance, struct pyperf_error *error)
{
    *reader = (struct marshal_reader){
        .bytes = bytes, .size = size, .allowance = allowance, .error = error};
    if (size < UINT32_MAX)
        return true;
    reader->status = pyperf_error_set(error, PYPERF_UNSUPPORTED,
                                      "it has %zu bytes; profiles are read up to 4 GB", size);
    return false;
}

void marshal_release(struct marshal_reader *reader)
{
    free(reader->references);
    reader->references = NULL;
}

void marshal_rewind(struct marshal_reader *reader)
{
    reader->at = 0;
    reader->met = 0;
    reader->elsewhere = 0;
    reader->second_pass = true;
}
