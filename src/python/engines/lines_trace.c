/* Lines by a trace function, up to 3.11: it is in place while a chosen frame is evaluated, and
 * taken out while such a frame calls others.
 *
 * A trace function slows down each frame that it is there for, also one whose events it does
 * not want: up to 3.10 the interpreter then looks at every instruction, in 3.11 it leaves its
 * specialised ones. So a function of ours evaluates each frame (PEP 523), and there the trace
 * function comes and goes. Up to 3.10 the interpreter evaluates each frame by way of a pointer
 * anyway; in 3.11 every Python call becomes a C call, as in frames.c, and in the lower half of
 * a thread's C stack both are taken out for as long as the frame there runs.
 *
 * The program's own trace function, a debugger's perhaps, has the same place: where it has it,
 * no lines are recorded.
 *
 * SPDX-License-Identifier: MIT */
#include "python/compat.h"

#include "python/engines/line_engine.h"

#if !COMPAT_HAS_MONITORING

#include "python/c_stack.h"
#include "python/displacement.h"
#include "python/greenlets.h"
#include "python/lines.h"

static uint64_t identity_of(const PyFrameObject *frame)
{
    return (uint64_t)(uintptr_t)frame;
}

/* ---- The trace function ---- */

/* The code of a frame that is not chosen has none of ours, but may still be traced: a greenlet
 * was switched to while another's frame was. */
static const struct lines_of_code *chosen_code_of(PyFrameObject *frame)
{
    const struct lines_of_code *known = lines_known(compat_frame_code(frame));
    return known && known->entry ? known : NULL;
}

static void on_call(struct line_thread *lines, PyFrameObject *frame)
{
    PyCodeObject *code = compat_frame_code(frame);
    const struct lines_of_code *known = chosen_code_of(frame);
    if (!known)
        return;
    greenlets_look();
    bool entered = compat_code_is_resumable(code) && compat_frame_is_resumed(frame, code)
                       ? line_resume(lines, known->entry, identity_of(frame),
                                     lines_line_at(known, compat_frame_unit(frame)))
                       : line_enter(lines, known->entry, identity_of(frame));
    if (!entered)
        line_thread_lose(lines);
}

static void on_line(struct line_thread *lines, PyFrameObject *frame)
{
    uint32_t number = compat_traced_line(frame);
    if (line_begin(lines, identity_of(frame), number))
        return;
    const struct lines_of_code *known = chosen_code_of(frame);
    if (known)
        lines_begin_elsewhere(lines, known, identity_of(frame), number);
}

static int on_event(PyObject *unused, PyFrameObject *frame, int what, PyObject *argument)
{
    struct line_thread *lines = lines_thread();
    (void)unused, (void)argument;
    if (__builtin_expect(!lines, 0))
        return 0;
    switch (what) {
    case PyTrace_LINE:
        on_line(lines, frame);
        break;
    case PyTrace_CALL:
        on_call(lines, frame);
        break;
    case PyTrace_RETURN:
        if (!line_leave(lines, identity_of(frame)))
            lines_leave_elsewhere(lines, identity_of(frame));
        break;
    default:
        break;
    }
    return 0;
}

/* ---- Evaluating frames ---- */

/* What evaluates frames without us: the interpreter's own function, or that of somebody who
 * came before us. */
static _PyFrameEvalFunction previous = _PyEval_EvalFrameDefault;

static COMPAT_EVALUATE_FRAME(evaluate);

/* Somebody who came after us calls us, or else did not want to: theirs stays. */
static void replace(PyInterpreterState *interpreter, _PyFrameEvalFunction present,
                    _PyFrameEvalFunction wanted)
{
    if (compat_frame_evaluation(interpreter) == present)
        compat_set_frame_evaluation(interpreter, wanted);
}

/* The program's own trace function has come, or gone. */
static void note_displacement(bool displaced)
{
    struct line_thread *lines = lines_thread();
    if (!lines || displaced == (lines->shared->displaced_since != 0))
        return;
    if (displaced) {
        displacement_note_place();
        displacement_begin();
    } else {
        displacement_end();
    }
}

