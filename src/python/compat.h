/* CPython's interface, with the differences between its versions evened out.
 *
 * The only header that includes Python.h, and but for the choice of an engine the only place
 * that looks at PY_VERSION_HEX. What is read from structures here is read in the callbacks of
 * every event: functions that return new references would cost more than the recording does.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_PYTHON_COMPAT_H
#define PYPERF_PYTHON_COMPAT_H

#define PY_SSIZE_T_CLEAN
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wshadow"
#include <Python.h>
#include <frameobject.h>
#if PY_VERSION_HEX >= 0x030B0000 && PY_VERSION_HEX < 0x030C0000
/* The frame's layout is internal in 3.11 and nothing public yields a borrowed code object. */
#define Py_BUILD_CORE 1
#include <internal/pycore_frame.h>
#undef Py_BUILD_CORE
#elif PY_VERSION_HEX < 0x03090000
/* 3.9 brought functions that set what evaluates frames. */
#define Py_BUILD_CORE 1
#include <internal/pycore_pystate.h>
#undef Py_BUILD_CORE
#elif PY_VERSION_HEX < 0x030A0000
/* Whether any thread is traced is a number inside the interpreter. */
#define Py_BUILD_CORE 1
#include <internal/pycore_interp.h>
#undef Py_BUILD_CORE
#endif
#pragma GCC diagnostic pop

#include <stdbool.h>
#include <stdint.h>

/* sys.monitoring exists, and profile hooks are emulated by it: setting one for another thread
 * is the interpreter's business. Before, a hook is a field of the thread state. */
#define COMPAT_HAS_MONITORING (PY_VERSION_HEX >= 0x030C0000)

/* A hook that evaluates frames (PEP 523) costs little in 3.11 alone: before, it gains nothing
 * over a profile hook; from 3.12 on each frame counts towards a limit on the C stack that
 * programs reach. */
#define COMPAT_HAS_CHEAP_FRAME_HOOK                                                            \
    (PY_VERSION_HEX >= 0x030B0000 && PY_VERSION_HEX < 0x030C0000)

#if PY_VERSION_HEX < 0x03090000
#define PyCFunction_CheckExact(object) PyCFunction_Check(object)
#endif

/* Code objects tell the lines of their instructions by a method. */
#define COMPAT_HAS_CO_LINES (PY_VERSION_HEX >= 0x030A0000)

enum { COMPAT_CODE_UNIT = 2 /* bytes an instruction, since 3.6 */ };

/* Py_XNewRef, which 3.10 brought. */
static inline PyObject *compat_new_ref(PyObject *object)
{
    Py_XINCREF(object);
    return object;
}

/* The code object of the frame that a profile hook is given; borrowed from the frame. */
static inline PyCodeObject *compat_frame_code(PyFrameObject *frame)
{
#if PY_VERSION_HEX >= 0x030C0000
    PyCodeObject *code = PyFrame_GetCode(frame);
    Py_DECREF(code); /* the frame holds another reference */
    return code;
#elif PY_VERSION_HEX >= 0x030B0000
    return frame->f_frame->f_code;
#else
    return frame->f_code;
#endif
}

static inline bool compat_code_is_resumable(const PyCodeObject *code)
{
    return (code->co_flags & (CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR)) != 0;
}

/* In a hook's call event for a generator's or coroutine's frame: is it entered again, after a
 * yield or await, rather than started? */
static inline bool compat_frame_is_resumed(PyFrameObject *frame, const PyCodeObject *code)
{
#if PY_VERSION_HEX >= 0x030C0000
    return PyFrame_GetLasti(frame) / COMPAT_CODE_UNIT > code->_co_firsttraceable;
#elif PY_VERSION_HEX >= 0x030B0000
    return _PyInterpreterFrame_LASTI(frame->f_frame) > code->_co_firsttraceable;
#else
    (void)code;
    return frame->f_lasti >= 0;
#endif
}

#if !COMPAT_HAS_MONITORING
/* In a trace function's line event: the line. */
static inline uint32_t compat_traced_line(PyFrameObject *frame)
{
#if PY_VERSION_HEX < 0x030B0000
    return (uint32_t)frame->f_lineno;
#else
    return (uint32_t)PyFrame_GetLineNumber(frame);
#endif
}

/* The instruction that was the last of a frame that is entered again. */
static inline Py_ssize_t compat_frame_unit(const PyFrameObject *frame)
{
#if PY_VERSION_HEX >= 0x030B0000
    return _PyInterpreterFrame_LASTI(frame->f_frame);
#elif PY_VERSION_HEX >= 0x030A0000
    return frame->f_lasti;
#else
    return frame->f_lasti / COMPAT_CODE_UNIT;
#endif
}
#endif

