/* The names of callables, as pstats shows them.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_PYTHON_LABELS_H
#define PYPERF_PYTHON_LABELS_H

#include "python/compat.h"

#include "recording/writer.h"

/* A str as UTF-8, lone surrogates kept; the bytes live as long as *holder, which the caller
 * releases. "?" when that fails, with an exception set. */
const char *label_utf8(PyObject *text, PyObject **holder);

/* The recording's function for a code object. RECORDING_NONE: no room. May leave a Python
 * exception behind. */
uint32_t label_code(struct recording_writer *writer, PyCodeObject *code);

/* The same where somebody knows its qualified name, which the interpreter does not before 3.11;
 * NULL: nobody does. */
uint32_t label_code_as(struct recording_writer *writer, PyCodeObject *code,
                       const char *qualified_name);

/* The same for an object that stands for code: "<code of TYPE>". */
uint32_t label_foreign_code(struct recording_writer *writer, PyObject *code);

/* The same for a C function or a method descriptor, with the names that cProfile uses:
 * "<built-in method builtins.len>", "<method 'append' of 'list' objects>". Addresses are left
 * out of them, because they differ from run to run. */
uint32_t label_builtin(struct recording_writer *writer, PyObject *callable);

#endif
