/* SPDX-License-Identifier: MIT */
#include "python/compat.h"

#include "python/engines/tools.h"

#if COMPAT_HAS_MONITORING

#include "python/displacement.h"
#include "python/method_patch.h"
#include "python/recorder.h"

enum function {
    USE_TOOL_ID,
    SET_EVENTS,
    SET_LOCAL_EVENTS,
    GET_LOCAL_EVENTS,
    REGISTER_CALLBACK,
    GET_EVENTS,
    GET_TOOL,
    FREE_TOOL_ID,
    ALL_EVENTS,
    FUNCTION_COUNT
};

static struct {
    struct method_patch patches[FUNCTION_COUNT];
    PyObject *module; /* borrowed: sys keeps it */
    struct tools_owner *owners[TOOLS_OWNERS];
    int owner_count;
    bool calling;     /* the calls of sys.monitoring's functions are our own */
    long call_events; /* CALL, C_RETURN and C_RAISE */
    long call;        /* CALL */
} tools;

/* A request that is put off: the function's arguments, owned; NULL: none. */
static __thread struct {
    enum function function;
    PyObject *arguments[3];
    Py_ssize_t count;
} put_off;

static PyObject *call_vector(enum function function, PyObject *const *arguments,
                             Py_ssize_t count)
{
    PyObject *(*original)(PyObject *, PyObject *const *, Py_ssize_t) =
        (PyObject * (*)(PyObject *, PyObject *const *, Py_ssize_t))(void (*)(void))tools
            .patches[function]
            .original;
    return original(tools.module, arguments, count);
}

/* ---- Our ids ---- */

/* Takes an id that nobody has, but not `except`; TOOLS_NONE: there is none. Ids 0 to 2 and 5
 * have meanings; 3 and 4 are free for all, and taken first. */
static long use_free_id(PyObject *module, long except)
{
    static const long candidates[TOOLS_COUNT] = {4, 3, 5, 1, 0, 2};
    for (int i = 0; i < TOOLS_COUNT; i++) {
        if (candidates[i] == except)
            continue;
        PyObject *taken =
            PyObject_CallMethod(module, "use_tool_id", "ls", candidates[i], "pyperf");
        if (taken) {
            Py_DECREF(taken);
            return candidates[i];
        }
        PyErr_Clear();
    }
    return TOOLS_NONE;
}

static void free_id(PyObject *module, long tool)
{
    PyObject *freed = PyObject_CallMethod(module, "free_tool_id", "l", tool);
    Py_XDECREF(freed);
}

/* False: an exception is set. */
static bool ask_for_events(PyObject *module, long tool, long events)
{
    PyObject *set = PyObject_CallMethod(module, "set_events", "ll", tool, events);
    Py_XDECREF(set);
    return set != NULL;
}

long tools_event(PyObject *module, const char *name)
{
    PyObject *events = PyObject_GetAttrString(module, "events");
    PyObject *event = events ? PyObject_GetAttrString(events, name) : NULL;
    long value = event ? PyLong_AsLong(event) : 0;
    Py_XDECREF(event);
    Py_XDECREF(events);
    return value;
}

bool tools_register(PyObject *module, long tool, long event, PyObject *callback)
{
    PyObject *before =
        PyObject_CallMethod(module, "register_callback", "llO", tool, event, callback);
    Py_XDECREF(before);
    return before != NULL;
}

struct compat_exception tools_begin_own_calls(void)
{
    tools.calling = true;
    return compat_save_exception();
}

void tools_end_own_calls(struct compat_exception saved)
{
    PyErr_Clear();
    compat_restore_exception(saved);
    tools.calling = false;
}

static void leave_id(PyObject *module, struct tools_owner *owner)
{
    struct compat_exception saved = tools_begin_own_calls();
    if (owner->tool != TOOLS_NONE && ask_for_events(module, owner->tool, 0)) {
        owner->unregister_callbacks(module, owner);
        PyErr_Clear();
        free_id(module, owner->tool);
    }
    owner->tool = TOOLS_NONE;
    tools_end_own_calls(saved);
}

static bool take_id(PyObject *module, struct tools_owner *owner, long except)
{
    struct compat_exception saved = tools_begin_own_calls();
    owner->tool = use_free_id(module, except);
    owner->events = 0;
    bool used = owner->tool != TOOLS_NONE;
    bool done = used && owner->register_callbacks(module, owner) &&
                ask_for_events(module, owner->tool, owner->events);
    tools_end_own_calls(saved);
    if (used && !done)
        leave_id(module, owner);
    return done;
}

void tools_remove(struct tools_owner *owner)
{
    PyObject *module = PySys_GetObject("monitoring"); /* borrowed */
    if (module)
        leave_id(module, owner);
}

