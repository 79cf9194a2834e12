/* What pstats loads: a marshalled dictionary {(file, line, name): (cc, nc, tt, ct, callers)}
 * with callers =
 * {(file, line, name): (nc, cc, tt, ct)}: the two counts change places between the levels.
 *
 * Marshal version 2 has no references and no short forms; every Python from 3.8 on reads it.
 *
 * SPDX-License-Identifier: MIT */
#include "formats/pstats.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "formats/pstats_read.h"

static void put_byte(struct output_file *file, char byte)
{
    output_file_write(file, &byte, 1);
}

static void put_u32(struct output_file *file, uint32_t value)
{
    unsigned char bytes[4];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(value >> 8 * i);
    output_file_write(file, bytes, sizeof bytes);
}

static void put_u16(struct output_file *file, uint16_t value)
{
    unsigned char bytes[] = {(unsigned char)value, (unsigned char)(value >> 8)};
    output_file_write(file, bytes, sizeof bytes);
}

/* Beyond 32 bits, a Python integer is a number of digits of 15 bits, the lowest first. */
static void put_integer(struct output_file *file, uint64_t value)
{
    if (value <= INT32_MAX) {
        put_byte(file, 'i');
        put_u32(file, (uint32_t)value);
        return;
    }
    uint32_t digits = 0;
    for (uint64_t rest = value; rest; rest >>= 15)
        digits++;
    put_byte(file, 'l');
    put_u32(file, digits);
    for (uint64_t rest = value; rest; rest >>= 15)
        put_u16(file, (uint16_t)(rest & 0x7FFF));
}

static void put_float(struct output_file *file, double value)
{
    uint64_t bits;
    _Static_assert(sizeof bits == sizeof value, "doubles are those of IEEE 754");
    memcpy(&bits, &value, sizeof bits);
    put_byte(file, 'g');
    put_u32(file, (uint32_t)bits);
    put_u32(file, (uint32_t)(bits >> 32));
}

static void put_string(struct output_file *file, const char *text)
{
    size_t size = strlen(text);
    put_byte(file, 'u');
    put_u32(file, (uint32_t)size);
    output_file_write(file, text, size);
}

static void put_tuple(struct output_file *file, uint32_t size)
{
    put_byte(file, '(');
    put_u32(file, size);
}

static void put_label(struct output_file *file, const struct pyperf_label *label)
{
    put_tuple(file, 3);
    put_string(file, label->file);
    put_byte(file, 'i');
    put_u32(file, label->line);
    put_string(file, label->name);
}

static void put_edge(struct output_file *file, const struct pyperf_summary *summary,
                     const struct pyperf_summary_edge *edge)
{
    put_label(file, &summary->rows[edge->caller].label);
    if (edge->only_calls) {
        put_integer(file, edge->calls);
        return;
    }
    put_tuple(file, 4);
    put_integer(file, edge->calls);
    put_integer(file, edge->primitive_calls);
    put_float(file, edge->self);
    put_float(file, edge->cumulative);
}

static void put_row(struct output_file *file, const struct pyperf_summary *summary,
                    const struct pyperf_summary_row *row)
{
    put_label(file, &row->label);
    put_tuple(file, 5);
    put_integer(file, row->primitive_calls);
    put_integer(file, row->calls);
    put_float(file, row->self);
    put_float(file, row->cumulative);
    put_byte(file, '{');
    for (uint32_t i = 0; i < row->caller_count; i++)
        put_edge(file, summary, &row->callers[i]);
    put_byte(file, '0');
}

/* Marshal counts the bytes of a string in a signed 32-bit number. */
static bool fits(const struct pyperf_label *label)
{
    return strlen(label->file) <= INT32_MAX && strlen(label->name) <= INT32_MAX;
}

static enum pyperf_status write_pstats(const struct pyperf_export *content,
                                       struct output_file *file, struct pyperf_error *error)
{
    const struct pyperf_summary *summary = content->summary;
    if (!summary)
        return pyperf_error_set(
            error, PYPERF_UNSUPPORTED,
            "a pstats file holds the times of functions, and there are none");
    for (uint32_t i = 0; i < summary->row_count; i++)
        if (!fits(&summary->rows[i].label))
            return pyperf_error_set(error, PYPERF_UNSUPPORTED,
                                    "a function's name is too long for a pstats file");
    put_byte(file, '{');
    for (uint32_t i = 0; i < summary->row_count; i++)
        if (!summary->rows[i].only_caller)
            put_row(file, summary, &summary->rows[i]);
    put_byte(file, '0');
    return PYPERF_OK;
}

static const char *const suffixes[] = {".prof", ".pstats", ".pstat", NULL};

const struct pyperf_format format_pstats = {
    .name = "pstats",
    .suffixes = suffixes,
    .binary = true,
    .write = write_pstats,
    .recognises = pstats_recognises,
    .read = pstats_read,
};