/* Instructions of a code object. */
static inline Py_ssize_t compat_code_units(const PyCodeObject *code)
{
#if PY_VERSION_HEX >= 0x030B0000
    return Py_SIZE(code);
#else
    return PyBytes_GET_SIZE(code->co_code) / COMPAT_CODE_UNIT;
#endif
}

/* The first instruction that can be the beginning of a line: those before set the frame up. */
static inline Py_ssize_t compat_first_traceable(const PyCodeObject *code)
{
#if PY_VERSION_HEX >= 0x030B0000
    return code->_co_firsttraceable + 1;
#else
    (void)code;
    return 0;
#endif
}

static inline PyObject *compat_code_qualified_name(const PyCodeObject *code)
{
#if PY_VERSION_HEX >= 0x030B0000
    return code->co_qualname;
#else
    return code->co_name;
#endif
}

#if COMPAT_HAS_MONITORING
/* The innermost Python frame of the calling thread: an address to tell frames apart by. */
static inline uint64_t compat_current_frame(void)
{
#if PY_VERSION_HEX >= 0x030D0000
    return (uint64_t)(uintptr_t)PyThreadState_GetUnchecked()->current_frame;
#else
    return (uint64_t)(uintptr_t)_PyThreadState_UncheckedGet()->cframe->current_frame;
#endif
}

/* The value of an int that fits a digit, as a line number does. */
static inline uint32_t compat_small_number(PyObject *number)
{
    return (uint32_t)PyUnstable_Long_CompactValue((const PyLongObject *)number);
}

#define compat_request_code_extra PyUnstable_Eval_RequestCodeExtraIndex
#define compat_set_code_extra     PyUnstable_Code_SetExtra
#else
#define compat_request_code_extra _PyEval_RequestCodeExtraIndex
#define compat_set_code_extra     _PyCode_SetExtra
#endif

static inline PyThreadState *compat_thread_state(void)
{
#if PY_VERSION_HEX >= 0x030D0000
    return PyThreadState_GetUnchecked();
#else
    return _PyThreadState_UncheckedGet();
#endif
}

/* Does Py_AddPendingCall work? 3.8 refuses, and says so on stderr, from when exit functions
 * run. */
static inline bool compat_takes_pending_calls(void)
{
#if PY_VERSION_HEX < 0x03090000
    return !_PyRuntime.ceval.pending.finishing;
#else
    return true;
#endif
}

/* The interpreter looks at these fields before each instruction, or does not. */
#if !COMPAT_HAS_MONITORING
static inline void compat_update_tracing(PyThreadState *state)
{
    bool any = state->c_profilefunc || state->c_tracefunc;
#if PY_VERSION_HEX >= 0x030B0000
    state->cframe->use_tracing = any && !state->tracing ? 255 : 0;
#elif PY_VERSION_HEX >= 0x030A0000
    state->cframe->use_tracing = any;
#else
    state->use_tracing = any;
#endif
}
#endif

/* Puts a profile hook into a thread state, which need not be the calling thread's, or takes it
 * out. PyEval_SetProfile would do it for the calling thread only, and would raise the audit
 * event by which we learn that the program installs a hook of its own. */
#if !COMPAT_HAS_MONITORING
static inline void compat_set_hook(PyThreadState *state, Py_tracefunc hook)
{
    state->c_profilefunc = hook;
    compat_update_tracing(state);
}

/* The same for a trace function, whose argument stays. */
static inline void compat_set_trace(PyThreadState *state, Py_tracefunc function)
{
    state->c_tracefunc = function;
    compat_update_tracing(state);
}
#endif

/* Puts a trace function into the calling thread's state, or takes it out, for the frames that
 * it evaluates from now on; quickly, because that is done around each frame that is traced. */
#if !COMPAT_HAS_MONITORING
static inline void compat_trace_frames(PyThreadState *state, Py_tracefunc function)
{
#if PY_VERSION_HEX < 0x03090000
    _PyRuntime.ceval.tracing_possible += (function != NULL) - (state->c_tracefunc != NULL);
#elif PY_VERSION_HEX < 0x030A0000
    state->interp->ceval.tracing_possible += (function != NULL) - (state->c_tracefunc != NULL);
#endif
    compat_set_trace(state, function);
}
#endif

/* The value that compat_set_code_extra has set; NULL: none. As PyCode_GetExtra, without the
 * call and its checks. */
static inline void *compat_code_extra(const PyCodeObject *code, Py_ssize_t index)
{
    const struct {
        Py_ssize_t size;
        void *values[1];
    } *extra = code->co_extra;
    return extra && index < extra->size ? extra->values[index] : NULL;
}

