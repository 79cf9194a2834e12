/* SPDX-License-Identifier: MIT */
#include "python/calibration.h"

#include <stdlib.h>
#include <string.h>

#include "python/calibration_subjects.h"

enum {
    /* Calls of a subject's function in a round. They take some ten microseconds: short, so that
     * a machine whose speed changes has the same in the rounds that are compared. */
    REPETITIONS = 32,
    PASSES = 11,    /* of a round for each subject without the engine, and one with it */
    WARM_UP = 20,   /* calls, until the interpreter has specialised what it will */
    WARM_AGAIN = 8, /* the same where it did so before the engine came or went */
};

/* What a round took and left in the scratch recording. Per call of the subject's function. */
struct round {
    double ticks;
    double entries;    /* of the callee's node */
    double inside;     /* ticks of those */
    double unrecorded; /* events of that kind */
};

struct calibration {
    const struct engine *engine;
    enum clock_kind clock;
    bool in_turn; /* the engine can be set aside, and no other thread would miss it */
    struct subject subjects[SUBJECT_COUNT];
    double without[PASSES][SUBJECT_COUNT]; /* ticks of a call of the subject's function */
    struct round with[PASSES][SUBJECT_COUNT];
};

/* ---- Exceptions ---- */

static int raise_again(void *value)
{
    PyErr_SetObject((PyObject *)Py_TYPE(value), value);
    Py_DECREF((PyObject *)value);
    return -1;
}

static bool is_our_own_failure(void)
{
    return PyErr_ExceptionMatches(PyExc_MemoryError) ||
           PyErr_ExceptionMatches(PyExc_RecursionError);
}

void calibration_pass_on_error(void)
{
    if (!PyErr_Occurred())
        return;
    PyObject *value = is_our_own_failure() ? NULL : compat_take_exception();
    if (value && Py_AddPendingCall(raise_again, value) != 0)
        Py_DECREF(value);
    PyErr_Clear();
}

/* ---- Rounds ---- */

static bool call(const struct subject *subject, int times)
{
    for (int i = 0; i < times; i++) {
        PyObject *result =
            PyObject_CallFunctionObjArgs(subject->function, subject->argument, NULL);
        if (!result)
            return false;
        Py_DECREF(result);
    }
    return true;
}

/* Ticks of a call of the subject's function, on average over a round; negative: it failed. */
static double time_round(const struct calibration *calibration, const struct subject *subject)
{
    uint64_t began = clock_read(calibration->clock);
    if (!call(subject, REPETITIONS))
        return -1;
    return (double)(clock_read(calibration->clock) - began) / REPETITIONS;
}

static int warm_up(int pass)
{
    return pass == 0 ? WARM_UP : WARM_AGAIN;
}

static bool measure_without(struct calibration *calibration, int pass)
{
    for (int kind = 0; kind < SUBJECT_COUNT; kind++) {
        const struct subject *subject = &calibration->subjects[kind];
        if (!call(subject, warm_up(pass)))
            return false;
        calibration->without[pass][kind] = time_round(calibration, subject);
        if (calibration->without[pass][kind] < 0)
            return false;
    }
    return true;
}

/* The newest node of what is known by `key`, below `parent` if that is not NULL. */
static const struct recording_node *find_node(const struct writer_thread *scratch, uint64_t key,
                                              const struct recording_node *parent)
{
    uint32_t function = key ? writer_function_of_key(scratch->writer, key) : RECORDING_NONE;
    if (function == RECORDING_NONE)
        return NULL;
    uint32_t node = scratch->functions[function].newest_node;
    while (node != RECORDING_NONE && parent &&
           scratch->nodes[node].parent != (uint32_t)(parent - scratch->nodes))
        node = scratch->nodes[node].next_of_function;
    return node == RECORDING_NONE ? NULL : &scratch->nodes[node];
}

/* The nodes that a subject's function and what it calls have in the scratch recording; NULL
 * where the engine does not record them. */
struct traces {
    const struct recording_node *function;
    const struct recording_node *callee;
};

static struct traces find_traces(const struct writer_thread *scratch,
                                 const struct subject *subject)
{
    struct traces traces = {find_node(scratch, subject_key(subject), NULL), NULL};
    if (traces.function)
        traces.callee = find_node(scratch, subject->callee_key, traces.function);
    return traces;
}

