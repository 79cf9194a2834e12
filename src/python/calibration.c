/* SPDX-License-Identifier: MIT */
#include "python/calibration.h"

#include <stdlib.h>
#include <string.h>

enum {
    EVENTS = 20, /* calls, one after the other without a loop, in a function measured */
    /* Calls of that function in a round: 3.11 tries anew to specialise a call about every 60th
     * time that a hook keeps it from using what it has. */
    REPETITIONS = 64,
    ROUNDS = 9,
    WARM_UP = 20, /* calls, until the interpreter has specialised what it will */
    SOURCE_SIZE = 8192,
};

/* One function to measure: its argument, and the statement that it repeats. */
struct subject {
    const char *name;
    const char *statement;
    PyObject *function;
    PyObject *argument;
    double without; /* ticks of a call of `function` without the engine */
};

enum { CALL, RESUME, BUILTIN, METHOD, CLASS, SUBJECT_COUNT };

struct calibration {
    PyObject *globals;
    enum clock_kind clock;
    struct subject subjects[SUBJECT_COUNT];
};

/* ---- The functions to measure ---- */

static size_t add(char *source, size_t length, const char *text)
{
    size_t size = strlen(text);
    if (length + size >= SOURCE_SIZE)
        return length;
    memcpy(source + length, text, size + 1);
    return length + size;
}

static void compose(const struct subject *subjects, char *source)
{
    size_t length = add(source, 0, "def step(it):\n    return it + 1\n");
    length = add(source, length, "def generate():\n");
    for (int i = 0; i < EVENTS; i++)
        length = add(source, length, "    yield\n");
    for (int kind = 0; kind < SUBJECT_COUNT; kind++) {
        length = add(source, length, "def ");
        length = add(source, length, subjects[kind].name);
        length = add(source, length, "(it):\n");
        int repeat = kind == RESUME ? 1 : EVENTS;
        for (int i = 0; i < repeat; i++)
            length = add(source, length, subjects[kind].statement);
    }
}

static PyObject *compile_functions(const struct subject *subjects)
{
    char *source = malloc(SOURCE_SIZE);
    PyObject *globals = PyDict_New();
    PyObject *code = NULL;
    if (source && globals) {
        compose(subjects, source);
        code = Py_CompileStringExFlags(source, "<pyperf>", Py_file_input, NULL, 0);
    }
    free(source);
    PyObject *result = NULL;
    if (code && PyDict_SetItemString(globals, "__builtins__", PyEval_GetBuiltins()) == 0)
        result = PyEval_EvalCode(code, globals, globals);
    Py_XDECREF(code);
    if (!result)
        Py_CLEAR(globals);
    Py_XDECREF(result);
    return globals;
}

static bool find_functions(struct calibration *calibration)
{
    PyObject *globals = calibration->globals;
    struct subject *subjects = calibration->subjects;
    subjects[CALL].argument = compat_new_ref(PyDict_GetItemString(globals, "step"));
    subjects[RESUME].argument = compat_new_ref(PyDict_GetItemString(globals, "generate"));
    subjects[BUILTIN].argument =
        compat_new_ref(PyDict_GetItemString(PyEval_GetBuiltins(), "callable"));
    subjects[METHOD].argument = PyLong_FromLong(7);
    subjects[CLASS].argument = compat_new_ref((PyObject *)&PyBaseObject_Type);
    for (int kind = 0; kind < SUBJECT_COUNT; kind++) {
        struct subject *subject = &subjects[kind];
        subject->function = compat_new_ref(PyDict_GetItemString(globals, subject->name));
        if (!subject->function || !subject->argument)
            return false;
    }
    return true;
}

/* ---- Measuring ---- */

/* A Ctrl-C that comes just now is the program's: it is raised again when that runs. */
static void clear_error(void)
{
    if (PyErr_Occurred() && PyErr_ExceptionMatches(PyExc_KeyboardInterrupt))
        PyErr_SetInterrupt();
    PyErr_Clear();
}

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

/* A round, and what it left in the scratch recording. Per call of the subject's function. */
struct round {
    double ticks;
    double entries;    /* of the callee's node */
    double inside;     /* ticks of those */
    double unrecorded; /* events of that kind */
};

static int compare_rounds(const void *left, const void *right)
{
    const struct round *a = left, *b = right;
    return (a->ticks > b->ticks) - (a->ticks < b->ticks);
}

/* The middle one: the fastest is faster than a program ever is, the slowest was disturbed. */
static struct round middle_round(struct round rounds[ROUNDS])
{
    qsort(rounds, ROUNDS, sizeof *rounds, compare_rounds);
    return rounds[ROUNDS / 2];
}

static bool measure_without(struct calibration *calibration)
{
    struct round rounds[ROUNDS];
    for (int kind = 0; kind < SUBJECT_COUNT; kind++) {
        struct subject *subject = &calibration->subjects[kind];
        if (!call(subject, WARM_UP))
            return false;
        for (int i = 0; i < ROUNDS; i++) {
            rounds[i] = (struct round){.ticks = time_round(calibration, subject)};
            if (rounds[i].ticks < 0)
                return false;
        }
        subject->without = middle_round(rounds).ticks;
    }
    return true;
}

/* The nodes that a subject's function and what it calls have in the scratch recording; none
 * where the engine does not record them. */
struct traces {
    const struct recording_node *function;
    const struct recording_node *callee;
};

static struct traces find_traces(const struct writer_thread *scratch, uint32_t first)
{
    struct traces traces = {NULL, NULL};
    uint32_t count = scratch->writer->header->counts[RECORDING_NODES];
    if (first < count)
        traces.function = &scratch->nodes[first];
    for (uint32_t i = first + 1; i < count && !traces.callee; i++)
        if (scratch->nodes[i].parent == first)
            traces.callee = &scratch->nodes[i];
    return traces;
}

