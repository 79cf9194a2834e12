/* SPDX-License-Identifier: MIT */
#include "cli/input_list.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "cli/command.h"
#include "cli/stream.h"

static int no_memory(void)
{
    message("out of memory");
    return STATUS_FAILED;
}

void input_list_release(struct input_list *list)
{
    for (size_t i = 0; i < list->read; i++)
        input_release(&list->inputs[i]);
    for (size_t i = 0; i < list->count; i++)
        free(list->paths[i]);
    free(list->inputs);
    free(list->paths);
    *list = (struct input_list){.count = 0};
}

static int add_path(struct input_list *list, const char *path)
{
    char *copy = strdup(path);
    if (!copy || !array_reserve((void **)&list->paths, &list->capacity, list->count + 1,
                                sizeof *list->paths)) {
        free(copy);
        return no_memory();
    }
    list->paths[list->count++] = copy;
    return STATUS_OK;
}

static int add_matches(struct input_list *list, const char *pattern)
{
    glob_t found;
    int status = STATUS_OK;
    switch (glob(pattern, GLOB_ERR, NULL, &found)) {
    case 0:
        for (size_t i = 0; i < found.gl_pathc && status == STATUS_OK; i++)
            status = add_path(list, found.gl_pathv[i]);
        globfree(&found);
        return status;
    case GLOB_NOMATCH:
        message("no file matches '%s'", pattern);
        return STATUS_FAILED;
    case GLOB_NOSPACE:
        return no_memory();
    default:
        message("cannot read the directory to find '%s' in", pattern);
        return STATUS_FAILED;
    }
}

int input_list_add(struct input_list *list, const char *operand)
{
    bool pattern = strpbrk(operand, "*?[") && access(operand, F_OK) != 0;
    return pattern ? add_matches(list, operand) : add_path(list, operand);
}

int input_list_read(struct input_list *list, struct input_wishes wishes)
{
    list->inputs = calloc(list->count + 1, sizeof *list->inputs);
    if (!list->inputs)
        return no_memory();
    int status = STATUS_OK;
    while (status == STATUS_OK && list->read < list->count) {
        status = input_read(&list->inputs[list->read], list->paths[list->read], wishes);
        if (status == STATUS_OK &&
            !input_has_calls(&list->inputs[list->read], list->paths[list->read]))
            status = STATUS_FAILED;
        list->read++; /* to be released, whatever became of it */
    }
    return status;
}
