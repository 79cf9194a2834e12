/* The program that is run: what the user wrote on the command line, and how the recorder is
 * started with it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_PROGRAM_H
#define PYPERF_CLI_PROGRAM_H

#include <stddef.h>

/* Strings and arguments are borrowed from the command line. */
struct program {
    const char *option; /* "-m" or "-c", or NULL: `name` is a script, a directory, "-", … */
    const char *name;   /* the module, the code, or the script */
    char **arguments;   /* what follows it, NULL-terminated */
    char **python_options; /* for the interpreter; an array of our own, owned */
    size_t python_option_count;
};

/* What to call it in reports: "script.py", "-m module", "-c". The caller frees it; NULL when
 * there is no memory. */
char *program_title(const struct program *program);

/* The recorder's command line: HOST OPTIONS INTERPRETER and then what python itself would get.
 * The caller frees the array; the strings are borrowed. NULL when there is no memory. */
char **program_command(const struct program *program, const char *host, const char *options,
                       const char *interpreter);

#endif
