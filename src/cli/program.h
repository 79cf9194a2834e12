/* The program that is run: what the user wrote on the command line, and how Python is started
 * with it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_PROGRAM_H
#define PYPERF_CLI_PROGRAM_H

#include <stddef.h>

#include <pyperf/error.h>

struct shebang;

/* Strings and arguments are borrowed from the command line, but for what is said to be owned.
 */
struct program {
    const char *option; /* "-m" or "-c", or NULL: `name` is a script, a directory, "-", … */
    const char *name;   /* the module, the code, or the script; NULL: python without any */
    char **arguments;   /* what follows it, NULL-terminated */
    char **python_options; /* for the interpreter; an array of our own, owned */
    size_t python_option_count;
    char **python_arguments; /* after `pyperf run python`: all that follows, as it stands */
    char *interpreter;       /* the one that the operand names, or NULL; owned */
    char *script;            /* the path of a console script, or NULL; owned */
    struct shebang *shebang; /* of a script that names its interpreter, or NULL; owned */
};

/* Finds out what the operand `name` is, and which interpreter it names: "python3.12" (the
 * program is in the arguments behind it), a script that comes with its interpreter
 * (".venv/bin/pytest"), or, where there is no file of that name, a command on PATH that is a
 * script for Python ("pytest"). Other names stay as they are: Python says that there is no such
 * file. PYPERF_USAGE for a command that is no Python script. */
enum pyperf_status program_resolve(struct program *program, struct pyperf_error *error);

/* What to call it in reports: "script.py", "-m module", "-c". The caller frees it; NULL when
 * there is no memory. */
char *program_title(const struct program *program);

/* The command line that starts it, NULL-terminated: `host` and `options` where the recorder is
 * a program of its own (NULL where it is loaded into the interpreter), the interpreter, and
 * what python itself would get. The caller frees the array; the strings are borrowed. NULL when
 * there is no memory. */
char **program_command(const struct program *program, const char *host, const char *options,
                       const char *interpreter);

void program_release(struct program *program);

#endif
