/* Which functions have their lines recorded: patterns that the supervisor writes into the
 * session's directory, one a line, and the recorded process matches with each code object when
 * it first sees it.
 *
 *     MODULE:NAME      qualified name NAME in module MODULE
 *     MODULE           all functions of a module
 *     FILE             all functions of a file
 *     FILE:NAME        functions whose name or qualified name is NAME
 *     FILE:10, FILE:10-40   functions with code of their own in these lines
 *
 * FILE is what ends with ".py", has a '/' in it, or begins with '<'. One without a '/' is the
 * last part of a path, another one the path's end. MODULE, FILE and NAME may be globs (*, ?,
 * […]). Parts of functions that have code objects of their own (comprehensions, generator
 * expressions) are chosen by a NAME with a '<' in it only, and the bodies of classes by lines
 * only.
 *
 * Without patterns, the functions of the program's own files are chosen: neither of the
 * standard library, nor below a directory site-packages or dist-packages, nor without a file.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_RECORDING_CHOICE_H
#define PYPERF_RECORDING_CHOICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pyperf/error.h>

struct choice_pattern {
    const char *place; /* glob: of a module or a file */
    const char *name;  /* glob: of a function; NULL: any */
    uint32_t from, to; /* lines; 0, 0: any */
    bool is_file;      /* the place is a file, not a module */
};

struct choice {
    struct choice_pattern *patterns;
    size_t count; /* 0: the program's own files */
    char *text;   /* what the patterns point into */
};

/* Where code is. Strings are borrowed, UTF-8. */
struct choice_place {
    const char *file;     /* absolute, if it is one */
    const char *module;   /* "": not known */
    bool is_program_text; /* of `-c`, or from standard input */
};

/* A code object as the patterns see it. */
struct choice_code {
    const struct choice_place *place;
    const char *qualified_name; /* or the name, where the interpreter does not say more */
    const char *name;
    bool is_part;  /* of a function: a comprehension or a generator expression */
    bool is_class; /* the body of one */
    /* Does it have code of its own, not only that of functions inside, in these lines? */
    bool (*has_lines)(const void *context, uint32_t from, uint32_t to);
    const void *context;
};

/* Is that a pattern? Else PYPERF_USAGE, and a message that names it. */
enum pyperf_status choice_check(const char *pattern, struct pyperf_error *error);

/* Writes checked patterns to where a session's recorders look for them. */
enum pyperf_status choice_write(const char *directory, const char *const *patterns,
                                size_t count, struct pyperf_error *error);

/* Reads them back; no file means no patterns. Free with choice_release. */
enum pyperf_status choice_read(const char *directory, struct choice *choice,
                               struct pyperf_error *error);
void choice_release(struct choice *choice);

/* Is some function of that place meant, as far as the place can tell? `library`: the directory
 * of the standard library, or NULL. */
bool choice_has_place(const struct choice *choice, const struct choice_place *place,
                      const char *library);

/* Is that code of such a place meant? */
bool choice_has(const struct choice *choice, const struct choice_code *code);

/* Does the one pattern mean that code? For who wants to say which of them meant nothing. */
bool choice_pattern_means(const struct choice_pattern *pattern, const struct choice_code *code);

#endif
