/* SPDX-License-Identifier: MIT */
#include "cli/file_list.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/input_file.h"

static enum pyperf_status no_memory(struct pyperf_error *error)
{
    return pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory for the names of the files");
}

static bool add(struct file_list *list, size_t *capacity, const char *path)
{
    if (!array_reserve((void **)&list->paths, capacity, list->count + 1, sizeof *list->paths))
        return false;
    list->paths[list->count++] = path;
    return true;
}

static enum pyperf_status read_text(struct file_list *list, const char *listing, size_t *size,
                                    struct pyperf_error *error)
{
    struct input_file file;
    enum pyperf_status status = input_file_read(&file, listing, error);
    if (status != PYPERF_OK)
        return status;
    list->text = malloc(file.size + 1);
    if (list->text) {
        memcpy(list->text, file.bytes, file.size);
        list->text[file.size] = '\0';
        *size = file.size;
    }
    input_file_release(&file);
    return list->text ? PYPERF_OK : no_memory(error);
}

enum pyperf_status file_list_make(struct file_list *list, char **operands, size_t count,
                                  const char *listing, struct pyperf_error *error)
{
    size_t capacity = 0, size = 0;
    *list = (struct file_list){0};
    for (size_t i = 0; i < count; i++)
        if (!add(list, &capacity, operands[i]))
            return no_memory(error);
    if (!listing)
        return PYPERF_OK;
    enum pyperf_status status = read_text(list, listing, &size, error);
    if (status != PYPERF_OK)
        return status;
    char *end = list->text + size;
    int separator = memchr(list->text, '\0', size) ? '\0' : '\n';
    for (char *name = list->text, *next; name < end; name = next + 1) {
        next = memchr(name, separator, (size_t)(end - name));
        next = next ? next : end;
        *next = '\0';
        if (next > name && !add(list, &capacity, name))
            return no_memory(error);
    }
    return PYPERF_OK;
}

void file_list_release(struct file_list *list)
{
    free(list->paths);
    free(list->text);
    *list = (struct file_list){0};
}
