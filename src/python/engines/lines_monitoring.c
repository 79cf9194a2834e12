/* Lines by sys.monitoring, CPython 3.12 and later: events of chosen code objects alone ("local
 * events"), so that other code runs as without us.
 *
 * Code is seen when it first starts: that event is global, and an answer ends it for code that
 * is not chosen, at no further cost. Two events cannot be local. PY_UNWIND ends the lines of
 * frames that an exception leaves; it costs where exceptions pass, and nothing elsewhere. An
 * exception that is thrown into a generator or coroutine is not asked for: the next line shows
 * that it runs.
 *
 * SPDX-License-Identifier: MIT */
#include "python/compat.h"

#include "python/engines/line_engine.h"

#if COMPAT_HAS_MONITORING

#include "python/engines/tools.h"
#include "python/greenlets.h"
#include "python/lines.h"

/* Callbacks get (code, offset in bytes, …), for LINE (code, line). */
enum { CODE = 0, OFFSET = 1, LINE = 1 };

static struct {
    PyObject *disable;   /* sys.monitoring.DISABLE */
    long local_events;   /* that are asked for of chosen code */
    unsigned generation; /* changes with the tool id: what was watched is so no longer */
} monitoring = {.generation = 1};

static bool register_callbacks(PyObject *module, struct tools_owner *owner);
static void unregister_callbacks(PyObject *module, const struct tools_owner *owner);
static struct tools_owner owner = {
    .tool = TOOLS_NONE,
    .register_callbacks = register_callbacks,
    .unregister_callbacks = unregister_callbacks,
};

/* Of the code alone; the tool id must be there. */
static void set_events(PyCodeObject *code, struct lines_of_code *known, long events)
{
    PyObject *module = PySys_GetObject("monitoring");
    if (!module)
        return;
    struct compat_exception saved = tools_begin_own_calls();
    PyObject *set =
        PyObject_CallMethod(module, "set_local_events", "lOl", owner.tool, code, events);
    Py_XDECREF(set);
    known->watched = events ? monitoring.generation : 0;
    tools_end_own_calls(saved);
}

/* ---- Events ---- */

static struct lines_of_code *look(PyCodeObject *code)
{
    struct lines_of_code *known = lines_known(code);
    if (__builtin_expect(!known, 0))
        known = lines_look(code, PyEval_GetGlobals());
    if (lines_wanted(known) && __builtin_expect(known->watched != monitoring.generation, 0))
        line_engine.watch(code, known);
    return known;
}

static PyObject *on_start(PyObject *self, PyObject *const *arguments, Py_ssize_t count)
{
    (void)self, (void)count;
    if (!PyCode_Check(arguments[CODE]))
        Py_RETURN_NONE; /* of an extension module's making */
    struct lines_of_code *known = look((PyCodeObject *)arguments[CODE]);
    if (!lines_wanted(known)) {
        if (known->waiting)
            Py_RETURN_NONE;
        if (known->watched)
            set_events((PyCodeObject *)arguments[CODE], known, 0);
        return compat_new_ref(monitoring.disable);
    }
    struct line_thread *lines = lines_thread();
    greenlets_look();
    if (lines && !line_enter(lines, known->entry, compat_current_frame()))
        line_thread_lose(lines);
    Py_RETURN_NONE;
}

static PyObject *on_resume(PyObject *self, PyObject *const *arguments, Py_ssize_t count)
{
    const struct lines_of_code *known = lines_known((PyCodeObject *)arguments[CODE]);
    struct line_thread *lines = lines_thread();
    (void)self, (void)count;
    if (!known || !known->entry || !lines)
        Py_RETURN_NONE;
    long offset = PyLong_AsLong(arguments[OFFSET]);
    if (!line_resume(lines, known->entry, compat_current_frame(),
                     lines_line_at(known, offset / COMPAT_CODE_UNIT)))
        line_thread_lose(lines);
    Py_RETURN_NONE;
}

static __attribute__((noinline)) void begin_elsewhere(struct line_thread *lines,
                                                      PyCodeObject *code, uint32_t number)
{
    const struct lines_of_code *known = lines_known(code);
    if (known && known->entry)
        lines_begin_elsewhere(lines, known, compat_current_frame(), number);
}

