/* SPDX-License-Identifier: MIT */
#include "formats/pstats_keys.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

bool pstats_next_integer(struct loading *load, struct marshal_value *value, const char *what)
{
    return marshal_next(load->reader, value) &&
           (value->kind == MARSHAL_INTEGER ||
            marshal_refuse(load->reader, value->offset, "%s is not an integer", what));
}

/* Every text comes by here, so that a reference to any finds its place. */
bool pstats_next_text(struct loading *load, struct marshal_value *value, uint32_t *place)
{
    *place = 0;
    if (!marshal_next(load->reader, value))
        return false;
    if (value->kind != MARSHAL_TEXT)
        return marshal_refuse(load->reader, value->offset, "a name is not a text");
    if (!load->summary) {
        load->text_size += value->referred ? 0 : (size_t)value->size + 1;
        return true;
    }
    bool numbered = value->reference != MARSHAL_NO_REFERENCE;
    uint32_t known = numbered ? load->meanings[value->reference] : PYPERF_NO_INDEX;
    *place = known != PYPERF_NO_INDEX ? known : pstats_names_add_text(&load->names, value);
    if (numbered)
        load->meanings[value->reference] = *place;
    return true;
}

static bool is_label(const struct loading *load, uint32_t reference)
{
    return reference / 8 < load->labels_size &&
           load->labels[reference / 8] >> reference % 8 & 1;
}

static bool note_label(struct loading *load, uint32_t reference)
{
    size_t size = load->labels_size, place = reference / 8;
    if (reference == MARSHAL_NO_REFERENCE)
        return true;
    if (!array_reserve((void **)&load->labels, &load->labels_size, place + 1, 1))
        return marshal_no_memory(load->reader);
    if (!marshal_spend(load->reader, load->labels_size - size, 1))
        return false;
    memset(load->labels + size, 0, load->labels_size - size);
    load->labels[place] |= (unsigned char)(1u << reference % 8);
    return true;
}

/* The rest of a label, of which the head was read; references to labels do not come here. In
 * the first pass it has no number. */
static bool read_label(struct loading *load, const struct marshal_value *head, uint32_t *number)
{
    struct marshal_reader *reader = load->reader;
    if (head->kind != MARSHAL_TUPLE || head->count != 3 || head->referred)
        return marshal_refuse(reader, head->offset,
                              "a function is not named by file, line and name");
    *number = PYPERF_NO_INDEX;
    struct pstats_name label;
    struct marshal_value file, line, name;
    if (!pstats_next_text(load, &file, &label.file) ||
        !pstats_next_integer(load, &line, "a line number"))
        return false;
    if (line.integer < INT32_MIN || line.integer > UINT32_MAX)
        return marshal_refuse(reader, line.offset, "a line number is out of range");
    if (!pstats_next_text(load, &name, &label.name))
        return false;
    if (!load->summary)
        return note_label(load, head->reference);
    label.file_size = file.size;
    label.line = (uint32_t)line.integer;
    label.name_size = name.size;
    if (!pstats_names_add_label(&load->names, reader, &label, number))
        return false;
    if (head->reference != MARSHAL_NO_REFERENCE)
        load->meanings[head->reference] = *number;
    return true;
}

/* A label that is first met among callers which are not read is read where it lies. */
static bool find_label(struct loading *load, uint32_t reference, uint32_t *number)
{
    struct marshal_reader *reader = load->reader;
    struct marshal_value head;
    *number = load->meanings[reference];
    if (*number != PYPERF_NO_INDEX)
        return true;
    struct marshal_place back = marshal_go_to(reader, reference);
    bool done = marshal_next(reader, &head) && read_label(load, &head, number);
    marshal_return(reader, back);
    return done;
}

/* Most keys are references to labels. The object that one stands for lies anywhere in the file,
 * far from what the processor has at hand, and seldom need be looked at. */
bool pstats_next_key(struct loading *load, struct marshal_value *head, uint32_t *number)
{
    uint32_t reference;
    if (marshal_is_reference(load->reader, &reference) && is_label(load, reference)) {
        marshal_skip_reference(load->reader);
        head->kind = MARSHAL_TUPLE;
        head->count = 3;
        *number = PYPERF_NO_INDEX;
        return !load->summary || find_label(load, reference, number);
    }
    if (!marshal_next(load->reader, head))
        return false;
    if (head->kind == MARSHAL_END || (head->kind == MARSHAL_TUPLE && head->count == 1))
        return true;
    return read_label(load, head, number);
}
