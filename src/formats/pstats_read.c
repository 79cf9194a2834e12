/* Files for pstats: a marshalled dictionary, as pstats.c writes it. Its keys and values are
 * read twice: once to check them and to count, so that the second time everything has its room.
 *
 * What pstats does with a file is done here too: of keys that come twice the last value counts,
 * in the place of the first; callers need not be functions of the file; what follows the
 * dictionary is ignored. The module profile counts calls by caller and no times.
 *
 * SPDX-License-Identifier: MIT */
#include "formats/pstats_read.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/summary.h"
#include "base/array.h"
#include "formats/pstats_keys.h"

enum {
    /* The reader allocates at most 7 times the file's size and this; with the file itself that
     * is less than 8 times and 1 MB. */
    ALLOWED_PER_BYTE = 7,
    ALLOWED_AT_LEAST = 512 * 1024,
};

/* Integers up to this are exact as doubles, in which times are added up. */
static const int64_t largest_exact = (int64_t)1 << 53;

/* ---- Values ---- */

static bool next_count(struct loading *load, uint64_t *count)
{
    struct marshal_value value;
    if (marshal_next_plain_count(load->reader, count))
        return true;
    if (!pstats_next_integer(load, &value, "a number of calls"))
        return false;
    if (value.integer < 0)
        return marshal_refuse(load->reader, value.offset, "a number of calls is negative");
    *count = (uint64_t)value.integer;
    return true;
}

static bool next_time(struct loading *load, double *seconds)
{
    struct marshal_value value;
    size_t before = load->reader->at;
    if (marshal_next_plain_float(load->reader, seconds)) {
        if (isfinite(*seconds))
            return true;
        load->reader->at = before;
    }
    if (!marshal_next(load->reader, &value))
        return false;
    if (value.kind == MARSHAL_FLOAT && isfinite(value.number)) {
        *seconds = value.number;
        return true;
    }
    if (value.kind == MARSHAL_INTEGER && value.integer <= largest_exact &&
        value.integer >= -largest_exact) {
        *seconds = (double)value.integer;
        return true;
    }
    return marshal_refuse(load->reader, value.offset, "a time is not a finite number");
}

/* ---- Callers ---- */

static bool read_edge_numbers(struct loading *load, struct pyperf_summary_edge *edge)
{
    return next_count(load, &edge->calls) && next_count(load, &edge->primitive_calls) &&
           next_time(load, &edge->self) && next_time(load, &edge->cumulative);
}

static bool read_edge(struct loading *load, struct pyperf_summary_edge *edge)
{
    struct marshal_reader *reader = load->reader;
    struct marshal_value value;
    if (marshal_next_plain_tuple(reader, 4))
        return read_edge_numbers(load, edge);
    if (!marshal_next(reader, &value))
        return false;
    if (value.kind == MARSHAL_INTEGER && value.integer >= 0) {
        edge->only_calls = true;
        edge->calls = edge->primitive_calls = (uint64_t)value.integer;
        return true;
    }
    if (value.kind != MARSHAL_TUPLE || value.count != 4)
        return marshal_refuse(reader, value.offset,
                              "a caller has neither two counts and two times nor one count");
    size_t back = marshal_enter(reader, &value);
    if (!read_edge_numbers(load, edge))
        return false;
    marshal_leave(reader, &value, back);
    return true;
}

static bool read_callers(struct loading *load, struct pyperf_summary_row *row)
{
    for (;;) {
        struct pyperf_summary_edge edge = {0};
        struct marshal_value key;
        if (!pstats_next_key(load, &key, &edge.caller))
            return false;
        if (key.kind == MARSHAL_END)
            return true;
        if (key.count != 3)
            return marshal_refuse(load->reader, key.offset,
                                  "a function is not named by file, line and name");
        if (!read_edge(load, &edge))
            return false;
        if (load->summary) /* callers are labels for now; fill_callers makes rows of them */
            row->callers[row->caller_count++] = edge;
        load->edges++;
    }
}

/* Callers that nobody asks for are read once, to be checked, and left out of the second pass.
 */
static bool skip_callers(struct loading *load)
{
    struct marshal_reader *reader = load->reader;
    struct pyperf_summary_row none = {.caller_count = 0};
    if (load->summary) {
        marshal_return(reader, load->ends[load->rows]);
        return true;
    }
    if (!read_callers(load, &none))
        return false;
    size_t capacity = load->ends_capacity;
    if (!array_reserve((void **)&load->ends, &load->ends_capacity, load->rows + 1,
                       sizeof *load->ends))
        return marshal_no_memory(reader);
    load->ends[load->rows] = marshal_here(reader);
    return marshal_spend(reader, load->ends_capacity - capacity, sizeof *load->ends);
}