static struct round totals(const struct traces *traces)
{
    struct round totals = {.unrecorded = (double)traces->function->unrecorded};
    if (traces->callee) {
        totals.entries = (double)(traces->callee->calls + traces->callee->resumes);
        totals.inside = (double)traces->callee->inclusive;
    }
    return totals;
}

static bool measure_with(struct calibration *calibration, const struct writer_thread *scratch,
                         int pass)
{
    for (int kind = 0; kind < SUBJECT_COUNT; kind++) {
        const struct subject *subject = &calibration->subjects[kind];
        if (!call(subject, warm_up(pass)))
            return false;
        struct traces traces = find_traces(scratch, subject);
        if (!traces.function)
            return false;
        struct round before = totals(&traces);
        double ticks = time_round(calibration, subject);
        if (ticks < 0)
            return false;
        struct round after = totals(&traces);
        calibration->with[pass][kind] = (struct round){
            .ticks = ticks,
            .entries = (after.entries - before.entries) / REPETITIONS,
            .inside = (after.inside - before.inside) / REPETITIONS,
            .unrecorded = (after.unrecorded - before.unrecorded) / REPETITIONS,
        };
    }
    return true;
}

static bool measure_passes(struct calibration *calibration, const struct writer_thread *scratch)
{
    for (int pass = 0; pass < PASSES; pass++) {
        if (calibration->in_turn) {
            calibration->engine->pause();
            bool done = measure_without(calibration, pass);
            calibration->engine->resume();
            if (!done)
                return false;
        }
        if (!measure_with(calibration, scratch, pass))
            return false;
    }
    return true;
}

/* ---- From rounds to costs ---- */

enum { INSTANCE = RECORDING_COST_COUNT, COST_COUNT };

/* Of a call without the engine, half counts as the callee's: the other half is spent on
 * arguments and on coming back. `added`: ticks that an activation costs in all. */
static struct recording_cost split(double added, double recorded, double without)
{
    struct recording_cost cost = {0, 0};
    if (added <= 0)
        return cost;
    cost.inside = recorded - without / 2;
    if (cost.inside < 0)
        cost.inside = 0;
    if (cost.inside > added)
        cost.inside = added;
    cost.outside = added - cost.inside;
    return cost;
}

static double added(const struct calibration *calibration, int pass, int kind)
{
    return calibration->with[pass][kind].ticks - calibration->without[pass][kind];
}

/* The cost of what a subject calls, in one pass. `activations`: in a call of its function. */
static struct recording_cost cost_of(const struct calibration *calibration, int pass, int kind,
                                     double ticks, double activations)
{
    const struct round *round = &calibration->with[pass][kind];
    if (round->entries <= 0)
        return (struct recording_cost){0, 0};
    return split(ticks / activations, round->inside / round->entries,
                 calibration->without[pass][kind] / activations);
}

static void solve(const struct calibration *calibration, int pass,
                  struct recording_cost costs[COST_COUNT])
{
    const struct round *with = calibration->with[pass];
    /* A call of the subject for classes costs one activation and some unrecorded events; one of
     * the subject for calls costs one activation more than it makes calls, and such events as
     * well: two equations. */
    double calls = added(calibration, pass, SUBJECT_CALL), call = calls / (SUBJECT_EVENTS + 1);
    double unrecorded = 0;
    if (with[SUBJECT_CLASS].unrecorded > 0) {
        double classes = added(calibration, pass, SUBJECT_CLASS);
        double share = with[SUBJECT_CALL].unrecorded / with[SUBJECT_CLASS].unrecorded;
        call = (calls - share * classes) / (SUBJECT_EVENTS + 1 - share);
        unrecorded = (classes - call) / with[SUBJECT_CLASS].unrecorded;
    }
    double rest[SUBJECT_COUNT]; /* without what a subject's own call costs, and such events */
    for (int kind = 0; kind < SUBJECT_COUNT; kind++)
        rest[kind] = added(calibration, pass, kind) - call - with[kind].unrecorded * unrecorded;
    costs[RECORDING_COST_UNRECORDED] = (struct recording_cost){.outside = unrecorded};
    costs[RECORDING_COST_CALL] =
        cost_of(calibration, pass, SUBJECT_CALL, SUBJECT_EVENTS * call, SUBJECT_EVENTS);
    costs[RECORDING_COST_RESUME] =
        cost_of(calibration, pass, SUBJECT_RESUME, rest[SUBJECT_RESUME], SUBJECT_EVENTS + 1);
    costs[RECORDING_COST_BUILTIN] =
        cost_of(calibration, pass, SUBJECT_BUILTIN, rest[SUBJECT_BUILTIN], SUBJECT_EVENTS);
    costs[RECORDING_COST_METHOD] =
        cost_of(calibration, pass, SUBJECT_METHOD, rest[SUBJECT_METHOD], SUBJECT_EVENTS);
    costs[INSTANCE] =
        (struct recording_cost){.outside = rest[SUBJECT_INSTANCE] / SUBJECT_EVENTS - call};
}

