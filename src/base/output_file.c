/* SPDX-License-Identifier: MIT */
#include "base/output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUFFER_SIZE = 64 * 1024 };

/* The part of `path` before its last component, without the slash: "." for a bare name. The
 * caller frees it; NULL: no memory. */
static char *directory_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return strdup(".");
    return slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
}

static enum pyperf_status check_directory(const char *path, const char *directory,
                                          struct pyperf_error *error)
{
    struct stat status;
    if (stat(directory, &status) != 0) {
        if (errno == ENOENT)
            return pyperf_error_set(error, PYPERF_IO,
                                    "cannot write '%s': there is no directory '%s'; create it, "
                                    "or name another file",
                                    path, directory);
        return pyperf_error_set_errno(error, errno, "cannot write '%s'", path);
    }
    if (!S_ISDIR(status.st_mode))
        return pyperf_error_set(error, PYPERF_IO,
                                "cannot write '%s': '%s' is not a directory; name another file",
                                path, directory);
    if (faccessat(AT_FDCWD, directory, W_OK | X_OK, AT_EACCESS) != 0)
        return pyperf_error_set_errno(
            error, errno, "cannot write '%s' (name a file in a directory you may write to)",
            path);
    return PYPERF_OK;
}

static enum pyperf_status check_existing(const char *path, const struct stat *status,
                                         struct pyperf_error *error)
{
    if (S_ISDIR(status->st_mode))
        return pyperf_error_set(
            error, PYPERF_IO, "cannot write '%s': it is a directory; name a file in it", path);
    if (S_ISSOCK(status->st_mode))
        return pyperf_error_set(error, PYPERF_IO,
                                "cannot write '%s': it is a socket; name another file", path);
    if (faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) != 0)
        return pyperf_error_set_errno(
            error, errno, "cannot write '%s' (name a file that you may write to)", path);
    return PYPERF_OK;
}

/* Where a symbolic link to nothing would create its file; NULL: no memory or no link. */
static char *directory_of_target(const char *path)
{
    char target[4096];
    ssize_t length = readlink(path, target, sizeof target - 1);
    if (length < 0)
        return directory_of(path);
    target[length] = '\0';
    if (target[0] == '/')
        return directory_of(target);
    char *directory = directory_of(path);
    char *joined = NULL;
    if (directory && asprintf(&joined, "%s/%s", directory, target) < 0)
        joined = NULL;
    free(directory);
    char *result = joined ? directory_of(joined) : NULL;
    free(joined);
    return result;
}

enum pyperf_status output_file_check(const char *path, struct pyperf_error *error)
{
    if (path[0] == '\0')
        return pyperf_error_set(error, PYPERF_USAGE, "the name of the output file is empty");
    struct stat status;
    if (stat(path, &status) == 0)
        return check_existing(path, &status, error);
    if (errno != ENOENT && errno != ENOTDIR)
        return pyperf_error_set_errno(error, errno, "cannot write '%s'", path);
    char *directory = directory_of_target(path);
    if (!directory)
        return pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory to check '%s'", path);
    enum pyperf_status result = check_directory(path, directory, error);
    free(directory);
    if (result == PYPERF_OK && path[strlen(path) - 1] == '/')
        return pyperf_error_set(error, PYPERF_IO,
                                "cannot write '%s': it ends with a slash; name a file", path);
    return result;
}

/* Whether a file may be replaced by a new one under its name without anybody noticing. */
static bool replaceable(const char *path, const char *directory, struct stat *status,
                        bool *exists)
{
    *exists = lstat(path, status) == 0;
    if (!*exists && errno != ENOENT)
        return false;
    if (*exists &&
        (!S_ISREG(status->st_mode) || status->st_nlink > 1 || status->st_uid != geteuid() ||
         faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) != 0))
        return false;
    return faccessat(AT_FDCWD, directory, W_OK | X_OK, AT_EACCESS) == 0;
}

/* Creates the temporary file with open rather than mkstemp, so that the umask and the
 * directory's default access list give it the mode that any new file would get. */
