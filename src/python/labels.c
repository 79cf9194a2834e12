/* SPDX-License-Identifier: MIT */
#include "python/labels.h"

#include <stdio.h>
#include <string.h>

#include "python/functions.h"

const char *label_utf8(PyObject *text, PyObject **holder)
{
    *holder = NULL;
    if (text && PyUnicode_Check(text))
        *holder = PyUnicode_AsEncodedString(text, "utf-8", "surrogatepass");
    return *holder ? PyBytes_AS_STRING(*holder) : "?";
}

uint32_t label_code_as(struct recording_writer *writer, PyCodeObject *code,
                       const char *qualified_name)
{
    PyObject *file, *name, *own_name;
    struct writer_label label = {
        .kind = RECORDING_FUNCTION_PYTHON,
        .file = label_utf8(code->co_filename, &file),
        .name = label_utf8(code->co_name, &name),
        .qualified_name = label_utf8(compat_code_qualified_name(code), &own_name),
        .line = (uint32_t)code->co_firstlineno,
    };
    if (qualified_name)
        label.qualified_name = qualified_name;
    uint32_t function = writer_function(writer, &label);
    Py_XDECREF(file);
    Py_XDECREF(name);
    Py_XDECREF(own_name);
    return function;
}

uint32_t label_code(struct recording_writer *writer, PyCodeObject *code)
{
    return label_code_as(writer, code, NULL);
}

uint32_t label_foreign_code(struct recording_writer *writer, PyObject *code)
{
    char name[128];
    snprintf(name, sizeof name, "<code of %s>", Py_TYPE(code)->tp_name);
    struct writer_label label = {
        .kind = RECORDING_FUNCTION_BUILTIN, .file = "~", .name = name, .qualified_name = name};
    return writer_function(writer, &label);
}

/* Is this attribute implemented in C, so that its repr() runs no code of the program's? */
static bool is_descriptor_in_c(PyObject *attribute)
{
    PyTypeObject *type = Py_TYPE(attribute);
    return type == &PyMethodDescr_Type || type == &PyClassMethodDescr_Type ||
           type == &PyWrapperDescr_Type || PyCFunction_CheckExact(attribute);
}

/* The attribute `name` of a type that is implemented by `definition`, or failing that the
 * type's own; NULL: it has none in C. Borrowed. A subclass may override the method in Python,
 * and still call the one it overrides. */
static PyObject *find_attribute(PyTypeObject *type, PyObject *name,
                                const PyMethodDef *definition)
{
    PyObject *own = _PyType_Lookup(type, name);
    if (!own || is_descriptor_in_c(own))
        return own;
    PyObject *bases = type->tp_mro;
    for (Py_ssize_t i = 0; bases && i < PyTuple_GET_SIZE(bases); i++) {
        PyObject *base = PyTuple_GET_ITEM(bases, i);
        PyObject *found =
            PyType_Check(base) ? _PyType_Lookup((PyTypeObject *)base, name) : NULL;
        if (found && Py_TYPE(found) == &PyMethodDescr_Type &&
            ((PyMethodDescrObject *)found)->d_method == definition)
            return found;
    }
    return NULL;
}

/* repr(), without what PyObject_Repr does besides: it runs pending signal handlers, and
 * from 3.12 on the garbage collector, which is Python code in the middle of our callback. */
static PyObject *describe_descriptor(PyObject *descriptor)
{
    return Py_TYPE(descriptor)->tp_repr(descriptor);
}

static PyObject *describe_method(PyCFunctionObject *function, bool *of_type)
{
    const char *name = function->m_ml->ml_name;
    PyObject *key = PyUnicode_FromString(name);
    PyObject *attribute =
        key ? find_attribute(Py_TYPE(function->m_self), key, function->m_ml) : NULL;
    Py_XDECREF(key);
    PyObject *description = attribute ? describe_descriptor(attribute) : NULL;
    if (description) {
        *of_type = true;
        return description;
    }
    PyErr_Clear();
    if (function->m_module && PyUnicode_Check(function->m_module))
        return PyUnicode_FromFormat("<built-in method %U.%s>", function->m_module, name);
    return PyUnicode_FromFormat("<built-in method %s>", name);
}

static PyObject *describe_function(PyCFunctionObject *function)
{
    const char *name = function->m_ml->ml_name;
    PyObject *module = function->m_module;
    if (module && PyModule_Check(module))
        module = PyModule_GetNameObject(module);
    else
        Py_XINCREF(module);
    PyErr_Clear();
    PyObject *description = module && PyUnicode_Check(module) &&
                                    PyUnicode_CompareWithASCIIString(module, "builtins") != 0
                                ? PyUnicode_FromFormat("<%U.%s>", module, name)
                                : PyUnicode_FromFormat("<%s>", name);
    Py_XDECREF(module);
    return description;
}

/* `of_type`: is it a method of a type, rather than a function? */
static PyObject *describe(PyObject *callable, bool *of_type)
{
    *of_type = !PyCFunction_Check(callable);
    if (*of_type)
        return describe_descriptor(callable);
    PyCFunctionObject *function = (PyCFunctionObject *)callable;
    return function->m_self ? describe_method(function, of_type) : describe_function(function);
}

/* Cuts every " at 0x1234abcd" out of a name. */
static void remove_addresses(char *name)
{
    static const char marker[] = " at 0x";
    char *address = name;
    while ((address = strstr(address, marker)) != NULL) {
        const char *rest = address + strlen(marker);
        rest += strspn(rest, "0123456789abcdefABCDEF");
        memmove(address, rest, strlen(rest) + 1);
    }
}

uint32_t label_builtin(struct recording_writer *writer, PyObject *callable)
{
    PyObject *holder;
    bool of_type;
    PyObject *description = describe(callable, &of_type);
    const char *name = label_utf8(description, &holder);
    if (holder)
        remove_addresses(PyBytes_AS_STRING(holder)); /* ours alone, made just now */
    else
        name = functions_definition(callable)->ml_name;
    struct writer_label label = {.kind = of_type ? RECORDING_FUNCTION_BUILTIN_METHOD
                                                 : RECORDING_FUNCTION_BUILTIN,
                                 .file = "~",
                                 .name = name,
                                 .qualified_name = name};
    uint32_t function = writer_function(writer, &label);
    Py_XDECREF(holder);
    Py_XDECREF(description);
    return function;
}
