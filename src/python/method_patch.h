/* Standing in for a builtin function of the interpreter's, for good.
 *
 * What Python code holds of the function stays the same object, with the same name; only the C
 * function behind it is another one, which calls the original. This works for functions whose
 * definition is read at each call, as those of METH_O, METH_VARARGS and the like are.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_PYTHON_METHOD_PATCH_H
#define PYPERF_PYTHON_METHOD_PATCH_H

#include "python/compat.h"

struct method_patch {
    PyMethodDef *definition; /* NULL: not patched */
    PyCFunction original;
};

/* `replacement` has the signature that `flags` (METH_…) stand for. Does nothing where
 * `function` is not a builtin with just these flags, or the patch is in place. */
static inline void method_patch_apply(struct method_patch *patch, PyObject *function, int flags,
                                      PyCFunction replacement)
{
    if (patch->definition || !function || !PyCFunction_Check(function))
        return;
    PyMethodDef *definition = ((PyCFunctionObject *)function)->m_ml;
    if (definition->ml_flags != flags || definition->ml_meth == replacement)
        return;
    patch->definition = definition;
    patch->original = definition->ml_meth;
    definition->ml_meth = replacement;
}

#endif
