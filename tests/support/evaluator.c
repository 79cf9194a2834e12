/* Evaluates frames (PEP 523) as the interpreter does, and counts them: somebody who was there
 * before pyperf, for tests. It is loaded into interpreters of several versions, and so does
 * without their headers.
 *
 * SPDX-License-Identifier: MIT */

extern void *_PyEval_EvalFrameDefault(void *state, void *frame, int throwing);
extern void *PyInterpreterState_Get(void);
extern void _PyInterpreterState_SetEvalFrameFunc(void *interpreter,
                                                 void *(*evaluate)(void *, void *, int));

void evaluator_install(void);
long evaluator_count(void);

static long frames;

static void *evaluate(void *state, void *frame, int throwing)
{
    frames++;
    return _PyEval_EvalFrameDefault(state, frame, throwing);
}

void evaluator_install(void)
{
    _PyInterpreterState_SetEvalFrameFunc(PyInterpreterState_Get(), evaluate);
}

long evaluator_count(void)
{
    return frames;
}
