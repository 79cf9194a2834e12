/* SPDX-License-Identifier: MIT */
#include "python/greenlets.h"

#include <string.h>

#include "python/engines/line_engine.h"
#include "python/method_patch.h"
#include "python/recorder.h"
#include "recording/writer_switch.h"

PyObject *greenlets_module;
__thread bool greenlets_traced;

/* Ours takes the one place that each thread has for a trace function. What the program sets is
 * kept in the thread state's dictionary under this name, and called by ours. */
#define PROGRAMS_TRACER "pyperf.greenlet_tracer"

static struct {
    struct method_patch settrace;
    struct method_patch gettrace;
    struct method_patch exec_dynamic; /* runs the initialisation of an extension module */
    PyObject *tracer;                 /* ours */
} greenlets;

/* ---- Switches ---- */

static PyObject *programs_tracer(void)
{
    PyObject *dictionary = PyThreadState_GetDict(); /* borrowed */
    return dictionary ? PyDict_GetItemString(dictionary, PROGRAMS_TRACER) : NULL;
}

/* NULL takes it out. */
static void keep_programs_tracer(PyObject *tracer)
{
    PyObject *dictionary = PyThreadState_GetDict();
    if (dictionary && tracer)
        PyDict_SetItemString(dictionary, PROGRAMS_TRACER, tracer);
    else if (dictionary && programs_tracer())
        PyDict_DelItemString(dictionary, PROGRAMS_TRACER);
}

/* When a trace function raises, greenlet takes it out and raises the exception where the switch
 * was made. It takes ours out: the next new context puts it back. */
static PyObject *pass_on(PyObject *tracer, PyObject *arguments)
{
    Py_INCREF(tracer);
    PyObject *result = PyObject_CallObject(tracer, arguments);
    Py_DECREF(tracer);
    if (result)
        return result;
    struct compat_exception saved = compat_save_exception();
    keep_programs_tracer(NULL);
    compat_restore_exception(saved);
    greenlets_traced = false;
    return NULL;
}

/* ("switch" or "throw", (origin, target)), on the target's stack. */
static PyObject *on_switch(PyObject *self, PyObject *arguments)
{
    PyObject *event, *origin, *target;
    (void)self;
    struct writer_thread *thread = recorder.recording ? recorder_thread() : NULL;
    if (thread && PyArg_ParseTuple(arguments, "O(OO)", &event, &origin, &target))
        writer_switch(thread, (uint64_t)(uintptr_t)origin, (uint64_t)(uintptr_t)target);
    if (thread && recorder.line_engine && recorder.line_engine->switched)
        recorder.line_engine->switched();
    PyErr_Clear();
    PyObject *tracer = programs_tracer();
    if (tracer)
        return pass_on(tracer, arguments);
    Py_RETURN_NONE;
}

static PyMethodDef on_switch_definition = {"on_switch", on_switch, METH_VARARGS, NULL};

/* The thread's main greenlet: the one that has no parent. A new reference, or NULL. */
static PyObject *main_greenlet(PyObject *current)
{
    PyObject *greenlet = compat_new_ref(current);
    for (;;) {
        PyObject *parent = PyObject_GetAttrString(greenlet, "parent");
        if (!parent || parent == Py_None) {
            Py_XDECREF(parent);
            return greenlet;
        }
        Py_DECREF(greenlet);
        greenlet = parent;
    }
}

/* The very first switch of the thread may just have happened. */
static void catch_up(struct writer_thread *thread)
{
    PyObject *current = PyObject_CallMethod(greenlets_module, "getcurrent", NULL);
    PyObject *first = current ? main_greenlet(current) : NULL;
    if (first && first != current)
        writer_switch(thread, (uint64_t)(uintptr_t)first, (uint64_t)(uintptr_t)current);
    Py_XDECREF(first);
    Py_XDECREF(current);
}

void greenlets_trace_thread(void)
{
    struct writer_thread *thread = recorder_current_thread;
    if (!thread || thread->writer != &recorder.writer || !recorder_is_at_home())
        return;
    greenlets_traced = true; /* a failure would be one the next time, too */
    struct compat_exception saved = compat_save_exception();
    PyObject *arguments = PyTuple_Pack(1, greenlets.tracer);
    PyObject *previous =
        arguments ? greenlets.settrace.original(greenlets_module, arguments) : NULL;
    if (previous && previous != Py_None && previous != greenlets.tracer)
        keep_programs_tracer(previous);
    if (previous)
        catch_up(thread);
    Py_XDECREF(previous);
    Py_XDECREF(arguments);
    PyErr_Clear();
    compat_restore_exception(saved);
}

/* ---- The program's own trace function ---- */

static PyObject *get_trace(PyObject *module, PyObject *unused)
{
    if (!greenlets_traced)
        return greenlets.gettrace.original(module, unused);
    PyObject *tracer = programs_tracer();
    return compat_new_ref(tracer ? tracer : Py_None);
}

static PyObject *set_trace(PyObject *module, PyObject *arguments)
{
    if (!greenlets_traced || PyTuple_GET_SIZE(arguments) != 1)
        return greenlets.settrace.original(module, arguments);
    PyObject *previous = get_trace(module, NULL);
    PyObject *tracer = PyTuple_GET_ITEM(arguments, 0);
    keep_programs_tracer(tracer == Py_None ? NULL : tracer);
    return previous;
}

/* ---- The module ---- */

static void patch(struct method_patch *patch, PyObject *module, const char *name, int flags,
                  PyCFunction replacement)
{
    PyObject *function = PyObject_GetAttrString(module, name);
    method_patch_apply(patch, function, flags, replacement);
    Py_XDECREF(function);
    PyErr_Clear();
}

/* One that is not as expected (a stand-in, a version to come) is left alone. */
static void take_module(PyObject *module)
{
    if (greenlets_module)
        return;
    patch(&greenlets.settrace, module, "settrace", METH_VARARGS, set_trace);
    patch(&greenlets.gettrace, module, "gettrace", METH_NOARGS, get_trace);
    greenlets.tracer = PyCFunction_New(&on_switch_definition, NULL);
    if (greenlets.settrace.definition && greenlets.gettrace.definition && greenlets.tracer)
        greenlets_module = compat_new_ref(module);
    PyErr_Clear();
}

/* Up to version 0.4 the package was the extension module itself. */
static bool is_greenlet(PyObject *module)
{
    const char *name = PyModule_Check(module) ? PyModule_GetName(module) : NULL;
    bool found =
        name && (strcmp(name, "greenlet._greenlet") == 0 || strcmp(name, "greenlet") == 0);
    PyErr_Clear();
    return found;
}

/* Called in place of _imp.exec_dynamic. */
static PyObject *exec_dynamic(PyObject *unused, PyObject *module)
{
    PyObject *result = greenlets.exec_dynamic.original(unused, module);
    if (result && recorder_is_at_home() && is_greenlet(module)) {
        take_module(module);
        greenlets_look();
    }
    return result;
}

void greenlets_watch(void)
{
    static const char *const names[] = {"greenlet._greenlet", "greenlet"};
    PyObject *modules = PyImport_GetModuleDict(); /* borrowed, as what is in it */
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        PyObject *module = PyDict_GetItemString(modules, names[i]);
        if (module && is_greenlet(module))
            take_module(module);
    }
    PyObject *imports = PyDict_GetItemString(modules, "_imp");
    if (imports)
        patch(&greenlets.exec_dynamic, imports, "exec_dynamic", METH_O, exec_dynamic);
    PyErr_Clear();
}