/* What a call of a subject's function costs under the engine. */
struct measured {
    double added;      /* ticks more than without the engine */
    double inside;     /* ticks of a callee's activation, as recorded */
    double unrecorded; /* events of that kind in a call of the function */
    bool recorded;     /* were the callees? */
};

static struct round totals(const struct traces *traces)
{
    struct round totals = {.unrecorded = (double)traces->function->unrecorded};
    if (traces->callee) {
        totals.entries = (double)(traces->callee->calls + traces->callee->resumes);
        totals.inside = (double)traces->callee->inclusive;
    }
    return totals;
}

static struct measured measure_with(const struct calibration *calibration,
                                    const struct subject *subject,
                                    const struct writer_thread *scratch)
{
    struct round rounds[ROUNDS];
    uint32_t first = scratch->writer->header->counts[RECORDING_NODES];
    if (!call(subject, WARM_UP))
        return (struct measured){0};
    struct traces traces = find_traces(scratch, first);
    if (!traces.function)
        return (struct measured){0};
    for (int i = 0; i < ROUNDS; i++) {
        struct round before = totals(&traces);
        double ticks = time_round(calibration, subject);
        if (ticks < 0)
            return (struct measured){0};
        struct round after = totals(&traces);
        rounds[i] = (struct round){
            .ticks = ticks,
            .entries = after.entries - before.entries,
            .inside = after.inside - before.inside,
            .unrecorded = (after.unrecorded - before.unrecorded) / REPETITIONS,
        };
    }
    struct round middle = middle_round(rounds);
    return (struct measured){
        .added = middle.ticks > subject->without ? middle.ticks - subject->without : 0,
        .inside = middle.entries > 0 ? middle.inside / middle.entries : 0,
        .unrecorded = middle.unrecorded,
        .recorded = middle.entries > 0,
    };
}

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

void calibration_measure(struct calibration *calibration, struct writer_thread *scratch,
                         struct recording_cost costs[RECORDING_COST_COUNT])
{
    struct measured measured[SUBJECT_COUNT];
    const struct subject *subjects = calibration->subjects;
    for (int kind = 0; kind < SUBJECT_COUNT; kind++) {
        measured[kind] = measure_with(calibration, &subjects[kind], scratch);
        if (PyErr_Occurred()) { /* none is better than some: each is worked out from others */
            clear_error();
            return;
        }
    }

    /* A call of the subject for classes costs one activation and some unrecorded events; one of
     * the subject for calls costs EVENTS + 1 activations and others: two equations. */
    double call_cost = measured[CALL].added / (EVENTS + 1), unrecorded_cost = 0;
    if (measured[CLASS].unrecorded > 0) {
        double share = measured[CALL].unrecorded / measured[CLASS].unrecorded;
        call_cost =
            (measured[CALL].added - share * measured[CLASS].added) / (EVENTS + 1 - share);
        unrecorded_cost = (measured[CLASS].added - call_cost) / measured[CLASS].unrecorded;
    }
    if (call_cost < 0 || unrecorded_cost < 0)
        return;
    costs[RECORDING_COST_UNRECORDED].outside = unrecorded_cost;
    costs[RECORDING_COST_CALL] =
        split(call_cost, measured[CALL].inside, subjects[CALL].without / EVENTS);
    static const struct {
        int subject;
        enum recording_cost_kind cost;
        int activations; /* in a call of the subject's function */
    } others[] = {
        {RESUME, RECORDING_COST_RESUME, EVENTS + 1},
        {BUILTIN, RECORDING_COST_BUILTIN, EVENTS},
        {METHOD, RECORDING_COST_METHOD, EVENTS},
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        const struct measured *of = &measured[others[i].subject];
        double added = of->added - call_cost - of->unrecorded * unrecorded_cost;
        if (of->recorded)
            costs[others[i].cost] =
                split(added / others[i].activations, of->inside,
                      subjects[others[i].subject].without / others[i].activations);
    }
}

/* Would somebody else's hook see the functions, and be measured besides? */
static bool is_watched(void)
{
    const PyThreadState *state = compat_thread_state();
    return state->c_tracefunc || state->c_profilefunc;
}

struct calibration *calibration_begin(enum clock_kind clock)
{
    if (is_watched())
        return NULL;
    struct calibration *calibration = calloc(1, sizeof *calibration);
    if (!calibration)
        return NULL;
    static const struct subject subjects[SUBJECT_COUNT] = {
        [CALL] = {.name = "calls", .statement = "    it(0)\n"},
        [RESUME] = {.name = "resumes", .statement = "    for _ in it(): pass\n"},
        [BUILTIN] = {.name = "builtins", .statement = "    it(0)\n"},
        [METHOD] = {.name = "methods", .statement = "    it.bit_length()\n"},
        [CLASS] = {.name = "classes", .statement = "    it()\n"},
    };
    memcpy(calibration->subjects, subjects, sizeof subjects);
    calibration->clock = clock;
    calibration->globals = compile_functions(subjects);
    if (calibration->globals && find_functions(calibration) && measure_without(calibration))
        return calibration;
    clear_error();
    calibration_free(calibration);
    return NULL;
}

void calibration_free(struct calibration *calibration)
{
    if (!calibration)
        return;
    for (int kind = 0; kind < SUBJECT_COUNT; kind++) {
        Py_XDECREF(calibration->subjects[kind].function);
        Py_XDECREF(calibration->subjects[kind].argument);
    }
    if (calibration->globals)
        PyDict_Clear(calibration->globals); /* the functions refer back to it */
    Py_XDECREF(calibration->globals);
    free(calibration);
}
