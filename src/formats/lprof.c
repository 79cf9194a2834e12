/* A pickled LineStats object with the attributes `unit`, in seconds, and `timings`:
 * {(file, first line, function): [(line, hits, time), …]}.
 *
 * Every version of line_profiler knows the class under the name that is written here. Of
 * protocol 2, which all of them read, only instructions that carry data are needed. Lines that
 * were never reached have no place in a file: line_profiler divides by the hits.
 *
 * SPDX-License-Identifier: MIT */
#include "formats/lprof.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "analysis/line_tables.h"
#include "base/text_buffer.h"
#include "base/utf8.h"

static void put_bytes(struct output_file *file, const char *bytes)
{
    output_file_write(file, bytes, strlen(bytes));
}

static void put_byte(struct output_file *file, unsigned char byte)
{
    output_file_write(file, &byte, 1);
}

static void put_number(struct output_file *file, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        put_byte(file, (unsigned char)(value >> 8 * i));
}

/* Bytes that are no UTF-8 become the lone surrogates that Python makes of them. */
static bool put_string(struct output_file *file, const char *string)
{
    struct text_buffer text = {0};
    while (*string) {
        uint32_t code_point;
        size_t size = utf8_decode(string, &code_point);
        char encoded[4];
        if (size == 0)
            text_buffer_add_bytes(&text, encoded,
                                  utf8_encode(0xDC00u + (unsigned char)*string, encoded));
        else
            text_buffer_add_bytes(&text, string, size);
        string += size ? size : 1;
    }
    bool whole = !text.failed && text.length <= INT32_MAX;
    put_byte(file, 'X'); /* BINUNICODE */
    put_number(file, text.length, 4);
    output_file_write(file, text_buffer_text(&text), text.length);
    text_buffer_release(&text);
    return whole;
}

static void put_integer(struct output_file *file, uint64_t value)
{
    if (value <= INT32_MAX) {
        put_byte(file, 'J'); /* BININT */
        put_number(file, value, 4);
        return;
    }
    put_byte(file, 0x8A); /* LONG1, of nine bytes: the last holds the sign */
    put_byte(file, 9);
    put_number(file, value, 8);
    put_byte(file, 0);
}

static void put_float(struct output_file *file, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    put_byte(file, 'G'); /* BINFLOAT: the highest byte comes first */
    for (int shift = 56; shift >= 0; shift -= 8)
        put_byte(file, (unsigned char)(bits >> shift));
}

static void put_row(struct output_file *file, const struct line_row *row)
{
    put_integer(file, row->number);
    put_integer(file, row->hits);
    put_integer(file, row->time);
    put_byte(file, 0x87); /* TUPLE3 */
}

static bool put_table(struct output_file *file, const struct line_table *table)
{
    bool whole = put_string(file, table->file);
    put_integer(file, table->first_line);
    whole = put_string(file, table->name) && whole;
    put_bytes(file, "\x87](" /* TUPLE3, EMPTY_LIST, MARK */);
    for (uint32_t i = 0; i < table->row_count; i++)
        if (table->rows[i].hits > 0)
            put_row(file, &table->rows[i]);
    put_byte(file, 'e'); /* APPENDS */
    return whole;
}

/* An object of the class, made without arguments; its state is set afterwards. */
static bool put_stats(struct output_file *file, const struct line_tables *tables)
{
    bool whole = true;
    put_bytes(file, "\x80\x02"                                   /* PROTO */
                    "cline_profiler._line_profiler\nLineStats\n" /* GLOBAL */
                    ")\x81"                                      /* EMPTY_TUPLE, NEWOBJ */
                    "}(" /* EMPTY_DICT, MARK */);
    put_string(file, "timings");
    put_bytes(file, "}(" /* EMPTY_DICT, MARK */);
    for (uint32_t i = 0; i < tables->count && whole; i++)
        whole = put_table(file, &tables->tables[i]);
    put_byte(file, 'u'); /* SETITEMS */
    put_string(file, "unit");
    put_float(file, LINE_TABLES_UNIT);
    put_bytes(file, "ub." /* SETITEMS, BUILD, STOP */);
    return whole;
}

enum pyperf_status lprof_write(const struct pyperf_export *content, struct output_file *file,
                               struct pyperf_error *error)
{
    if (!content->profile || !content->profile->lines)
        return pyperf_error_set(error, PYPERF_UNSUPPORTED,
                                "an lprof file holds the times of lines, and there are none; "
                                "`pyperf lines` records them");
    struct line_tables tables;
    enum pyperf_status status =
        line_tables_create(content->profile, PYPERF_NO_INDEX, LINE_ORDER_LABEL, &tables, error);
    if (status == PYPERF_OK && !put_stats(file, &tables))
        status = pyperf_error_set(error, PYPERF_UNSUPPORTED,
                                  "a function's name is too long for an lprof file");
    line_tables_release(&tables);
    return status;
}

/* Other things are pickled, too; the name of the class comes early. */
static bool recognises(const unsigned char *bytes, size_t size)
{
    enum { WITHIN = 128, OLDEST = 2, NEWEST = 5 };
    return size > 2 && bytes[0] == 0x80 && bytes[1] >= OLDEST && bytes[1] <= NEWEST &&
           memmem(bytes, size < WITHIN ? size : WITHIN, "LineStats", 9) != NULL;
}

static const char *const suffixes[] = {".lprof", NULL};

const struct pyperf_format format_lprof = {
    .name = "lprof",
    .suffixes = suffixes,
    .holds_lines = true,
    .holds_no_calls = true,
    .write = lprof_write,
    .recognises = recognises,
    .read = lprof_read,
};
