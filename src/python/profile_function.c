/* SPDX-License-Identifier: MIT */
#include "python/compat.h"

#include "python/profile_function.h"

#include <sys/syscall.h>
#include <unistd.h>

#include "python/displacement.h"
#include "python/engines/engine.h"
#include "python/method_patch.h"
#include "python/recorder.h"

/* What installs profile functions in Python, and the hook that it installs for each of them,
 * whose argument is that function. */
static struct {
    struct method_patch setprofile;
    struct method_patch of_all_threads; /* 3.12 brought it */
    Py_tracefunc trampoline;
} watched;

/* One of them is changing the calling thread's hook. */
static __thread bool changing;

/* Stands in for the trampoline until the first event. Where that is the end of a C call, the
 * call began before the function was installed. */
static int swallow_end(PyObject *function, PyFrameObject *frame, int what, PyObject *argument)
{
    compat_thread_state()->c_profilefunc = watched.trampoline;
    if (what == PyTrace_C_RETURN || what == PyTrace_C_EXCEPTION)
        return 0;
    return watched.trampoline(function, frame, what, argument);
}

/* Asked before a profile function is installed: is it because of us, and of nobody else, that
 * the ends of C calls are reported just now? */
static bool only_we_watch(void)
{
    const struct engine *engine = recorder.engine;
    if (engine->displaced)
        return !engine->displaced();
    return recorder.options.builtins && engine->others_watch_calls &&
           !compat_thread_state()->c_profilefunc && !engine->others_watch_calls();
}

static void swallow_first_end(PyThreadState *state)
{
    if (!state->c_profilefunc || state->c_profilefunc == swallow_end)
        return;
    watched.trampoline = state->c_profilefunc;
    state->c_profilefunc = swallow_end;
}

/* The call of sys.setprofile is on our stack, and its return will be kept from us. */
static void leave_call(void)
{
    struct writer_thread *thread = recorder_thread();
    if (!thread || !recorder.options.builtins)
        return;
    const struct recording_frame *top = writer_top(thread);
    if (top->site & RECORDING_SITE_BUILTIN)
        writer_leave(thread, top->identity, RECORDING_SITE_BUILTIN);
}

/* Another profiler's hook is in the place of ours, such as cProfile's, or none is. */
static void look_after_hook(void)
{
    if (!recorder_is_at_home() || !recorder.engine->reinstall)
        return;
    if (recorder.engine->displaced())
        displacement_begin();
    else
        recorder.engine->reinstall();
}

static int look_when_safe(void *unused)
{
    (void)unused;
    look_after_hook();
    return 0;
}

#if COMPAT_HAS_MONITORING

static void look_at_next_event(void)
{
}

#else

/* The trace function that a thread has, while ours stands before it. */
static __thread Py_tracefunc traced_by;

static int look_once(PyObject *argument, PyFrameObject *frame, int what, PyObject *value)
{
    Py_tracefunc next = traced_by;
    compat_set_trace(compat_thread_state(), next);
    traced_by = NULL;
    look_after_hook();
    return next ? next(argument, frame, what, value) : 0;
}

/* Only the main thread runs pending calls. In another one, a trace function of ours is called
 * at its next line (3.8 and 3.9: call or return), once. */
static void look_at_next_event(void)
{
    PyThreadState *state = compat_thread_state();
    if (state->c_tracefunc == look_once)
        return;
    traced_by = state->c_tracefunc;
    compat_set_trace(state, look_once);
}

#endif

static bool is_main_thread(void)
{
    return syscall(SYS_gettid) == getpid();
}

void profile_function_changing(void)
{
    if (!recorder_is_at_home() || !recorder.engine->reinstall)
        return;
    recorder.engine->displacing();
    displacement_note_place();
    if (changing)
        return;
    if (is_main_thread() && compat_takes_pending_calls())
        Py_AddPendingCall(look_when_safe, NULL);
    else
        look_at_next_event();
}

/* `ours`: there was no hook but ours before. */
static void after_change(bool ours, bool installed)
{
    const struct engine *engine = recorder.engine;
    if (installed && ours)
        swallow_first_end(compat_thread_state());
    if (!engine->reinstall)
        return;
    if (!installed) {
        engine->reinstall();
    } else if (ours && engine->displaced()) {
        displacement_begin();
        leave_call();
    }
}

static PyObject *change(const struct method_patch *patch, PyObject *module, PyObject *function)
{
    PyThreadState *state = compat_thread_state();
    if (state->c_profilefunc == swallow_end)
        state->c_profilefunc = watched.trampoline;
    bool ours = only_we_watch();
    changing = true;
    PyObject *result = patch->original(module, function);
    changing = false;
    if (result && recorder.recording)
        after_change(ours, function != Py_None);
    return result;
}

/* Called in place of sys.setprofile. */
static PyObject *set_profile(PyObject *module, PyObject *function)
{
    if (!recorder_is_at_home())
        return watched.setprofile.original(module, function);
    return change(&watched.setprofile, module, function);
}

/* Called in place of sys._setprofileallthreads. Other threads may be in a C call just now, too.
 */
static PyObject *set_profile_of_all(PyObject *module, PyObject *function)
{
    if (!recorder_is_at_home())
        return watched.of_all_threads.original(module, function);
    bool ours = only_we_watch();
    PyObject *result = change(&watched.of_all_threads, module, function);
    if (!result || !ours || function == Py_None)
        return result;
    for (PyThreadState *state = PyInterpreterState_ThreadHead(recorder.interpreter); state;
         state = PyThreadState_Next(state))
        swallow_first_end(state);
    return result;
}

void profile_function_watch(void)
{
    method_patch_apply(&watched.setprofile, PySys_GetObject("setprofile"), METH_O, set_profile);
    method_patch_apply(&watched.of_all_threads, PySys_GetObject("_setprofileallthreads"),
                       METH_O, set_profile_of_all);
    if (recorder.engine->reinstall && recorder.engine->displaced())
        displacement_begin();
}