void tools_ask_for(const struct tools_owner *owner, long events)
{
    struct compat_exception saved = tools_begin_own_calls();
    PyObject *module = PySys_GetObject("monitoring");
    if (module)
        ask_for_events(module, owner->tool, events);
    tools_end_own_calls(saved);
}

/* The engine that has that id; NULL: it is none of ours. */
static struct tools_owner *owner_of(long tool)
{
    for (int i = 0; i < tools.owner_count; i++)
        if (tools.owners[i]->tool == tool && tool != TOOLS_NONE)
            return tools.owners[i];
    return NULL;
}

/* The same where the program asks. */
static struct tools_owner *owner_asked_for(PyObject *id)
{
    if (tools.calling || !recorder_is_at_home() || !id || !PyLong_CheckExact(id))
        return NULL;
    int overflow;
    long tool = PyLong_AsLongAndOverflow(id, &overflow);
    return overflow ? NULL : owner_of(tool);
}

/* Where the program has taken all ids, recording pauses. */
static void make_way(PyObject *id)
{
    struct tools_owner *owner = owner_asked_for(id);
    if (!owner)
        return;
    long before = owner->tool;
    leave_id(tools.module, owner);
    if (!take_id(tools.module, owner, before)) {
        displacement_note_place();
        displacement_begin();
    }
}

static void come_back(void)
{
    if (tools.calling || !recorder_is_at_home())
        return;
    for (int i = 0; i < tools.owner_count; i++)
        if (tools.owners[i]->tool == TOOLS_NONE &&
            take_id(tools.module, tools.owners[i], TOOLS_NONE))
            displacement_end();
}

/* Events that are wanted of a tool; 0 where the id is not in use. */
static long events_of(long tool)
{
    PyObject *id = PyLong_FromLong(tool);
    PyObject *events = id ? tools.patches[GET_EVENTS].original(tools.module, id) : NULL;
    long value = events ? PyLong_AsLong(events) : 0;
    PyErr_Clear();
    Py_XDECREF(events);
    Py_XDECREF(id);
    return value;
}

bool tools_others_watch_calls(void)
{
    if (!tools.patches[GET_EVENTS].definition)
        return false;
    for (long tool = 0; tool < TOOLS_COUNT; tool++)
        if (!owner_of(tool) && (events_of(tool) & tools.call_events))
            return true;
    return false;
}

/* ---- Putting off ---- */

/* Other combinations of the events of calls are errors. The call of set_events is on our stack,
 * and its end is reported to all who want it by then.
 */
static bool may_put_off(PyObject *events)
{
    if (tools.calling || !recorder_is_at_home() || !recorder.options.builtins ||
        put_off.count || !PyLong_CheckExact(events))
        return false;
    int overflow;
    long wanted = PyLong_AsLongAndOverflow(events, &overflow);
    struct writer_thread *thread = recorder_thread();
    long of_calls = wanted & tools.call_events;
    return (of_calls == tools.call || of_calls == tools.call_events) && !overflow && thread &&
           (writer_top(thread)->site & RECORDING_SITE_BUILTIN) && !tools_others_watch_calls();
}

/* Asks for the rest of the events now, which also finds what is wrong with the arguments. */
static PyObject *put_off_calls(enum function function, PyObject *const *arguments,
                               Py_ssize_t count)
{
    PyObject *now[3] = {arguments[0], arguments[1], arguments[2 % count]};
    PyObject *rest = PyLong_FromLong(PyLong_AsLong(arguments[count - 1]) & ~tools.call_events);
    if (!rest)
        return NULL;
    now[count - 1] = rest;
    PyObject *result = call_vector(function, now, count);
    Py_DECREF(rest);
    if (!result)
        return NULL;
    put_off.function = function;
    put_off.count = count;
    for (Py_ssize_t i = 0; i < count; i++)
        put_off.arguments[i] = compat_new_ref(arguments[i]);
    struct writer_thread *thread = recorder_thread();
    writer_leave(thread, writer_top(thread)->identity, RECORDING_SITE_BUILTIN);
    return result;
}

void tools_call_ended(void)
{
    if (__builtin_expect(put_off.count == 0, 1))
        return;
    struct compat_exception saved = compat_save_exception();
    PyObject *result = call_vector(put_off.function, put_off.arguments, put_off.count);
    Py_XDECREF(result);
    PyErr_Clear();
    for (Py_ssize_t i = 0; i < put_off.count; i++)
        Py_CLEAR(put_off.arguments[i]);
    put_off.count = 0;
    compat_restore_exception(saved);
}

/* ---- What stands in for the functions of sys.monitoring ---- */

