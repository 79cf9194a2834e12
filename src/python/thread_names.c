/* SPDX-License-Identifier: MIT */
#include "python/thread_names.h"

#include "python/recorder.h"

/* A thread of threading's is known after half a dozen calls; others may never be. */
enum { TRIES = 32 };

PyCodeObject *thread_names_last_call;
__thread unsigned thread_names_tries = TRIES;

/* Thread._delete takes the thread out of the table. Only its address is meant. */
static void find_last_call(PyObject *module)
{
    PyObject *type = PyObject_GetAttrString(module, "Thread");
    PyObject *method = type ? PyObject_GetAttrString(type, "_delete") : NULL;
    if (method && PyFunction_Check(method))
        thread_names_last_call = (PyCodeObject *)PyFunction_GET_CODE(method);
    Py_XDECREF(method);
    Py_XDECREF(type);
}

/* The calling thread's object in threading._active, borrowed, or NULL. */
static PyObject *find_thread(PyObject *module)
{
    PyObject *table = PyDict_GetItemString(PyModule_GetDict(module), "_active");
    PyObject *number = PyLong_FromUnsignedLong(PyThread_get_thread_ident());
    PyObject *found =
        table && PyDict_CheckExact(table) && number ? PyDict_GetItem(table, number) : NULL;
    Py_XDECREF(number);
    return found;
}

/* Reads the attribute where it lies: a class of the program's may compute it in Python. */
static bool take_name(struct writer_thread *thread, PyObject *object)
{
    PyObject *attributes = PyObject_GenericGetDict(object, NULL);
    PyObject *name = attributes ? PyDict_GetItemString(attributes, "_name") : NULL;
    const char *text = name && PyUnicode_CheckExact(name) ? PyUnicode_AsUTF8(name) : NULL;
    if (text)
        writer_name_thread(thread, text);
    Py_XDECREF(attributes);
    return text != NULL;
}

void thread_names_find(struct writer_thread *thread)
{
    if (thread->writer != &recorder.writer)
        return; /* that of the calibration */
    if (thread_names_tries > 0)
        thread_names_tries--;
    struct compat_exception saved = compat_save_exception();
    PyObject *module = PyDict_GetItemString(PyImport_GetModuleDict(), "threading");
    if (module && PyModule_CheckExact(module)) {
        if (!thread_names_last_call)
            find_last_call(module);
        PyObject *object = find_thread(module);
        if (object && take_name(thread, object))
            thread_names_tries = 0;
    }
    PyErr_Clear();
    compat_restore_exception(saved);
}

void thread_names_take_main(struct writer_thread *thread)
{
    writer_name_thread(thread, "MainThread");
    thread_names_tries = 0;
}