/* Empty containers of other kinds stand for no callers. A dictionary that several functions
 * share would count its callers once for each: no profiler writes one, unless it is empty. */
static bool next_callers(struct loading *load, struct pyperf_summary_row *row)
{
    struct marshal_reader *reader = load->reader;
    struct marshal_value value;
    if (!marshal_next(reader, &value))
        return false;
    switch (value.kind) {
    case MARSHAL_NONE:
        return true;
    case MARSHAL_TUPLE:
    case MARSHAL_LIST:
    case MARSHAL_SET:
        return value.count == 0 ||
               marshal_refuse(reader, value.offset, "callers are not in a dictionary");
    case MARSHAL_DICTIONARY:
        if (!value.referred && reader->elsewhere == 0)
            return load->without_callers ? skip_callers(load) : read_callers(load, row);
        return (value.contents < reader->size && reader->bytes[value.contents] == '0') ||
               marshal_refuse(reader, value.offset, "several functions share their callers");
    default:
        return marshal_refuse(reader, value.offset, "callers are not in a dictionary");
    }
}

/* ---- Rows ---- */

static bool read_numbers(struct loading *load, struct pyperf_summary_row *row)
{
    struct marshal_reader *reader = load->reader;
    struct marshal_value value;
    if (!marshal_next(reader, &value))
        return false;
    if ((value.kind != MARSHAL_TUPLE && value.kind != MARSHAL_LIST) || value.count != 5)
        return marshal_refuse(reader, value.offset,
                              "a function has not two counts, two times and its callers");
    size_t back = marshal_enter(reader, &value);
    if (!next_count(load, &row->primitive_calls) || !next_count(load, &row->calls) ||
        !next_time(load, &row->self) || !next_time(load, &row->cumulative) ||
        !next_callers(load, row))
        return false;
    marshal_leave(reader, &value, back);
    return true;
}

/* A function that comes again replaces what came before, in its place. */
static void keep_row(struct loading *load, uint32_t number,
                     const struct pyperf_summary_row *row)
{
    struct pyperf_summary *summary = load->summary;
    struct pstats_label *label = &load->names.labels[number];
    if (label->row == PYPERF_NO_INDEX)
        label->row = summary->row_count++;
    summary->rows[label->row] = *row;
    summary->rows[label->row].label = (struct pyperf_label){
        .file = load->names.text + label->file,
        .name = load->names.text + label->name,
        .line = label->line,
    };
}

/* Python's sampling profiler marks its files with an entry of another kind. */
static bool skip_mark(struct loading *load, const struct marshal_value *head)
{
    static const char mark[] = "__sampled__";
    struct marshal_reader *reader = load->reader;
    struct marshal_value text, value;
    uint32_t place;
    size_t back = marshal_enter(reader, head);
    if (!pstats_next_text(load, &text, &place))
        return false;
    if (text.size != sizeof mark - 1 || memcmp(text.text, mark, text.size) != 0)
        return marshal_refuse(reader, head->offset,
                              "a function is not named by file, line and name");
    marshal_leave(reader, head, back);
    load->sampled = true;
    return marshal_next(reader, &value) &&
           (value.kind == MARSHAL_BOOLEAN ||
            marshal_refuse(reader, value.offset, "the mark of samples is not a truth value"));
}

/* One pass over the file. */
static bool read_all(struct loading *load)
{
    struct marshal_reader *reader = load->reader;
    struct marshal_value value;
    if (!marshal_next(reader, &value))
        return false;
    if (value.kind != MARSHAL_DICTIONARY)
        return marshal_refuse(reader, value.offset, "it does not begin with a dictionary");
    for (load->rows = load->edges = 0;;) {
        uint32_t number;
        struct pyperf_summary_row row = {.caller_count = 0};
        if (!pstats_next_key(load, &value, &number))
            return false;
        if (value.kind == MARSHAL_END)
            return true;
        if (value.count == 1) {
            if (!skip_mark(load, &value))
                return false;
            continue;
        }
        if (load->summary)
            row.callers = load->summary->storage->edges + load->edges;
        if (!read_numbers(load, &row))
            return false;
        if (load->summary)
            keep_row(load, number, &row);
        load->rows++;
    }
}

/* ---- The summary ---- */