static PyObject *vector_function(enum function function, PyObject *const *arguments,
                                 Py_ssize_t count)
{
    make_way(count > 0 ? arguments[0] : NULL);
    bool sets =
        (function == SET_EVENTS && count == 2) || (function == SET_LOCAL_EVENTS && count == 3);
    if (sets && may_put_off(arguments[count - 1]))
        return put_off_calls(function, arguments, count);
    return call_vector(function, arguments, count);
}

#define VECTOR_FUNCTION(name, function)                                                        \
    static PyObject *name(PyObject *module, PyObject *const *arguments, Py_ssize_t count)      \
    {                                                                                          \
        (void)module;                                                                          \
        return vector_function(function, arguments, count);                                    \
    }
VECTOR_FUNCTION(use_tool_id, USE_TOOL_ID)
VECTOR_FUNCTION(set_events, SET_EVENTS)
VECTOR_FUNCTION(set_local_events, SET_LOCAL_EVENTS)
VECTOR_FUNCTION(get_local_events, GET_LOCAL_EVENTS)
VECTOR_FUNCTION(register_callback, REGISTER_CALLBACK)
#undef VECTOR_FUNCTION

static PyObject *get_events(PyObject *module, PyObject *id)
{
    make_way(id);
    return tools.patches[GET_EVENTS].original(module, id);
}

static PyObject *get_tool(PyObject *module, PyObject *id)
{
    if (owner_asked_for(id))
        Py_RETURN_NONE;
    return tools.patches[GET_TOOL].original(module, id);
}

static PyObject *free_tool_id(PyObject *module, PyObject *id)
{
    if (owner_asked_for(id))
        Py_RETURN_NONE;
    PyObject *result = tools.patches[FREE_TOOL_ID].original(module, id);
    if (result)
        come_back();
    return result;
}

/* Takes our bit out of one entry of the dictionary of tools by event; false: an error. */
static bool hide_in(PyObject *all, PyObject *event, long tools_of_event)
{
    long others = tools_of_event;
    for (int i = 0; i < tools.owner_count; i++)
        if (tools.owners[i]->tool != TOOLS_NONE)
            others &= ~(1L << tools.owners[i]->tool);
    if (others == tools_of_event)
        return true;
    if (others == 0)
        return PyDict_DelItem(all, event) == 0;
    PyObject *value = PyLong_FromLong(others);
    bool done = value && PyDict_SetItem(all, event, value) == 0;
    Py_XDECREF(value);
    return done;
}

static PyObject *all_events(PyObject *module, PyObject *unused)
{
    PyObject *all = tools.patches[ALL_EVENTS].original(module, unused);
    PyObject *items = all && recorder_is_at_home() ? PyDict_Items(all) : NULL;
    bool done = true;
    for (Py_ssize_t i = 0; items && done && i < PyList_GET_SIZE(items); i++) {
        PyObject *item = PyList_GET_ITEM(items, i);
        done =
            hide_in(all, PyTuple_GET_ITEM(item, 0), PyLong_AsLong(PyTuple_GET_ITEM(item, 1)));
    }
    Py_XDECREF(items);
    if (!done)
        Py_CLEAR(all);
    return all;
}

static void watch(enum function function, const char *name, int flags, PyCFunction replacement)
{
    PyObject *object = PyObject_GetAttrString(tools.module, name);
    method_patch_apply(&tools.patches[function], object, flags, replacement);
    Py_XDECREF(object);
    PyErr_Clear();
}

/* Stands in for functions of sys.monitoring from now on. */
static void stand_in(PyObject *module)
{
#define VECTOR(function) METH_FASTCALL, (PyCFunction)(void (*)(void))function
    tools.module = module;
    tools.call = tools_event(module, "CALL");
    tools.call_events =
        tools.call | tools_event(module, "C_RETURN") | tools_event(module, "C_RAISE");
    PyErr_Clear();
    watch(GET_EVENTS, "get_events", METH_O, get_events);
    watch(GET_TOOL, "get_tool", METH_O, get_tool);
    watch(ALL_EVENTS, "_all_events", METH_NOARGS, all_events);
    watch(FREE_TOOL_ID, "free_tool_id", METH_O, free_tool_id);
    watch(USE_TOOL_ID, "use_tool_id", VECTOR(use_tool_id));
    watch(SET_EVENTS, "set_events", VECTOR(set_events));
    watch(SET_LOCAL_EVENTS, "set_local_events", VECTOR(set_local_events));
    watch(GET_LOCAL_EVENTS, "get_local_events", VECTOR(get_local_events));
    watch(REGISTER_CALLBACK, "register_callback", VECTOR(register_callback));
#undef VECTOR
}

bool tools_install(PyObject *module, struct tools_owner *owner)
{
    if (!take_id(module, owner, TOOLS_NONE))
        return false;
    tools.owners[tools.owner_count++] = owner;
    if (!tools.module)
        stand_in(module);
    return true;
}

#endif
