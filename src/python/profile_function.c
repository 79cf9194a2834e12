/* SPDX-License-Identifier: MIT */
#include "python/compat.h"

#include "python/profile_function.h"

#include "python/engines/engine.h"
#include "python/method_patch.h"
#include "python/recorder.h"

/* sys.setprofile, and the hook that it installs for every profile function in Python, whose
 * argument is that function. */
static struct {
    struct method_patch setprofile;
    Py_tracefunc trampoline;
} watched;

/* Stands in for the trampoline until the first event. */
static int swallow_return(PyObject *function, PyFrameObject *frame, int what,
                          PyObject *argument)
{
    compat_thread_state()->c_profilefunc = watched.trampoline;
    if (what == PyTrace_C_RETURN && PyCFunction_Check(argument) &&
        ((PyCFunctionObject *)argument)->m_ml == watched.setprofile.definition)
        return 0;
    return watched.trampoline(function, frame, what, argument);
}

/* The call of sys.setprofile is on our stack, and its return will be kept from us. */
static void leave_call(void)
{
    struct writer_thread *thread = recorder_thread();
    if (!thread)
        return;
    const struct recording_frame *top = writer_top(thread);
    if (top->site & RECORDING_SITE_BUILTIN)
        writer_leave(thread, top->identity, RECORDING_SITE_BUILTIN);
}

static void after_installing(Py_tracefunc before)
{
    PyThreadState *state = compat_thread_state();
    bool traced = recorder.options.builtins || recorder.engine->reinstall;
    if (!traced || !state->c_profilefunc || state->c_profilefunc == before)
        return;
    watched.trampoline = state->c_profilefunc;
    state->c_profilefunc = swallow_return;
    if (recorder.engine->reinstall) {
        recorder.writer.header->displaced++;
        if (recorder.options.builtins)
            leave_call();
    }
}

/* Runs at the interpreter's next safe point after a hook was changed: by then either another
 * profiler's is in place, such as cProfile's, or none is. */
static int look_after_hook(void *unused)
{
    (void)unused;
    if (!recorder_is_at_home() || !recorder.engine->reinstall)
        return 0;
    Py_tracefunc current = compat_thread_state()->c_profilefunc;
    if (!recorder.engine->displaced())
        recorder.engine->reinstall();
    else if (current != watched.trampoline && current != swallow_return)
        recorder.writer.header->displaced++;
    return 0;
}

void profile_function_changing(void)
{
    if (!recorder_is_at_home() || !recorder.engine->reinstall)
        return;
    recorder.engine->displacing();
    Py_AddPendingCall(look_after_hook, NULL);
}

/* Called in place of sys.setprofile. */
static PyObject *set_profile(PyObject *module, PyObject *function)
{
    if (!recorder_is_at_home())
        return watched.setprofile.original(module, function);
    Py_tracefunc before = compat_thread_state()->c_profilefunc;
    if (before == swallow_return)
        before = compat_thread_state()->c_profilefunc = watched.trampoline;
    PyObject *result = watched.setprofile.original(module, function);
    if (!result || !recorder.recording)
        return result;
    if (function != Py_None)
        after_installing(before);
    else if (recorder.engine->reinstall)
        recorder.engine->reinstall();
    return result;
}

void profile_function_watch(void)
{
    method_patch_apply(&watched.setprofile, PySys_GetObject("setprofile"), METH_O, set_profile);
}
