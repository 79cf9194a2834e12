/* PEP 669 (sys.monitoring), CPython 3.12 and later: callbacks in C for global events, which
 * leave the interpreter's specialised instructions alone.
 *
 * The tool id is not PROFILER_ID, so that the program's own cProfile runs beside us. Frames are
 * told by their address, because some events come unpaired: where another tool's PY_RETURN
 * callback raises, PY_RETURN and PY_UNWIND arrive for one frame; where its CALL callback
 * raises, the C function is never called. And `callable` may differ between CALL and C_RETURN
 * (a bound method of a builtin), so that the end of a C call is told by the frame as well.
 *
 * SPDX-License-Identifier: MIT */
#include "python/engines/engine.h"

#if COMPAT_HAS_MONITORING

#include "python/engines/tools.h"
#include "python/functions.h"
#include "python/heat.h"
#include "python/recorder.h"

/* Callbacks get (code, offset in bytes, …); for CALL, C_RETURN and C_RAISE: (code, offset,
 * callable, first argument or MISSING). */
enum { CODE = 0, OFFSET = 1, CALLABLE = 2, FIRST_ARGUMENT = 3 };

static struct {
    PyObject *missing; /* sys.monitoring.MISSING */
} monitoring;

static inline PyObject *enter_code(PyObject *code, enum writer_entry entry)
{
    struct writer_thread *thread = recorder_thread();
    if (__builtin_expect(!thread, 0))
        Py_RETURN_NONE;
    uint64_t frame = compat_current_frame();
    if (!writer_enter(thread, (uint64_t)(uintptr_t)code, entry, frame, 0))
        functions_enter_code(thread, (PyCodeObject *)code, entry, frame);
    Py_RETURN_NONE;
}

static PyObject *on_start(PyObject *self, PyObject *const *arguments, Py_ssize_t count)
{
    (void)self, (void)count;
    return enter_code(arguments[CODE], WRITER_START);
}

static PyObject *on_resume(PyObject *self, PyObject *const *arguments, Py_ssize_t count)
{
    (void)self, (void)count;
    return enter_code(arguments[CODE], WRITER_RESUME);
}

/* An exception can be thrown into a generator that never started, which starts it. */
static PyObject *on_throw(PyObject *self, PyObject *const *arguments, Py_ssize_t count)
{
    const PyCodeObject *code = (const PyCodeObject *)arguments[CODE];
    long offset = PyLong_AsLong(arguments[OFFSET]);
    (void)self, (void)count;
    return enter_code(arguments[CODE], offset / COMPAT_CODE_UNIT > code->_co_firsttraceable
                                           ? WRITER_RESUME
                                           : WRITER_START);
}

static PyObject *on_return(PyObject *self, PyObject *const *arguments, Py_ssize_t count)
{
    struct writer_thread *thread = recorder_thread();
    (void)self, (void)arguments, (void)count;
    if (__builtin_expect(thread != NULL, 1))
        writer_leave(thread, compat_current_frame(), 0);
    Py_RETURN_NONE;
}

/* Does the interpreter have a short cut for making an instance, which watching calls closes? It
 * is for classes with an __init__ in Python, no metaclass, and nothing else out of the
 * ordinary.
 */
static inline bool has_short_cut(PyObject *callable)
{
    if (__builtin_expect(Py_TYPE(callable) != &PyType_Type, 1))
        return false;
    const PyTypeObject *class = (const PyTypeObject *)callable;
    return class->tp_init == recorder.instance.init &&
           class->tp_new == PyBaseObject_Type.tp_new &&
           (class->tp_flags & Py_TPFLAGS_MANAGED_DICT) != 0;
}

/* The call event of what is not recorded as a builtin: a Python function, which has a start
 * event of its own, or a class. */
static PyObject *note_unrecorded(PyObject *callable)
{
    struct writer_thread *thread = recorder_thread();
    if (__builtin_expect(!thread, 0))
        Py_RETURN_NONE;
    writer_note_unrecorded(thread);
    if (has_short_cut(callable))
        writer_note_cost(thread, recorder.instance.ticks);
    Py_RETURN_NONE;
}

static PyObject *on_call(PyObject *self, PyObject *const *arguments, Py_ssize_t count)
{
    PyObject *callable = arguments[CALLABLE];
    if (__builtin_expect(PyMethod_Check(callable), 0))
        callable = PyMethod_GET_FUNCTION(callable); /* types.MethodType(len, [1])() */
    const PyMethodDef *definition = functions_definition(callable);
    (void)self, (void)count;
    if (!definition)
        return note_unrecorded(callable);
    if (arguments[FIRST_ARGUMENT] == monitoring.missing && !PyCFunction_Check(callable))
        return note_unrecorded(callable); /* a method without its object: the call will fail */
    struct writer_thread *thread = recorder_thread();
    if (__builtin_expect(!thread, 0))
        Py_RETURN_NONE;
    uint64_t frame = compat_current_frame();
    if (__builtin_expect(writer_frame_is(writer_top(thread), frame, RECORDING_SITE_BUILTIN), 0))
        writer_leave(thread, frame, RECORDING_SITE_BUILTIN); /* the last call never began */
    if (!writer_enter(thread, (uint64_t)(uintptr_t)definition, WRITER_START, frame,
                      RECORDING_SITE_BUILTIN))
        functions_enter_builtin(thread, callable, frame);
    Py_RETURN_NONE;
}

