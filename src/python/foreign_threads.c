/* SPDX-License-Identifier: MIT */
#include "python/foreign_threads.h"

#if !COMPAT_HAS_MONITORING

static void (*adopt_state)(PyThreadState *state);

static inline void look_at(PyThreadState *state)
{
    if (__builtin_expect(!state->c_profilefunc, 0) && adopt_state)
        adopt_state(state);
}

#if COMPAT_FRAMES_GO_THROUGH_A_POINTER

static COMPAT_EVALUATE_FRAME(evaluate)
{
    look_at(COMPAT_EVALUATED_STATE);
    return COMPAT_EVALUATE_BY(_PyEval_EvalFrameDefault);
}

/* Where another has taken the place (a debugger, a compiler), it keeps it. */
void foreign_threads_watch(void (*adopt)(PyThreadState *state))
{
    PyInterpreterState *interpreter = compat_thread_state()->interp;
    if (compat_frame_evaluation(interpreter) != _PyEval_EvalFrameDefault)
        return;
    adopt_state = adopt;
    compat_set_frame_evaluation(interpreter, evaluate);
}

void foreign_threads_ignore(void)
{
    PyInterpreterState *interpreter = compat_thread_state()->interp;
    adopt_state = NULL;
    if (compat_frame_evaluation(interpreter) == evaluate)
        compat_set_frame_evaluation(interpreter, _PyEval_EvalFrameDefault);
}

#else

/* What was there before does all the work. */
static PyObjectArenaAllocator arenas;

/* Objects need a new arena now and then as well: those threads have their hook. */
static void *allocate(void *context, size_t size)
{
    PyThreadState *state = compat_thread_state();
    if (state)
        look_at(state);
    return arenas.alloc(context, size);
}

void foreign_threads_watch(void (*adopt)(PyThreadState *state))
{
    adopt_state = adopt;
    if (arenas.alloc)
        return;
    PyObject_GetArenaAllocator(&arenas);
    PyObjectArenaAllocator ours = arenas;
    ours.alloc = allocate;
    PyObject_SetArenaAllocator(&ours);
}

/* The allocator stays: it does no harm. */
void foreign_threads_ignore(void)
{
    adopt_state = NULL;
}

#endif

#endif