static PyObject *on_line(PyObject *self, PyObject *const *arguments, Py_ssize_t count)
{
    struct line_thread *lines = lines_thread();
    uint32_t number = compat_small_number(arguments[LINE]);
    (void)self, (void)count;
    if (__builtin_expect(!lines, 0))
        Py_RETURN_NONE;
    if (__builtin_expect(!line_begin(lines, compat_current_frame(), number), 0))
        begin_elsewhere(lines, (PyCodeObject *)arguments[CODE], number);
    Py_RETURN_NONE;
}

static PyObject *on_return(PyObject *self, PyObject *const *arguments, Py_ssize_t count)
{
    struct line_thread *lines = lines_thread();
    (void)self, (void)arguments, (void)count;
    if (__builtin_expect(!lines, 0))
        Py_RETURN_NONE;
    uint64_t frame = compat_current_frame();
    if (__builtin_expect(!line_leave(lines, frame), 0))
        lines_leave_elsewhere(lines, frame);
    Py_RETURN_NONE;
}

/* Comes for all code. */
static PyObject *on_unwind(PyObject *self, PyObject *const *arguments, Py_ssize_t count)
{
    if (!PyCode_Check(arguments[CODE]))
        Py_RETURN_NONE;
    const struct lines_of_code *known = lines_known((PyCodeObject *)arguments[CODE]);
    if (!known || !known->entry)
        Py_RETURN_NONE;
    return on_return(self, arguments, count);
}

static struct {
    const char *event;
    bool local;
    PyMethodDef callback;
} callbacks[] = {
#define CALLBACK(function)                                                                     \
    {                                                                                          \
#function, (PyCFunction)(void (*)(void))function, METH_FASTCALL, NULL                  \
    }
    {"PY_START", false, CALLBACK(on_start)},  {"PY_UNWIND", false, CALLBACK(on_unwind)},
    {"LINE", true, CALLBACK(on_line)},        {"PY_RESUME", true, CALLBACK(on_resume)},
    {"PY_RETURN", true, CALLBACK(on_return)}, {"PY_YIELD", true, CALLBACK(on_return)},
#undef CALLBACK
};

enum { CALLBACK_COUNT = sizeof callbacks / sizeof *callbacks };

/* ---- The tool id ---- */

static bool register_callbacks(PyObject *module, struct tools_owner *of)
{
    bool done = true;
    monitoring.generation++;
    for (int i = 0; done && i < CALLBACK_COUNT; i++) {
        long event = tools_event(module, callbacks[i].event);
        PyObject *callback = PyCFunction_New(&callbacks[i].callback, NULL);
        done = event && callback && tools_register(module, of->tool, event, callback);
        *(callbacks[i].local ? &monitoring.local_events : &of->events) |= event;
        Py_XDECREF(callback);
    }
    return done;
}

/* Code that is watched keeps its events for the id; without callbacks they do nothing. */
static void unregister_callbacks(PyObject *module, const struct tools_owner *of)
{
    for (int i = 0; i < CALLBACK_COUNT; i++)
        tools_register(module, of->tool, tools_event(module, callbacks[i].event), Py_None);
}

/* ---- The engine ---- */

static enum pyperf_status install(struct pyperf_error *error)
{
    PyObject *module = PySys_GetObject("monitoring"); /* borrowed */
    monitoring.disable = module ? PyObject_GetAttrString(module, "DISABLE") : NULL;
    if (monitoring.disable && tools_install(module, &owner))
        return PYPERF_OK;
    PyErr_Clear();
    return pyperf_error_set(error, PYPERF_UNSUPPORTED,
                            "sys.monitoring has no tool id left for pyperf");
}

static void remove_events(void)
{
    tools_remove(&owner);
}

/* While the program has all ids, code is remembered as chosen, and watched once there is one.
 */
static void watch(PyCodeObject *code, struct lines_of_code *known)
{
    if (owner.tool != TOOLS_NONE)
        set_events(code, known, monitoring.local_events);
}

const struct line_engine line_engine = {
    .name = "monitoring",
    .install = install,
    .remove = remove_events,
    .watch = watch,
};

#endif
