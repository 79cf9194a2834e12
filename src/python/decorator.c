/* SPDX-License-Identifier: MIT */
#include "python/compat.h"

#include "python/decorator.h"

#include <stddef.h>
#include <string.h>

#include "python/functions.h"
#include "python/lines.h"
#include "python/recorder.h"

#define MODULE_NAME "line_profiler"

/* The one object there is, with attributes that programs may set. */
struct decorator {
    PyObject_HEAD PyObject *attributes;
};

static PyObject *the_decorator;

/* ---- What is decorated ---- */

static void note_function(PyObject *function)
{
    PyCodeObject *code = (PyCodeObject *)PyFunction_GET_CODE(function);
    if (!recorder_is_at_home())
        return;
    if (recorder.options.lines)
        lines_decorate(code, PyFunction_GET_GLOBALS(function));
    else
        functions_note_decorated(code);
}

enum { DEEPEST = 8 /* wrappers around wrappers; more is a cycle */ };

static void note(PyObject *object, int depth);

/* The functions that a wrapper holds under these names. Reading the attributes of the types at
 * hand runs no code of the program's. */
static void note_attributes(PyObject *object, const char *const *names, int depth)
{
    for (; *names; names++) {
        PyObject *inner = PyObject_GetAttrString(object, *names);
        if (inner)
            note(inner, depth + 1);
        else
            PyErr_Clear();
        Py_XDECREF(inner);
    }
}

/* The methods of a class, not those of classes inside. */
static void note_class(PyTypeObject *type, int depth)
{
    PyObject *dictionary = PyObject_GetAttrString((PyObject *)type, "__dict__");
    PyObject *values = dictionary ? PyMapping_Values(dictionary) : NULL;
    for (Py_ssize_t i = 0; values && i < PyList_GET_SIZE(values); i++) {
        PyObject *member = PyList_GET_ITEM(values, i);
        if (!PyType_Check(member))
            note(member, depth + 1);
    }
    PyErr_Clear();
    Py_XDECREF(values);
    Py_XDECREF(dictionary);
}

static bool is_named(PyObject *object, const char *module, const char *name)
{
    PyObject *type = (PyObject *)Py_TYPE(object);
    PyObject *place = PyObject_GetAttrString(type, "__module__");
    bool same =
        place && PyUnicode_Check(place) && PyUnicode_CompareWithASCIIString(place, module) == 0;
    const char *dot = strrchr(Py_TYPE(object)->tp_name, '.');
    PyErr_Clear();
    Py_XDECREF(place);
    return same && strcmp(dot ? dot + 1 : Py_TYPE(object)->tp_name, name) == 0;
}

static void note(PyObject *object, int depth)
{
    static const char *const of_method[] = {"__func__", NULL};
    static const char *const of_property[] = {"fget", "fset", "fdel", NULL};
    static const char *const of_partial[] = {"func", NULL};
    if (depth > DEEPEST)
        return;
    if (PyFunction_Check(object))
        note_function(object);
    else if (PyMethod_Check(object) || Py_TYPE(object) == &PyClassMethod_Type ||
             Py_TYPE(object) == &PyStaticMethod_Type)
        note_attributes(object, of_method, depth);
    else if (PyObject_TypeCheck(object, &PyProperty_Type))
        note_attributes(object, of_property, depth);
    else if (PyType_Check(object))
        note_class((PyTypeObject *)object, depth);
    else if (is_named(object, "functools", "partial") ||
             is_named(object, "functools", "partialmethod") ||
             is_named(object, "functools", "cached_property"))
        note_attributes(object, of_partial, depth);
}

/* ---- The object ---- */

static PyObject *decorate(PyObject *self, PyObject *arguments, PyObject *keywords)
{
    static char *names[] = {"func", NULL};
    PyObject *function;
    (void)self;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "O:profile", names, &function))
        return NULL;
    note(function, 0);
    return compat_new_ref(function);
}

static PyObject *add_function(PyObject *self, PyObject *function)
{
    (void)self;
    note(function, 0);
    Py_RETURN_NONE;
}

/* All that line_profiler's methods do is to start and stop it, or to print in the middle of the
 * run; lines of what is decorated are recorded anyway, and reported at the end. */
static PyObject *do_nothing(PyObject *self, PyObject *arguments, PyObject *keywords)
{
    (void)self, (void)arguments, (void)keywords;
    Py_RETURN_NONE;
}

static PyObject *enter(PyObject *self, PyObject *unused)
{
    (void)unused;
    return compat_new_ref(self);
}

static PyObject *run_call(PyObject *self, PyObject *arguments, PyObject *keywords)
{
    (void)self;
    if (PyTuple_GET_SIZE(arguments) == 0) {
        PyErr_SetString(PyExc_TypeError, "runcall() needs a function");
        return NULL;
    }
    PyObject *function = PyTuple_GET_ITEM(arguments, 0);
    PyObject *rest = PyTuple_GetSlice(arguments, 1, PyTuple_GET_SIZE(arguments));
    PyObject *result = rest ? PyObject_Call(function, rest, keywords) : NULL;
    Py_XDECREF(rest);
    return result;
}

