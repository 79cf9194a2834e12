/* SPDX-License-Identifier: MIT */
#include "base/input_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FIRST_SIZE = 1 << 16 };

static enum pyperf_status fail(const struct input_file *file, int error_number,
                               struct pyperf_error *error)
{
    return pyperf_error_set_errno(error, error_number, "cannot read %s", file->shown);
}

/* Reads what cannot be mapped. */
static enum pyperf_status read_to_end(struct input_file *file, int descriptor,
                                      struct pyperf_error *error)
{
    unsigned char *bytes = NULL;
    size_t capacity = 0, size = 0;
    for (;;) {
        if (size == capacity) {
            size_t larger = capacity ? capacity * 2 : FIRST_SIZE;
            unsigned char *grown = larger > capacity ? realloc(bytes, larger) : NULL;
            if (!grown) {
                free(bytes);
                return pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory to read %s",
                                        file->shown);
            }
            bytes = grown;
            capacity = larger;
        }
        ssize_t got = read(descriptor, bytes + size, capacity - size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            enum pyperf_status status = fail(file, errno, error);
            free(bytes);
            return status;
        }
        if (got == 0)
            break;
        size += (size_t)got;
    }
    file->bytes = bytes;
    file->size = size;
    return PYPERF_OK;
}

static enum pyperf_status take(struct input_file *file, int descriptor,
                               struct pyperf_error *error)
{
    struct stat info;
    if (fstat(descriptor, &info) != 0)
        return fail(file, errno, error);
    if (S_ISDIR(info.st_mode))
        return fail(file, EISDIR, error);
    if (!S_ISREG(info.st_mode) || info.st_size <= 0 || lseek(descriptor, 0, SEEK_CUR) != 0)
        return read_to_end(file, descriptor, error);
    void *bytes = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (bytes == MAP_FAILED)
        return read_to_end(file, descriptor, error);
    file->bytes = bytes;
    file->size = (size_t)info.st_size;
    file->mapped = true;
    return PYPERF_OK;
}

enum pyperf_status input_file_read(struct input_file *file, const char *path,
                                   struct pyperf_error *error)
{
    bool standard = strcmp(path, "-") == 0;
    *file = (struct input_file){.shown = standard ? "standard input" : path};
    int descriptor = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return fail(file, errno, error);
    enum pyperf_status status = take(file, descriptor, error);
    if (!standard)
        close(descriptor);
    return status;
}

void input_file_release(struct input_file *file)
{
    if (file->mapped)
        munmap((void *)file->bytes, file->size);
    else
        free((void *)file->bytes);
    file->bytes = NULL;
}
