/* SPDX-License-Identifier: MIT */
#include "cli/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <pyperf/reports.h>

#include "base/text_buffer.h"

void stream_fill_standard(void)
{
    for (int number = 0; number <= 2; number++) {
        /* The lowest free number is what open() returns; close-on-exec gives our children back
         * the closed stream. */
        if (fcntl(number, F_GETFD) < 0 && errno == EBADF &&
            open("/dev/null", O_RDWR | O_CLOEXEC) < 0)
            return;
    }
}

/* Waits until the descriptor takes data. Returns false when interrupted. */
static bool wait_writable(int descriptor, int interrupt)
{
    struct pollfd watched[2] = {{.fd = descriptor, .events = POLLOUT},
                                {.fd = interrupt, .events = POLLIN}};
    while (poll(watched, 2, -1) < 0) {
        if (errno != EINTR)
            return true; /* let write() say what is wrong */
    }
    return watched[1].revents == 0;
}

int stream_write(int descriptor, const char *data, size_t size, int interrupt)
{
    /* A pipe that polls as writable takes at least this much without blocking. */
    enum { CHUNK = 4096 };
    while (size > 0) {
        if (!wait_writable(descriptor, interrupt))
            return EINTR;
        ssize_t written = write(descriptor, data, size < CHUNK ? size : CHUNK);
        if (written < 0) {
            if (errno == EAGAIN || errno == EINTR)
                continue;
            return errno;
        }
        data += written;
        size -= (size_t)written;
    }
    return 0;
}

void message(const char *format, ...)
{
    enum { SIZE = 8192 };
    char line[SIZE] = "pyperf: ";
    size_t length = strlen(line);
    va_list arguments;
    va_start(arguments, format);
    int wanted = vsnprintf(line + length, SIZE - length - 1, format, arguments);
    va_end(arguments);
    if (wanted < 0)
        return;
    struct text_buffer shown = {0};
    if (isatty(STDERR_FILENO)) /* names come from files that others made */
        pyperf_report_escape(&shown, line);
    else
        text_buffer_add(&shown, line);
    text_buffer_add(&shown, "\n");
    /* One write, so that the line stays whole among the program's own. There is nobody to tell
     * when it fails. */
    (void)stream_write(STDERR_FILENO, text_buffer_text(&shown), shown.length, -1);
    text_buffer_release(&shown);
}
