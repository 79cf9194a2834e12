/* The CPython installations of this machine: where they may be, and who an interpreter is.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_INSTALLATIONS_H
#define PYPERF_CLI_INSTALLATIONS_H

#include <stdbool.h>

#include "cli/interpreters/facts.h"

/* An interpreter, as it describes itself. */
struct installation {
    const char *executable;  /* its sys.executable */
    const char *base_prefix; /* the same for all its virtual environments */
    const char *version;     /* "3.11.2", with the letters of special builds: "3.13.0t" */
    char answer[FACTS_SIZE]; /* holds the strings */
};

/* Asks the interpreter at an absolute path; false when it does not answer as a Python 3. */
bool installation_identify(const char *path, struct installation *installation);

/* A regular file that may be executed. */
bool is_program(const char *path);

/* The first program of that name on PATH, as an absolute path in `found` (PATH_MAX bytes). */
bool program_on_path(const char *name, char *found);

/* What one of pyenv's shims ("…/shims/pip") stands for here and now, in `found` (PATH_MAX
 * bytes); false when it is no shim or stands for nothing. */
bool pyenv_shim_target(const char *path, char *found);

/* Gets the absolute path of a program that may be an interpreter; true ends the search. */
typedef bool installation_visitor(const char *path, void *context);

/* Visits all places where interpreters of a version ("3.11.2", "3.11" or "3") may be: PATH
 * first, then pyenv, uv, conda, and the usual directories. Some come twice, some may be of
 * other versions. */
bool installations_visit(const char *version, installation_visitor *visit, void *context);

#endif