/* Puts the trace function in, or takes it out, if `before` is what was there. */
static inline void exchange(PyThreadState *state, Py_tracefunc before, Py_tracefunc wanted)
{
    if (state->c_tracefunc == before)
        compat_trace_frames(state, wanted);
}

/* Meanwhile other threads' frames are not seen either. */
static __attribute__((noinline)) COMPAT_EVALUATE_FRAME(evaluate_deeply)
{
    PyThreadState *current = COMPAT_EVALUATED_STATE;
    Py_tracefunc tracer = current->c_tracefunc;
    if (!recorder.recording)
        return COMPAT_EVALUATE_BY(previous);
    recorder.writer.header->beyond_depth++;
    replace(current->interp, evaluate, previous);
    if (tracer == on_event)
        compat_trace_frames(current, NULL);
    PyObject *result = COMPAT_EVALUATE_BY(previous);
    if (tracer == on_event)
        exchange(current, NULL, on_event);
    if (recorder.recording)
        replace(current->interp, previous, evaluate);
    return result;
}

static __attribute__((noinline)) COMPAT_EVALUATE_FRAME(evaluate_chosen)
{
    PyThreadState *current = COMPAT_EVALUATED_STATE;
    Py_tracefunc tracer = current->c_tracefunc;
    note_displacement(tracer && tracer != on_event);
    if (tracer)
        return COMPAT_EVALUATE_BY(previous);
    exchange(current, NULL, on_event);
    PyObject *result = COMPAT_EVALUATE_BY(previous);
    exchange(current, on_event, NULL);
    return result;
}

static __attribute__((noinline)) COMPAT_EVALUATE_FRAME(evaluate_untraced)
{
    PyThreadState *current = COMPAT_EVALUATED_STATE;
    compat_trace_frames(current, NULL);
    PyObject *result = COMPAT_EVALUATE_BY(previous);
    exchange(current, NULL, on_event);
    return result;
}

static COMPAT_EVALUATE_FRAME(evaluate)
{
    const struct lines_of_code *known = lines_known(frame->f_code);
    if (__builtin_expect(!known, 0))
        known = lines_look(frame->f_code, frame->f_globals);
    if (!COMPAT_FRAMES_GO_THROUGH_A_POINTER && c_stack_is_deep())
        return COMPAT_EVALUATE_BY(evaluate_deeply);
    if (__builtin_expect(lines_wanted(known), 0))
        return COMPAT_EVALUATE_BY(evaluate_chosen);
    if (__builtin_expect(COMPAT_EVALUATED_STATE->c_tracefunc == on_event, 0))
        return COMPAT_EVALUATE_BY(evaluate_untraced);
    return COMPAT_EVALUATE_BY(previous);
}

/* ---- The engine ---- */

/* Frames that are traced just now are so no longer. */
static void remove_hook(void)
{
    PyThreadState *state = compat_thread_state();
    replace(state->interp, evaluate, previous);
    if (state->c_tracefunc == on_event)
        compat_trace_frames(state, NULL);
}

/* The innermost frame of the stack that is there now may be chosen, and that of the one before
 * not, or the other way round. */
static void switched(void)
{
    PyThreadState *state = compat_thread_state();
    PyFrameObject *frame = compat_outer_frame(NULL);
    if (frame && chosen_code_of(frame))
        exchange(state, NULL, on_event);
    else
        exchange(state, on_event, NULL);
}

static enum pyperf_status install(struct pyperf_error *error)
{
    (void)error;
    PyInterpreterState *interpreter = compat_thread_state()->interp;
    previous = compat_frame_evaluation(interpreter);
    compat_set_frame_evaluation(interpreter, evaluate);
    return PYPERF_OK;
}

/* What is known of a code object is all that the hook needs. */
static void watch(PyCodeObject *code, struct lines_of_code *known)
{
    (void)code, (void)known;
}

const struct line_engine line_engine = {
    .name = "trace",
    .install = install,
    .remove = remove_hook,
    .watch = watch,
    .switched = switched,
};

#endif
