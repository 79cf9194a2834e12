/* SPDX-License-Identifier: MIT */
#include <pyperf/error.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void set_message(struct pyperf_error *error, enum pyperf_status status,
                        const char *format, va_list arguments)
{
    error->status = status;
    vsnprintf(error->message, sizeof error->message, format, arguments);
}

enum pyperf_status pyperf_error_set(struct pyperf_error *error, enum pyperf_status status,
                                    const char *format, ...)
{
    if (error) {
        va_list arguments;
        va_start(arguments, format);
        set_message(error, status, format, arguments);
        va_end(arguments);
    }
    return status;
}

enum pyperf_status pyperf_error_set_errno(struct pyperf_error *error, int error_number,
                                          const char *format, ...)
{
    if (!error)
        return PYPERF_IO;
    va_list arguments;
    va_start(arguments, format);
    set_message(error, PYPERF_IO, format, arguments);
    va_end(arguments);
    size_t length = strlen(error->message);
    snprintf(error->message + length, sizeof error->message - length, ": %s",
             strerror(error_number));
    return PYPERF_IO;
}