#define TAKES_ANYTHING(name)                                                                   \
    {                                                                                          \
        name, (PyCFunction)(void (*)(void))do_nothing, METH_VARARGS | METH_KEYWORDS, NULL      \
    }

static PyMethodDef methods[] = {
    {"__enter__", enter, METH_NOARGS, NULL},
    TAKES_ANYTHING("__exit__"),
    TAKES_ANYTHING("enable"),
    TAKES_ANYTHING("disable"),
    TAKES_ANYTHING("enable_by_count"),
    TAKES_ANYTHING("disable_by_count"),
    TAKES_ANYTHING("print_stats"),
    TAKES_ANYTHING("dump_stats"),
    TAKES_ANYTHING("show"),
    {"add_function", add_function, METH_O, NULL},
    {"add_callable", add_function, METH_O, NULL},
    {"runcall", (PyCFunction)(void (*)(void))run_call, METH_VARARGS | METH_KEYWORDS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef computed[] = {
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyTypeObject decorator_type = {
    .ob_base = {PyObject_HEAD_INIT(NULL) 0},
    .tp_name = "pyperf.profile",
    .tp_doc = "Marks functions whose lines pyperf records.",
    .tp_basicsize = sizeof(struct decorator),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_dictoffset = offsetof(struct decorator, attributes),
    .tp_call = decorate,
    .tp_methods = methods,
    .tp_getset = computed,
};

/* What programs for line_profiler read and change. */
static bool set_attributes(PyObject *object)
{
    static const char *const tables[] = {"show_config", "write_config", "setup_config"};
    bool done = PyObject_SetAttrString(object, "enabled", Py_True) == 0;
    for (size_t i = 0; done && i < sizeof tables / sizeof *tables; i++) {
        PyObject *table = PyDict_New();
        done = table && PyObject_SetAttrString(object, tables[i], table) == 0;
        Py_XDECREF(table);
    }
    return done;
}

/* It is never freed. */
static PyObject *make_decorator(void)
{
    if (PyType_Ready(&decorator_type) != 0)
        return NULL;
    PyObject *object = PyObject_New(PyObject, &decorator_type);
    if (!object)
        return NULL;
    ((struct decorator *)object)->attributes = NULL;
    return set_attributes(object) ? object : NULL;
}

/* ---- Where programs find it ---- */

static PyObject *find_module(const char *name)
{
    PyObject *modules = PySys_GetObject("modules");
    return modules && PyDict_Check(modules) ? PyDict_GetItemString(modules, name) : NULL;
}

static void install(void)
{
    PyObject *builtins = find_module("builtins");
    if (!builtins || PyObject_HasAttrString(builtins, "profile"))
        return;
    the_decorator = make_decorator();
    if (the_decorator)
        PyObject_SetAttrString(builtins, "profile", the_decorator);
}

void decorator_install(void)
{
    if (the_decorator)
        return;
    struct compat_exception saved = compat_save_exception();
    install();
    PyErr_Clear();
    compat_restore_exception(saved);
}

/* Is there one in the places where modules are looked for? */
static bool is_installed(void)
{
    PyObject *machinery = find_module("_frozen_importlib");
    PyObject *found =
        machinery ? PyObject_CallMethod(machinery, "_find_spec", "sO", MODULE_NAME, Py_None)
                  : NULL;
    bool installed = found != Py_None; /* also where that is unclear */
    Py_XDECREF(found);
    return installed;
}

static PyObject *add_module(const char *name)
{
    PyObject *modules = PySys_GetObject("modules");
    PyObject *module = PyModule_New(name);
    if (module && (PyModule_AddStringConstant(module, "__file__", "<pyperf>") != 0 ||
                   PyObject_SetAttrString(module, "profile", the_decorator) != 0 ||
                   PyDict_SetItemString(modules, name, module) != 0))
        Py_CLEAR(module);
    Py_XDECREF(module); /* sys.modules keeps it */
    return module;
}

static void stand_in(void)
{
    if (find_module(MODULE_NAME) || is_installed())
        return;
    PyObject *package = add_module(MODULE_NAME);
    PyObject *part = package ? add_module(MODULE_NAME ".explicit_profiler") : NULL;
    if (part)
        PyObject_SetAttrString(package, "explicit_profiler", part);
}

void decorator_importing(PyObject *arguments)
{
    if (!the_decorator || !recorder_is_at_home() || !PyTuple_Check(arguments) ||
        PyTuple_GET_SIZE(arguments) == 0 || !PyUnicode_Check(PyTuple_GET_ITEM(arguments, 0)))
        return;
    PyObject *name = PyTuple_GET_ITEM(arguments, 0);
    if (PyUnicode_CompareWithASCIIString(name, MODULE_NAME) != 0 &&
        PyUnicode_CompareWithASCIIString(name, MODULE_NAME ".explicit_profiler") != 0)
        return;
    struct compat_exception saved = compat_save_exception();
    stand_in();
    PyErr_Clear();
    compat_restore_exception(saved);
}