/* Up to 3.10 the interpreter evaluates each frame, also of one Python function that calls
 * another, through a pointer. From 3.11 on a function of ours there would make C calls of calls
 * that are none. */
#define COMPAT_FRAMES_GO_THROUGH_A_POINTER (PY_VERSION_HEX < 0x030B0000)

/* What evaluates frames in place of the interpreter's own function (PEP 523). */
#if PY_VERSION_HEX < 0x03090000
#define COMPAT_EVALUATE_FRAME(name)  PyObject *name(PyFrameObject *frame, int throwing)
#define COMPAT_EVALUATE_BY(function) function(frame, throwing)
#define COMPAT_EVALUATED_STATE       compat_thread_state()

static inline _PyFrameEvalFunction compat_frame_evaluation(PyInterpreterState *interpreter)
{
    return interpreter->eval_frame;
}

static inline void compat_set_frame_evaluation(PyInterpreterState *interpreter,
                                               _PyFrameEvalFunction function)
{
    interpreter->eval_frame = function;
}
#elif !COMPAT_HAS_MONITORING
#if PY_VERSION_HEX >= 0x030B0000
#define COMPAT_EVALUATE_FRAME(name)                                                            \
    PyObject *name(PyThreadState *state, struct _PyInterpreterFrame *frame, int throwing)
#else
#define COMPAT_EVALUATE_FRAME(name)                                                            \
    PyObject *name(PyThreadState *state, PyFrameObject *frame, int throwing)
#endif
#define COMPAT_EVALUATE_BY(function) function(state, frame, throwing)
#define COMPAT_EVALUATED_STATE       state
#define compat_frame_evaluation      _PyInterpreterState_GetEvalFrameFunc
#define compat_set_frame_evaluation  _PyInterpreterState_SetEvalFrameFunc
#endif

/* The frames that it is given, which in 3.11 are not the objects that hooks are given. Both
 * have f_code and f_globals. */
#if COMPAT_FRAMES_GO_THROUGH_A_POINTER
typedef PyFrameObject compat_evaluated_frame;
#elif !COMPAT_HAS_MONITORING
typedef struct _PyInterpreterFrame compat_evaluated_frame;
#endif

/* The frame that called the given one, or for NULL the innermost of the calling thread. Only
 * its address is meant: no reference is held. */
static inline PyFrameObject *compat_outer_frame(PyFrameObject *frame)
{
#if PY_VERSION_HEX >= 0x03090000
    PyFrameObject *outer =
        frame ? PyFrame_GetBack(frame) : PyThreadState_GetFrame(compat_thread_state());
    Py_XDECREF(outer); /* the thread's stack keeps it */
    return outer;
#else
    return frame ? frame->f_back : compat_thread_state()->frame;
#endif
}

/* An exception in flight, put aside while we use functions that may raise one of their own. */
struct compat_exception {
    PyObject *type, *value, *traceback;
};

static inline struct compat_exception compat_save_exception(void)
{
    struct compat_exception saved = {NULL, NULL, NULL};
#if PY_VERSION_HEX >= 0x030C0000
    saved.value = PyErr_GetRaisedException();
#else
    PyErr_Fetch(&saved.type, &saved.value, &saved.traceback);
#endif
    return saved;
}

/* Takes the exception that is set, as an object without its traceback. */
static inline PyObject *compat_take_exception(void)
{
#if PY_VERSION_HEX >= 0x030C0000
    PyObject *value = PyErr_GetRaisedException();
#else
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    Py_XDECREF(type);
    Py_XDECREF(traceback);
#endif
    if (value)
        PyException_SetTraceback(value, Py_None);
    return value;
}

/* Is there a tool that listens to the interpreter's events (PEP 669)? */
static inline bool compat_is_monitored(void)
{
#if COMPAT_HAS_MONITORING
    enum { TOOL_IDS = 6 };
    PyObject *module = PySys_GetObject("monitoring");
    bool found = false;
    for (int id = 0; module && id < TOOL_IDS && !found; id++) {
        PyObject *tool = PyObject_CallMethod(module, "get_tool", "i", id);
        found = tool && tool != Py_None;
        Py_XDECREF(tool);
    }
    PyErr_Clear();
    return found;
#else
    return false;
#endif
}

static inline void compat_restore_exception(struct compat_exception saved)
{
#if PY_VERSION_HEX >= 0x030C0000
    PyErr_SetRaisedException(saved.value);
#else
    PyErr_Restore(saved.type, saved.value, saved.traceback);
#endif
}

#endif