__attribute__((noinline)) static void call_end_unrecorded(struct writer_thread *thread)
{
    writer_note_unrecorded(thread);
    tools_call_ended();
}

static PyObject *on_call_end(PyObject *self, PyObject *const *arguments, Py_ssize_t count)
{
    struct writer_thread *thread = recorder_thread();
    (void)self, (void)arguments, (void)count;
    if (__builtin_expect(!thread, 0))
        Py_RETURN_NONE;
    uint64_t frame = compat_current_frame();
    if (__builtin_expect(writer_frame_is(writer_top(thread), frame, RECORDING_SITE_BUILTIN), 1))
        writer_leave(thread, frame, RECORDING_SITE_BUILTIN);
    else
        call_end_unrecorded(thread);
    Py_RETURN_NONE;
}

/* The same where lines are recorded of what is hot. */
static PyObject *on_return_with_heat(PyObject *self, PyObject *const *arguments,
                                     Py_ssize_t count)
{
    PyObject *result = on_return(self, arguments, count);
    heat_look();
    return result;
}

static PyObject *on_nothing(PyObject *self, PyObject *const *arguments, Py_ssize_t count)
{
    (void)self, (void)arguments, (void)count;
    Py_RETURN_NONE;
}

/* C_RETURN and C_RAISE are reported where CALL is asked for; they cannot be asked for alone. */
enum event_flags { PYTHON_EVENT, CALL_EVENT, CALL_END_EVENT };

static struct {
    const char *event;
    enum event_flags flags;
    PyMethodDef callback;
} callbacks[] = {
#define CALLBACK(function)                                                                     \
    {                                                                                          \
#function, (PyCFunction)(void (*)(void))function, METH_FASTCALL, NULL                  \
    }
    {"PY_START", PYTHON_EVENT, CALLBACK(on_start)},
    {"PY_RESUME", PYTHON_EVENT, CALLBACK(on_resume)},
    {"PY_THROW", PYTHON_EVENT, CALLBACK(on_throw)},
    {"PY_RETURN", PYTHON_EVENT, CALLBACK(on_return)},
    {"PY_YIELD", PYTHON_EVENT, CALLBACK(on_return)},
    {"PY_UNWIND", PYTHON_EVENT, CALLBACK(on_return)},
    {"CALL", CALL_EVENT, CALLBACK(on_call)},
    {"C_RETURN", CALL_END_EVENT, CALLBACK(on_call_end)},
    {"C_RAISE", CALL_END_EVENT, CALLBACK(on_call_end)},
};

static PyMethodDef empty_callback = CALLBACK(on_nothing);
static PyMethodDef callback_with_heat = CALLBACK(on_return_with_heat);
#undef CALLBACK

enum { CALLBACK_COUNT = sizeof callbacks / sizeof *callbacks };

static PyMethodDef *callback_for(PyMethodDef *callback)
{
    if (recorder.options.engine == RECORD_ENGINE_EMPTY)
        return &empty_callback;
    bool returns = callback->ml_meth == (PyCFunction)(void (*)(void))on_return;
    return recorder.options.hot && returns ? &callback_with_heat : callback;
}

static bool register_callbacks(PyObject *module, struct tools_owner *owner)
{
    bool done = true;
    for (int i = 0; done && i < CALLBACK_COUNT; i++) {
        if (callbacks[i].flags != PYTHON_EVENT && !recorder.options.builtins)
            continue;
        long event = tools_event(module, callbacks[i].event);
        PyObject *callback = PyCFunction_New(callback_for(&callbacks[i].callback), NULL);
        done = event && callback && tools_register(module, owner->tool, event, callback);
        if (done && callbacks[i].flags != CALL_END_EVENT)
            owner->events |= event;
        Py_XDECREF(callback);
    }
    return done;
}

static void unregister_callbacks(PyObject *module, const struct tools_owner *owner)
{
    for (int i = 0; i < CALLBACK_COUNT; i++)
        tools_register(module, owner->tool, tools_event(module, callbacks[i].event), Py_None);
}

static struct tools_owner owner = {
    .tool = TOOLS_NONE,
    .register_callbacks = register_callbacks,
    .unregister_callbacks = unregister_callbacks,
};

static enum pyperf_status install(struct pyperf_error *error)
{
    PyObject *module = PySys_GetObject("monitoring"); /* borrowed */
    monitoring.missing = module ? PyObject_GetAttrString(module, "MISSING") : NULL;
    if (monitoring.missing && tools_install(module, &owner))
        return PYPERF_OK;
    PyErr_Clear();
    return pyperf_error_set(error, PYPERF_UNSUPPORTED,
                            "sys.monitoring has no tool id left for pyperf; try --engine "
                            "setprofile");
}

static void remove_events(void)
{
    tools_remove(&owner);
}

static void pause_events(void)
{
    tools_ask_for(&owner, 0);
}

static void resume_events(void)
{
    tools_ask_for(&owner, owner.events);
}

const struct engine engine_monitoring = {
    .name = "monitoring",
    .install = install,
    .remove = remove_events,
    .pause = pause_events,
    .resume = resume_events,
    .others_watch_calls = tools_others_watch_calls,
};

#endif