static int create_temporary(const char *directory, char **path)
{
    for (int attempt = 0; attempt < 100; attempt++) {
        uint64_t number = 0;
        if (getrandom(&number, sizeof number, GRND_NONBLOCK) < 0)
            number = (uint64_t)getpid() * 100 + (uint64_t)attempt;
        if (asprintf(path, "%s/.pyperf-%016" PRIx64, directory, number) < 0) {
            *path = NULL;
            errno = ENOMEM;
            return -1;
        }
        int descriptor = open(*path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (descriptor >= 0)
            return descriptor;
        int problem = errno;
        free(*path);
        *path = NULL;
        errno = problem;
        if (problem != EEXIST)
            return -1;
    }
    return -1;
}

static int open_descriptor(struct output_file *file)
{
    char *directory = directory_of(file->path);
    if (!directory) {
        errno = ENOMEM;
        return -1;
    }
    struct stat status;
    bool exists;
    int descriptor;
    if (replaceable(file->path, directory, &status, &exists)) {
        descriptor = create_temporary(directory, &file->temporary_path);
        if (descriptor >= 0 && exists)
            (void)fchmod(descriptor, status.st_mode & 07777);
    } else {
        descriptor =
            open(file->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666);
    }
    int problem = errno;
    free(directory);
    errno = problem;
    return descriptor;
}

static void release(struct output_file *file)
{
    if (file->descriptor >= 0)
        close(file->descriptor);
    free(file->path);
    free(file->temporary_path);
    free(file->buffer);
    *file = (struct output_file){.descriptor = -1};
}

/* `file` has a name and a buffer, or is released and the error says so. */
static enum pyperf_status prepare(struct output_file *file, const char *path,
                                  struct pyperf_error *error)
{
    *file = (struct output_file){.descriptor = -1};
    file->path = strdup(path);
    file->buffer = malloc(BUFFER_SIZE);
    if (file->path && file->buffer)
        return PYPERF_OK;
    release(file);
    return pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory to write '%s'", path);
}

enum pyperf_status output_file_open(struct output_file *file, const char *path,
                                    struct pyperf_error *error)
{
    enum pyperf_status status = output_file_check(path, error);
    if (status == PYPERF_OK)
        status = prepare(file, path, error);
    if (status != PYPERF_OK)
        return status;
    file->descriptor = open_descriptor(file);
    if (file->descriptor < 0) {
        status = pyperf_error_set_errno(error, errno, "cannot write '%s'", path);
        release(file);
    }
    return status;
}

enum pyperf_status output_file_open_standard(struct output_file *file,
                                             struct pyperf_error *error)
{
    enum pyperf_status status = prepare(file, "standard output", error);
    if (status != PYPERF_OK)
        return status;
    /* Not /dev/stdout, which would cut off what a shell's >> is to be added to. */
    file->descriptor = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
    if (file->descriptor < 0) {
        status = pyperf_error_set_errno(error, errno, "cannot write to standard output");
        release(file);
    }
    return status;
}

/* Others who have the same pipe or terminal may have made it non-blocking. */
static void wait_writable(int descriptor)
{
    struct pollfd watched = {.fd = descriptor, .events = POLLOUT};
    (void)poll(&watched, 1, -1);
}

static void write_all(struct output_file *file, const unsigned char *bytes, size_t size)
{
    while (size > 0 && file->error_number == 0) {
        ssize_t written = write(file->descriptor, bytes, size);
        if (written > 0) {
            bytes += written;
            size -= (size_t)written;
        } else if (written == 0) {
            file->error_number = ENOSPC;
        } else if (errno == EAGAIN) {
            wait_writable(file->descriptor);
        } else if (errno != EINTR) {
            file->error_number = errno;
        }
    }
}

static void flush(struct output_file *file)
{
    write_all(file, file->buffer, file->buffered);
    file->buffered = 0;
}

void output_file_write(struct output_file *file, const void *bytes, size_t size)
{
    if (size > BUFFER_SIZE - file->buffered)
        flush(file);
    if (size > BUFFER_SIZE) {
        write_all(file, bytes, size);
    } else {
        memcpy(file->buffer + file->buffered, bytes, size);
        file->buffered += size;
    }
}

void output_file_add(struct output_file *file, const char *text)
{
    output_file_write(file, text, strlen(text));
}

void output_file_printf(struct output_file *file, const char *format, ...)
{
    char *text;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0) {
        if (file->error_number == 0)
            file->error_number = ENOMEM;
        return;
    }
    output_file_write(file, text, (size_t)length);
    free(text);
}

enum pyperf_status output_file_commit(struct output_file *file, struct pyperf_error *error)
{
    flush(file);
    /* Quotas and network file systems report what went wrong as late as here. */
    if (close(file->descriptor) != 0 && file->error_number == 0 && errno != EINTR)
        file->error_number = errno;
    file->descriptor = -1;
    if (file->error_number == 0 && file->temporary_path &&
        rename(file->temporary_path, file->path) != 0)
        file->error_number = errno;
    enum pyperf_status status = PYPERF_OK;
    if (file->error_number != 0) {
        if (file->temporary_path)
            unlink(file->temporary_path);
        status =
            pyperf_error_set_errno(error, file->error_number, "cannot write '%s'%s", file->path,
                                   file->temporary_path ? "" : ", which is incomplete now");
    }
    release(file);
    return status;
}

void output_file_abandon(struct output_file *file)
{
    if (file->temporary_path)
        unlink(file->temporary_path);
    release(file);
}
