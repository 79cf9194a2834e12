/* What the interpreter's callables are called: from code objects and method definitions to
 * functions of the recording.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_PYTHON_FUNCTIONS_H
#define PYPERF_PYTHON_FUNCTIONS_H

#include "python/compat.h"

#include "recording/writer.h"

/* Arranges to hear of code objects that are freed, because their addresses will be reused.
 * Needs the GIL. False: the interpreter has no place left for us. */
bool functions_init(void);

/* The method definition of a C function or method that is called; NULL if `callable` is not one
 * (a Python function, a class, a bound method). The key of a builtin is its address. C
 * functions that carry their class have a type of their own, derived from that of C functions.
 */
static inline PyMethodDef *functions_definition(PyObject *callable)
{
    PyTypeObject *type = Py_TYPE(callable);
    if (type == &PyCFunction_Type || type->tp_base == &PyCFunction_Type)
        return ((PyCFunctionObject *)callable)->m_ml;
    if (type == &PyMethodDescr_Type)
        return ((PyMethodDescrObject *)callable)->d_method;
    return NULL;
}

/* Enters a Python function that the cache did not hold. */
void functions_enter_code(struct writer_thread *thread, PyCodeObject *code,
                          enum writer_entry entry, uint64_t identity);

/* Enters a C function that the cache did not hold. `callable` is a C function, bound
 * or not, or a method descriptor. */
void functions_enter_builtin(struct writer_thread *thread, PyObject *callable,
                             uint64_t identity);

/* The program asks for a function, which need not have been called so far. Keeps a pending
 * exception. */
void functions_note_decorated(PyCodeObject *code);

#endif
