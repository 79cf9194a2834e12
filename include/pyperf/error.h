/* What went wrong, in words that can be shown to a person.
 *
 * Functions that can fail return a status and, on failure, fill the error that their caller
 * owns; on success they leave it untouched. The message says what happened, to what, and where
 * it helps what to do; it carries no prefix and no newline.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_ERROR_H
#define PYPERF_ERROR_H

enum pyperf_status {
    PYPERF_OK = 0,
    PYPERF_NO_MEMORY,   /* an allocation failed */
    PYPERF_IO,          /* the operating system refused to read, write or map something */
    PYPERF_BAD_DATA,    /* a file is not what it claims to be */
    PYPERF_UNSUPPORTED, /* the data are fine, but this build cannot handle them */
    PYPERF_USAGE,       /* the caller asked for something that makes no sense */
};

enum { PYPERF_ERROR_SIZE = 1024 }; /* bytes, terminating NUL included */

struct pyperf_error {
    enum pyperf_status status;
    char message[PYPERF_ERROR_SIZE];
};

/* Fills *error (which may be NULL) and returns `status`. Longer messages are cut. */
enum pyperf_status pyperf_error_set(struct pyperf_error *error, enum pyperf_status status,
                                    const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same with ": " and strerror(error_number) at the end. */
enum pyperf_status pyperf_error_set_errno(struct pyperf_error *error, int error_number,
                                          const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
