/* Operands that name profiles, as they are or as patterns for their names.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_INPUT_LIST_H
#define PYPERF_CLI_INPUT_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/input.h"

struct input_list {
    struct input *inputs;
    char **paths; /* by input */
    size_t count; /* of paths, */
    size_t read;  /* and of those whose inputs have been read */
    size_t capacity;
};

/* Zeros to begin with: struct input_list list = {0}; */
void input_list_release(struct input_list *list);

/* Adds what an operand names: a file or directory that is there, or all that match it as a
 * glob, in the order of their names. Returns STATUS_OK or the status to end with, what is wrong
 * having been said. */
int input_list_add(struct input_list *list, const char *operand);

/* Reads all of them; see input_read. */
int input_list_read(struct input_list *list, struct input_wishes wishes);

#endif
