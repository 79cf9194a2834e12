/* SPDX-License-Identifier: MIT */
#include "python/calibration_subjects.h"

#include <stdlib.h>
#include <string.h>

#include "python/functions.h"

enum { SOURCE_SIZE = 4096 };

static const struct {
    const char *name;
    const char *statement;
    int times;
} sources[SUBJECT_COUNT] = {
    [SUBJECT_CALL] = {"calls", "    it(0)\n", SUBJECT_EVENTS},
    [SUBJECT_RESUME] = {"resumes", "    for _ in it(): pass\n", 1},
    [SUBJECT_BUILTIN] = {"builtins", "    it(0)\n", SUBJECT_EVENTS},
    [SUBJECT_METHOD] = {"methods", "    it.bit_length()\n", SUBJECT_EVENTS},
    [SUBJECT_CLASS] = {"classes", "    it()\n", SUBJECT_EVENTS},
    [SUBJECT_INSTANCE] = {"instances", "    it()\n", SUBJECT_EVENTS},
};

/* ---- Compiling ---- */

static size_t add(char *source, size_t length, const char *text)
{
    size_t size = strlen(text);
    if (length + size >= SOURCE_SIZE)
        return length;
    memcpy(source + length, text, size + 1);
    return length + size;
}

static void compose(char *source)
{
    size_t length = add(source, 0, "def step(it):\n    return it + 1\n");
    length = add(source, length, "def begin(it):\n    it.it = 1\n");
    length = add(source, length, "def generate():\n");
    for (int i = 0; i < SUBJECT_EVENTS; i++)
        length = add(source, length, "    yield\n");
    for (int kind = 0; kind < SUBJECT_COUNT; kind++) {
        length = add(source, length, "def ");
        length = add(source, length, sources[kind].name);
        length = add(source, length, "(it):\n");
        for (int i = 0; i < sources[kind].times; i++)
            length = add(source, length, sources[kind].statement);
    }
}

static PyObject *compiled; /* by subjects_compile; NULL: not yet */

void subjects_compile(void)
{
    char *source = compiled ? NULL : malloc(SOURCE_SIZE);
    if (!source)
        return;
    compose(source);
    compiled = Py_CompileStringExFlags(source, "<pyperf>", Py_file_input, NULL, 0);
    free(source);
}

/* The globals of the functions. */
static PyObject *define(void)
{
    PyObject *globals = PyDict_New(), *result = NULL;
    subjects_compile();
    if (globals && compiled &&
        PyDict_SetItemString(globals, "__builtins__", PyEval_GetBuiltins()) == 0)
        result = PyEval_EvalCode(compiled, globals, globals);
    Py_CLEAR(compiled);
    if (!result)
        Py_CLEAR(globals);
    Py_XDECREF(result);
    return globals;
}

/* ---- What they call ---- */

/* One of our own: what `builtins` holds may have been replaced. */
static PyObject *do_nothing(PyObject *self, PyObject *argument)
{
    (void)self, (void)argument;
    Py_RETURN_NONE;
}

static PyMethodDef nothing = {"nothing", do_nothing, METH_O, NULL};

/* Made without __build_class__, which is in `builtins` too. */
static PyObject *make_class(PyObject *globals)
{
    PyObject *begin = PyDict_GetItemString(globals, "begin");
    return begin ? PyObject_CallFunction((PyObject *)&PyType_Type, "s(){sOss}", "instance",
                                         "__init__", begin, "__module__", "pyperf")
                 : NULL;
}

static uint64_t key_of(PyObject *function)
{
    return function ? (uint64_t)(uintptr_t)PyFunction_GET_CODE(function) : 0;
}

uint64_t subject_key(const struct subject *subject)
{
    return key_of(subject->function);
}

static uint64_t key_of_bit_length(void)
{
    PyObject *method = PyObject_GetAttrString((PyObject *)&PyLong_Type, "bit_length");
    uint64_t key = method ? (uint64_t)(uintptr_t)functions_definition(method) : 0;
    Py_XDECREF(method); /* the type keeps it */
    return key;
}

bool subjects_create(struct subject subjects[SUBJECT_COUNT])
{
    PyObject *globals = define();
    if (!globals)
        return false;
    PyObject *step = PyDict_GetItemString(globals, "step");
    PyObject *generate = PyDict_GetItemString(globals, "generate");
    subjects[SUBJECT_CALL] = (struct subject){NULL, compat_new_ref(step), key_of(step)};
    subjects[SUBJECT_RESUME] =
        (struct subject){NULL, compat_new_ref(generate), key_of(generate)};
    subjects[SUBJECT_BUILTIN] =
        (struct subject){NULL, PyCFunction_New(&nothing, NULL), (uint64_t)(uintptr_t)&nothing};
    subjects[SUBJECT_METHOD] = (struct subject){NULL, PyLong_FromLong(7), key_of_bit_length()};
    subjects[SUBJECT_CLASS] =
        (struct subject){NULL, compat_new_ref((PyObject *)&PyBaseObject_Type), 0};
    subjects[SUBJECT_INSTANCE] = (struct subject){
        NULL, make_class(globals), key_of(PyDict_GetItemString(globals, "begin"))};
    bool complete = true;
    for (int kind = 0; kind < SUBJECT_COUNT; kind++) {
        subjects[kind].function =
            compat_new_ref(PyDict_GetItemString(globals, sources[kind].name));
        complete = complete && subjects[kind].function && subjects[kind].argument;
    }
    Py_DECREF(globals); /* the functions keep it */
    return complete;
}

/* A class refers to itself. Left to the garbage collector, it would still be among
 * object.__subclasses__() when the program looks: it is taken apart as the collector does. */
static void release_class(PyObject *class)
{
    if (class && Py_REFCNT(class) > 1)
        Py_TYPE(class)->tp_clear(class);
    Py_XDECREF(class);
}

void subjects_release(struct subject subjects[SUBJECT_COUNT])
{
    for (int kind = 0; kind < SUBJECT_COUNT; kind++) {
        if (subjects[kind].function) /* its globals refer back to it */
            PyDict_Clear(PyFunction_GET_GLOBALS(subjects[kind].function));
        Py_CLEAR(subjects[kind].function);
        if (kind == SUBJECT_INSTANCE)
            release_class(subjects[kind].argument);
        else
            Py_XDECREF(subjects[kind].argument);
        subjects[kind].argument = NULL;
    }
}
