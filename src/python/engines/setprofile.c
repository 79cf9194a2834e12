/* The profile hook that every CPython has (PyEval_SetProfile): up to 3.11 the only one that
 * sees C functions; later, where the interpreter emulates it, for cross-checking.
 *
 * A C call is told by the frame that makes it: a frame makes one at a time.
 *
 * SPDX-License-Identifier: MIT */
#include "python/engines/engine.h"

#include "python/displacement.h"
#include "python/foreign_threads.h"
#include "python/functions.h"
#include "python/heat.h"
#include "python/method_patch.h"
#include "python/recorder.h"

static uint64_t address(const void *pointer)
{
    return (uint64_t)(uintptr_t)pointer;
}

static inline void on_call(struct writer_thread *thread, PyFrameObject *frame)
{
    PyCodeObject *code = compat_frame_code(frame);
    enum writer_entry entry = WRITER_START;
    if (compat_code_is_resumable(code) && compat_frame_is_resumed(frame, code))
        entry = WRITER_RESUME;
    if (!writer_enter(thread, address(code), entry, address(frame), 0))
        functions_enter_code(thread, code, entry, address(frame));
}

static inline void on_builtin_call(struct writer_thread *thread, PyFrameObject *frame,
                                   PyObject *callable)
{
    const PyMethodDef *definition = functions_definition(callable);
    if (!definition)
        return;
    if (!writer_enter(thread, address(definition), WRITER_START, address(frame),
                      RECORDING_SITE_BUILTIN))
        functions_enter_builtin(thread, callable, address(frame));
}

/* Only the end of the call on top counts: others began before this hook was in place. */
static inline void on_builtin_return(struct writer_thread *thread, PyFrameObject *frame)
{
    if (writer_frame_is(writer_top(thread), address(frame), RECORDING_SITE_BUILTIN))
        writer_leave(thread, address(frame), RECORDING_SITE_BUILTIN);
}

static int on_event(PyObject *unused, PyFrameObject *frame, int what, PyObject *argument)
{
    struct writer_thread *thread = recorder_thread();
    (void)unused;
    if (__builtin_expect(!thread, 0))
        return 0;
    switch (what) {
    case PyTrace_CALL:
        on_call(thread, frame);
        break;
    case PyTrace_RETURN:
        writer_leave(thread, address(frame), 0);
        break;
    case PyTrace_C_CALL:
        on_builtin_call(thread, frame, argument);
        break;
    case PyTrace_C_RETURN:
    case PyTrace_C_EXCEPTION:
        on_builtin_return(thread, frame);
        break;
    default:
        break;
    }
    return 0;
}

/* The same without C functions. */
static int on_python_event(PyObject *unused, PyFrameObject *frame, int what, PyObject *argument)
{
    struct writer_thread *thread = recorder_thread();
    (void)unused;
    (void)argument;
    if (__builtin_expect(!thread, 0))
        return 0;
    if (what == PyTrace_CALL)
        on_call(thread, frame);
    else if (what == PyTrace_RETURN)
        writer_leave(thread, address(frame), 0);
    return 0;
}

/* Both where lines are recorded of what is hot. */
static int on_event_with_heat(PyObject *unused, PyFrameObject *frame, int what,
                              PyObject *argument)
{
    int result = recorder.options.builtins ? on_event(unused, frame, what, argument)
                                           : on_python_event(unused, frame, what, argument);
    if (what == PyTrace_RETURN)
        heat_look();
    return result;
}

static int on_nothing(PyObject *unused, PyFrameObject *frame, int what, PyObject *argument)
{
    (void)unused, (void)frame, (void)what, (void)argument;
    return 0;
}

static Py_tracefunc hook(void)
{
    if (recorder.options.engine == RECORD_ENGINE_EMPTY)
        return on_nothing;
    if (recorder.options.hot)
        return on_event_with_heat;
    return recorder.options.builtins ? on_event : on_python_event;
}

#if COMPAT_HAS_MONITORING

/* The interpreter sets all or one. Where the program has a hook of its own somewhere, its hook
 * is worth more than the new thread's record. */
static void cover_all_threads(void)
{
    PyInterpreterState *interpreter = compat_thread_state()->interp;
    for (PyThreadState *state = PyInterpreterState_ThreadHead(interpreter); state;
         state = PyThreadState_Next(state))
        if (state->c_profilefunc && state->c_profilefunc != hook())
            return;
    PyEval_SetProfileAllThreads(hook(), NULL);
}

static void remove_hook(void)
{
    PyEval_SetProfile(NULL, NULL);
}

static void cover_this_thread(void)
{
    PyEval_SetProfile(hook(), NULL);
}

static void put_back(void)
{
    cover_this_thread();
}

#else

/* A thread that has a hook of the program's own keeps it. */
static void cover_all_threads(void)
{
    PyInterpreterState *interpreter = compat_thread_state()->interp;
    for (PyThreadState *state = PyInterpreterState_ThreadHead(interpreter); state;
         state = PyThreadState_Next(state))
        if (!state->c_profilefunc)
            compat_set_hook(state, hook());
}

static void remove_hook(void)
{
    foreign_threads_ignore();
    if (compat_thread_state()->c_profilefunc == hook())
        compat_set_hook(compat_thread_state(), NULL);
}

