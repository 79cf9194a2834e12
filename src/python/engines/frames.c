/* PEP 523 (a function of our own that evaluates frames), CPython 3.11 alone and without
 * builtins: the interpreter's specialised instructions stay in use, which any profile hook
 * ends there.
 *
 * Every Python call becomes a C call, so deep recursion needs the C stack, which the
 * interpreter without the hook does not. In the lower half of a thread's stack the hook is
 * taken out for as long as the frame there runs: what that frame calls counts as its own.
 *
 * SPDX-License-Identifier: MIT */
#include "python/compat.h"

#if PY_VERSION_HEX >= 0x030B0000 && PY_VERSION_HEX < 0x030C0000

#include "python/engines/engine.h"

#include "python/c_stack.h"
#include "python/functions.h"
#include "python/heat.h"
#include "python/recorder.h"

typedef struct _PyInterpreterFrame interpreter_frame;

static PyObject *evaluate(PyThreadState *state, interpreter_frame *frame, int throwing);

/* What evaluates frames without us: the interpreter's own function, or that of somebody who
 * came before us. */
static _PyFrameEvalFunction previous = _PyEval_EvalFrameDefault;

/* Somebody who came after us calls us, or else did not want to: theirs stays. */
static void replace(PyInterpreterState *interpreter, _PyFrameEvalFunction present,
                    _PyFrameEvalFunction wanted)
{
    if (_PyInterpreterState_GetEvalFrameFunc(interpreter) == present)
        _PyInterpreterState_SetEvalFrameFunc(interpreter, wanted);
}

/* Calling a generator function evaluates its frame up to the creation of the generator. That
 * is no call of the function: other engines see none either. */
static bool creates_generator(const interpreter_frame *frame)
{
    return compat_code_is_resumable(frame->f_code) && frame->owner != FRAME_OWNED_BY_GENERATOR;
}

static enum writer_entry entry_of(const interpreter_frame *frame)
{
    const PyCodeObject *code = frame->f_code;
    return frame->owner == FRAME_OWNED_BY_GENERATOR &&
                   _PyInterpreterFrame_LASTI(frame) > code->_co_firsttraceable
               ? WRITER_RESUME
               : WRITER_START;
}

/* Meanwhile other threads' calls are not seen either. */
static PyObject *evaluate_without_hook(PyThreadState *state, interpreter_frame *frame,
                                       int throwing)
{
    recorder.writer.header->beyond_depth++;
    replace(state->interp, evaluate, previous);
    PyObject *result = previous(state, frame, throwing);
    if (recorder.recording)
        replace(state->interp, previous, evaluate);
    return result;
}

static PyObject *evaluate(PyThreadState *state, interpreter_frame *frame, int throwing)
{
    struct writer_thread *thread = recorder_thread();
    /* A frame that exceeds the recursion limit does not begin. */
    if (__builtin_expect(!thread, 0) || __builtin_expect(state->recursion_remaining <= 0, 0) ||
        __builtin_expect(creates_generator(frame), 0))
        return previous(state, frame, throwing);
    uint64_t identity = (uint64_t)(uintptr_t)frame;
    enum writer_entry entry = entry_of(frame);
    if (!writer_enter(thread, (uint64_t)(uintptr_t)frame->f_code, entry, identity, 0))
        functions_enter_code(thread, frame->f_code, entry, identity);
    PyObject *result = c_stack_is_deep() ? evaluate_without_hook(state, frame, throwing)
                                         : previous(state, frame, throwing);
    thread = recorder_thread();
    if (__builtin_expect(thread != NULL, 1))
        writer_leave(thread, identity, 0);
    if (__builtin_expect(recorder.options.hot != 0, 0))
        heat_look();
    return result;
}

static PyObject *evaluate_only(PyThreadState *state, interpreter_frame *frame, int throwing)
{
    return previous(state, frame, throwing);
}

static _PyFrameEvalFunction hook(void)
{
    return recorder.options.engine == RECORD_ENGINE_EMPTY ? evaluate_only : evaluate;
}

static enum pyperf_status install(struct pyperf_error *error)
{
    (void)error;
    PyInterpreterState *interpreter = compat_thread_state()->interp;
    previous = _PyInterpreterState_GetEvalFrameFunc(interpreter);
    _PyInterpreterState_SetEvalFrameFunc(interpreter, hook());
    return PYPERF_OK;
}

static void remove_hook(void)
{
    replace(compat_thread_state()->interp, hook(), previous);
}

static void add_hook(void)
{
    replace(compat_thread_state()->interp, previous, hook());
}

const struct engine engine_frames = {
    .name = "frames",
    .install = install,
    .remove = remove_hook,
    .pause = remove_hook,
    .resume = add_hook,
};

#endif