/* Adds rows for callers that are no functions of the file. */
static bool add_callers(struct loading *load, size_t count)
{
    struct pyperf_summary *summary = load->summary;
    if (count == 0)
        return true;
    size_t rows = summary->row_count + count;
    if (!marshal_spend(load->reader, count, sizeof *summary->rows))
        return false;
    struct pyperf_summary_row *larger = realloc(summary->rows, (rows + 1) * sizeof *larger);
    if (!larger)
        return marshal_no_memory(load->reader);
    summary->rows = larger;
    for (uint32_t i = 0; i < load->names.label_count; i++) {
        struct pstats_label *label = &load->names.labels[i];
        if (label->row != PYPERF_NO_INDEX)
            continue;
        label->row = summary->row_count;
        summary->rows[summary->row_count++] = (struct pyperf_summary_row){
            .label = {.file = load->names.text + label->file,
                      .name = load->names.text + label->name,
                      .line = label->line},
            .only_caller = true,
        };
    }
    return true;
}

/* Turns the callers of a row from labels into rows. Of those that come twice the last counts,
 * in the place of the first. Labels lie anywhere in memory: here, where one does not wait for
 * the other, the processor fetches several at a time. */
static void fill_callers_of(struct loading *load, uint32_t number)
{
    struct pyperf_summary_row *row = &load->summary->rows[number];
    uint32_t count = 0;
    for (uint32_t i = 0; i < row->caller_count; i++) {
        struct pstats_label *caller = &load->names.labels[row->callers[i].caller];
        bool known = caller->called == number;
        caller->position = known ? caller->position : count++;
        caller->called = number;
        row->callers[caller->position] = row->callers[i];
        row->callers[caller->position].caller = caller->row;
    }
    row->caller_count = count;
}

static bool fill_callers(struct loading *load)
{
    struct pyperf_summary *summary = load->summary;
    uint32_t rows = summary->row_count;
    size_t unlisted = 0;
    for (uint32_t i = 0; i < load->names.label_count; i++)
        unlisted += load->names.labels[i].row == PYPERF_NO_INDEX;
    if (!add_callers(load, unlisted))
        return false;
    for (uint32_t i = 0; i < rows; i++)
        fill_callers_of(load, i);
    return true;
}

static bool allocate(struct loading *load)
{
    struct marshal_reader *reader = load->reader;
    if (!pstats_names_init(&load->names, reader, load->text_size, load->rows) ||
        !marshal_spend(reader, load->rows + 1, sizeof(struct pyperf_summary_row)) ||
        (!load->without_callers &&
         !marshal_spend(reader, load->edges + 1, sizeof(struct pyperf_summary_edge))) ||
        !marshal_spend(reader, (size_t)reader->reference_count + 1, sizeof *load->meanings))
        return false;
    load->meanings = malloc(((size_t)reader->reference_count + 1) * sizeof *load->meanings);
    load->summary =
        summary_allocate((uint32_t)load->rows, load->without_callers ? 0 : load->edges);
    if (!load->meanings || !load->summary)
        return marshal_no_memory(reader);
    memset(load->meanings, 0xFF, reader->reference_count * sizeof *load->meanings);
    load->summary->row_count = 0;
    return true;
}

static bool load_summary(struct loading *load)
{
    struct marshal_reader *reader = load->reader;
    if (!read_all(load))
        return false;
    if (load->rows == 0)
        return marshal_refuse(reader, 0, "the profile is empty: no function was recorded");
    marshal_rewind(reader);
    if (!allocate(load) || !read_all(load) || (!load->without_callers && !fill_callers(load)))
        return false;
    load->summary->storage->text = load->names.text;
    load->names.text = NULL;
    load->summary->sampled = load->sampled;
    summary_add_totals(load->summary);
    return true;
}

enum pyperf_status pstats_read(const unsigned char *bytes, size_t size,
                               struct pyperf_import *import, struct pyperf_error *error)
{
    struct marshal_reader reader;
    struct loading load = {.reader = &reader, .without_callers = import->without_callers};
    size_t allowance = ALLOWED_PER_BYTE * size + ALLOWED_AT_LEAST;
    if (marshal_open(&reader, bytes, size, allowance, error) && load_summary(&load))
        import->summary = load.summary;
    else
        pyperf_summary_free(load.summary);
    pstats_names_release(&load.names);
    free(load.meanings);
    free(load.labels);
    free(load.ends);
    marshal_release(&reader);
    return reader.status;
}

/* Nothing but an object can follow, which tells it from JSON. */
bool pstats_recognises(const unsigned char *bytes, size_t size)
{
    const unsigned char flag = 0x80;
    if (size == 0 || (bytes[0] & ~flag) != '{')
        return false;
    return size == 1 || memchr("()r0", bytes[1] & ~flag, 4) != NULL;
}
