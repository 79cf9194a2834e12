/* The machine that a pickle is a program for, as far as plain data need one: a stack of values,
 * marks on it, and a memo.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_FORMATS_PICKLE_MACHINE_H
#define PYPERF_FORMATS_PICKLE_MACHINE_H

#include "formats/pickle_reader.h"

#define PICKLE_MARK (PICKLE_NONE - 1) /* on the stack, in the place of a value */

/* Every instruction makes at most two values or cells per byte, or puts one thing on the stack,
 * so all arrays are bounded by the size of the pickle. */
struct machine {
    struct pickle *pickle;
    size_t at; /* offset of the next byte */
    size_t value_capacity, cell_capacity;
    uint32_t *stack; /* values; PICKLE_MARK for marks */
    size_t depth, stack_capacity;
    uint32_t *memo; /* values */
    size_t memo_count, memo_capacity;
    struct pyperf_error *error;
};

/* PYPERF_BAD_DATA, and where. */
enum pyperf_status machine_fail(const struct machine *machine, const char *what);
enum pyperf_status machine_no_memory(const struct machine *machine);

/* The next `size` bytes, or NULL. */
const unsigned char *machine_take(struct machine *machine, uint64_t size);

/* The same as a number, the lowest byte first. */
bool machine_take_unsigned(struct machine *machine, size_t size, uint64_t *value);

enum pyperf_status machine_push(struct machine *machine, uint32_t value);

/* The topmost value, or PICKLE_NONE where there is none but perhaps a mark. */
uint32_t machine_top(const struct machine *machine);
uint32_t machine_pop(struct machine *machine);

enum pyperf_status machine_add_value(struct machine *machine, const struct pickle_value *value,
                                     uint32_t *index);
enum pyperf_status machine_push_value(struct machine *machine,
                                      const struct pickle_value *value);
enum pyperf_status machine_push_container(struct machine *machine, enum pickle_kind kind);

/* Moves the topmost `count` values into the container. */
enum pyperf_status machine_move_items(struct machine *machine, uint32_t container,
                                      size_t count);

/* How many values lie above the topmost mark; false: there is none. */
bool machine_count_to_mark(const struct machine *machine, size_t *count);

/* The container that lies `below` values deep, if it is of this kind; else PICKLE_NONE. */
uint32_t machine_find_container(const struct machine *machine, size_t below,
                                enum pickle_kind kind);

#endif