static void cover_this_thread(void)
{
    if (!compat_thread_state()->c_profilefunc)
        compat_set_hook(compat_thread_state(), hook());
}

static void put_back(void)
{
    if (recorder.options.main_thread)
        cover_this_thread();
    else
        cover_all_threads();
}

#endif

/* The functions of _thread that make threads: "start_new" is an alias with a definition of its
 * own, and 3.13 brought joinable threads. */
static struct method_patch thread_makers[3];

/* The new thread cannot have run yet: it waits for the GIL, which the maker still holds. */
static PyObject *after_thread_start(PyObject *result)
{
    if (result && recorder_is_at_home())
        cover_all_threads();
    return result;
}

static PyObject *start_new_thread(PyObject *module, PyObject *arguments)
{
    return after_thread_start(thread_makers[0].original(module, arguments));
}

static PyObject *start_new(PyObject *module, PyObject *arguments)
{
    return after_thread_start(thread_makers[1].original(module, arguments));
}

static PyObject *start_joinable_thread(PyObject *module, PyObject *arguments,
                                       PyObject *keywords)
{
    PyCFunctionWithKeywords original =
        (PyCFunctionWithKeywords)(void (*)(void))thread_makers[2].original;
    return after_thread_start(original(module, arguments, keywords));
}

static void watch_thread_starts(void)
{
    const struct {
        const char *name;
        int flags;
        PyCFunction replacement;
    } makers[] = {
        {"start_new_thread", METH_VARARGS, start_new_thread},
        {"start_new", METH_VARARGS, start_new},
        {"start_joinable_thread", METH_VARARGS | METH_KEYWORDS,
         (PyCFunction)(void (*)(void))start_joinable_thread},
    };
    PyObject *module = PyImport_ImportModule("_thread");
    for (size_t i = 0; module && i < sizeof makers / sizeof *makers; i++) {
        PyObject *maker = PyObject_GetAttrString(module, makers[i].name);
        method_patch_apply(&thread_makers[i], maker, makers[i].flags, makers[i].replacement);
        Py_XDECREF(maker);
        PyErr_Clear();
    }
    Py_XDECREF(module);
    PyErr_Clear();
}

/* When this thread's hook was last about to be taken from us, in ticks of events. */
static __thread uint64_t displaced_at;

static void displacing(void)
{
    if (compat_thread_state()->c_profilefunc == hook())
        displaced_at = clock_read(recorder.writer.event_clock);
}

static bool is_running(uint64_t identity)
{
    PyFrameObject *frame = compat_outer_frame(NULL);
    while (frame && address(frame) != identity)
        frame = compat_outer_frame(frame);
    return frame != NULL;
}

/* Closes what was left while another hook was in place: the call that put it there (it is on
 * top, and has returned), frames that run no more, and a C call that the innermost frame has
 * come back from. They end when we were displaced; later time is their callers'. */
static void close_ended_frames(void)
{
    struct writer_thread *thread = recorder_thread();
    if (!thread || !displaced_at)
        return;
    uint64_t innermost = address(compat_outer_frame(NULL));
    bool first = true;
    while (thread->top > thread->frames) {
        const struct recording_frame *top = writer_top(thread);
        bool builtin = (top->site & RECORDING_SITE_BUILTIN) != 0;
        bool ended = builtin && (first || top->identity == innermost);
        if (!ended && is_running(top->identity))
            break;
        writer_close_top(thread, displaced_at > top->entered ? displaced_at : top->entered);
        first = false;
    }
    displaced_at = 0;
}

static void reinstall(void)
{
    bool absent = !compat_thread_state()->c_profilefunc;
    if (absent || !COMPAT_HAS_MONITORING)
        put_back();
    if (absent)
        close_ended_frames();
    if (compat_thread_state()->c_profilefunc == hook())
        displacement_end();
}

static bool displaced(void)
{
    Py_tracefunc current = compat_thread_state()->c_profilefunc;
    return current && current != hook();
}

#if COMPAT_HAS_MONITORING

static void watch_foreign_threads(void)
{
}

#else

/* A thread whose hook the program has just taken out gets it back by reinstall. */
static void adopt(PyThreadState *state)
{
    if (!displaced_at && recorder_is_at_home())
        compat_set_hook(state, hook());
}

static void watch_foreign_threads(void)
{
    foreign_threads_watch(adopt);
}

#endif

static enum pyperf_status install(struct pyperf_error *error)
{
    (void)error;
    if (recorder.options.main_thread) {
        cover_this_thread();
        return PYPERF_OK;
    }
    watch_thread_starts();
    watch_foreign_threads();
    cover_all_threads();
    return PYPERF_OK;
}

#if !COMPAT_HAS_MONITORING

static void resume(void)
{
    compat_set_hook(compat_thread_state(), hook());
    if (!recorder.options.main_thread)
        watch_foreign_threads();
}

#endif

const struct engine engine_setprofile = {
    .name = "setprofile",
    .install = install,
    .remove = remove_hook,
#if !COMPAT_HAS_MONITORING /* there the program's own hooks would hear of it */
    .pause = remove_hook,
    .resume = resume,
#endif
    .displacing = displacing,
    .displaced = displaced,
    .reinstall = reinstall,
};