static int compare_numbers(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* The middle one: the least is less than a program ever pays, the largest was disturbed. */
static double middle(double values[PASSES])
{
    qsort(values, PASSES, sizeof *values, compare_numbers);
    return values[PASSES / 2] > 0 ? values[PASSES / 2] : 0;
}

static void find_costs(const struct calibration *calibration,
                       struct recording_cost costs[COST_COUNT])
{
    struct recording_cost of_pass[PASSES][COST_COUNT];
    double inside[PASSES], outside[PASSES];
    for (int pass = 0; pass < PASSES; pass++)
        solve(calibration, pass, of_pass[pass]);
    for (int kind = 0; kind < COST_COUNT; kind++) {
        for (int pass = 0; pass < PASSES; pass++) {
            inside[pass] = of_pass[pass][kind].inside;
            outside[pass] = of_pass[pass][kind].outside;
        }
        costs[kind] = (struct recording_cost){middle(inside), middle(outside)};
    }
}

void calibration_measure(struct calibration *calibration, struct writer_thread *scratch,
                         struct recording_cost costs[RECORDING_COST_COUNT],
                         struct instance_cost *instance)
{
    struct recording_cost found[COST_COUNT];
    if (!measure_passes(calibration, scratch)) {
        calibration_pass_on_error(); /* no costs are better than some: each is worked out from
                                        others */
        return;
    }
    find_costs(calibration, found);
    memcpy(costs, found, RECORDING_COST_COUNT * sizeof *costs);
    const PyTypeObject *class =
        (const PyTypeObject *)calibration->subjects[SUBJECT_INSTANCE].argument;
    *instance = (struct instance_cost){class->tp_init, (uint64_t)found[INSTANCE].outside};
}

/* ---- The whole ---- */

bool calibration_is_watched(void)
{
    const PyThreadState *state = compat_thread_state();
    return state->c_tracefunc || state->c_profilefunc || compat_is_monitored();
}

static bool is_only_thread(void)
{
    PyThreadState *first = PyInterpreterState_ThreadHead(compat_thread_state()->interp);
    return first && !PyThreadState_Next(first);
}

static bool prepare(struct calibration *calibration)
{
    if (!subjects_create(calibration->subjects))
        return false;
    for (int pass = 0; pass < PASSES && !calibration->in_turn; pass++)
        if (!measure_without(calibration, pass))
            return false;
    return true;
}

void calibration_precede(void)
{
    struct compat_exception saved = compat_save_exception();
    subjects_compile();
    PyErr_Clear();
    compat_restore_exception(saved);
}

struct calibration *calibration_begin(const struct engine *engine, enum clock_kind clock)
{
    struct calibration *calibration =
        calibration_is_watched() ? NULL : calloc(1, sizeof *calibration);
    if (!calibration)
        return NULL;
    calibration->engine = engine;
    calibration->clock = clock;
    calibration->in_turn = engine->pause && is_only_thread();
    if (prepare(calibration))
        return calibration;
    calibration_pass_on_error();
    calibration_free(calibration);
    return NULL;
}

void calibration_free(struct calibration *calibration)
{
    if (!calibration)
        return;
    subjects_release(calibration->subjects);
    free(calibration);
}
