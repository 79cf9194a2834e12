/* SPDX-License-Identifier: MIT */
#include "python/compat.h"

#include "python/calibration_lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "python/calibration.h"
#include "python/lines.h"
#include "recording/line_codes.h"

enum {
    FEW_LINES = 8,
    MANY_LINES = 40,
    CALLS = 10, /* lines that call, in a function */
    SOURCE_SIZE = 2048,
    REPETITIONS =
        24, /* calls of a function in a round: some ten microseconds, as in calibration.c */
    PASSES = 11,
    WARM_UP = 12, /* calls, until the interpreter has specialised what it will */
};

enum subject_kind { FEW, MANY, CALLER, CALLEE, KIND_COUNT };

static const struct {
    const char *name;
    const char *line;
    int lines;
} sources[KIND_COUNT] = {
    [FEW] = {"few", "    a = it\n", FEW_LINES},
    [MANY] = {"many", "    a = it\n", MANY_LINES},
    [CALLER] = {"caller", "    it(0)\n", CALLS},
    [CALLEE] = {"callee", "    return it\n", 1},
};

/* What lines of a function have done so far, or in a round. */
struct totals {
    double hits, gross, callees;
};

struct line_calibration {
    enum clock_kind clock;
    PyObject *globals;               /* of the functions */
    PyObject *functions[KIND_COUNT]; /* borrowed from them */
    struct line_codes codes;
    const struct line_code *entries[KIND_COUNT];
    double without[PASSES][KIND_COUNT]; /* ticks of a call */
    double with[PASSES][KIND_COUNT];
    struct totals recorded[PASSES][KIND_COUNT]; /* in a round */
};

/* ---- Functions ---- */

static PyObject *compiled; /* by line_calibration_precede; NULL: not yet */

static void compile(void)
{
    char source[SOURCE_SIZE];
    size_t length = 0;
    if (compiled)
        return;
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        length += (size_t)snprintf(source + length, SOURCE_SIZE - length, "def %s(it):\n",
                                   sources[kind].name);
        for (int i = 0; i < sources[kind].lines; i++)
            length += (size_t)snprintf(source + length, SOURCE_SIZE - length, "%s",
                                       sources[kind].line);
    }
    compiled = Py_CompileStringExFlags(source, "<pyperf>", Py_file_input, NULL, 0);
}

void line_calibration_precede(void)
{
    struct compat_exception saved = compat_save_exception();
    compile();
    PyErr_Clear();
    compat_restore_exception(saved);
}

static bool define(struct line_calibration *calibration)
{
    compile();
    PyObject *globals = calibration->globals = PyDict_New();
    PyObject *result =
        compiled && globals &&
                PyDict_SetItemString(globals, "__builtins__", PyEval_GetBuiltins()) == 0
            ? PyEval_EvalCode(compiled, globals, globals)
            : NULL;
    Py_CLEAR(compiled);
    if (!result)
        return false;
    Py_DECREF(result);
    bool complete = true;
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        calibration->functions[kind] = PyDict_GetItemString(globals, sources[kind].name);
        complete = complete && calibration->functions[kind];
    }
    return complete;
}

/* ---- Rounds ---- */

static bool call(const struct line_calibration *calibration, int kind, int times)
{
    for (int i = 0; i < times; i++) {
        PyObject *result = PyObject_CallFunctionObjArgs(calibration->functions[kind],
                                                        calibration->functions[CALLEE], NULL);
        if (!result)
            return false;
        Py_DECREF(result);
    }
    return true;
}

/* Ticks of a call, on average over a round; negative: it failed. */
static double time_round(const struct line_calibration *calibration, int kind)
{
    uint64_t began = clock_read(calibration->clock);
    if (!call(calibration, kind, REPETITIONS))
        return -1;
    return (double)(clock_read(calibration->clock) - began) / REPETITIONS;
}

/* One round of each function, in each pass; `ticks`: of a call. */
static bool measure_pass(const struct line_calibration *calibration, double ticks[KIND_COUNT])
{
    for (int kind = 0; kind < CALLEE; kind++) {
        if (!call(calibration, kind, WARM_UP))
            return false;
        ticks[kind] = time_round(calibration, kind);
        if (ticks[kind] < 0)
            return false;
    }
    return true;
}

static struct totals totals_of(const struct line_calibration *calibration,
                               const struct writer_thread *scratch, int kind)
{
    const struct line_code *entry = calibration->entries[kind];
    const struct recording_line *lines =
        recording_map_region(&scratch->writer->map, RECORDING_LINES);
    struct totals totals = {0, 0, 0};
    for (uint32_t i = 1; i <= entry->count; i++) {
        const struct recording_line *line = &lines[entry->main_block + i];
        totals.hits += (double)line->hits;
        totals.gross += (double)line->gross;
        totals.callees += (double)line->callees;
    }
    return totals;
}

static bool measure_with(struct line_calibration *calibration,
                         const struct writer_thread *scratch, int pass)
{
    struct totals *recorded = calibration->recorded[pass];
    for (int kind = 0; kind < KIND_COUNT; kind++)
        recorded[kind] = totals_of(calibration, scratch, kind);
    if (!measure_pass(calibration, calibration->with[pass]))
        return false;
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        struct totals after = totals_of(calibration, scratch, kind);
        recorded[kind].hits = after.hits - recorded[kind].hits;
        recorded[kind].gross = after.gross - recorded[kind].gross;
        recorded[kind].callees = after.callees - recorded[kind].callees;
        if (recorded[kind].hits <= 0)
            return false; /* the engine sees nothing: then its cost does not matter */
    }
    return true;
}

/* ---- From rounds to costs ---- */

static double at_least(double value, double least)
{
    return value > least ? value : least;
}

static double own_of_line(const struct totals *recorded)
{
    return (recorded->gross - recorded->callees) / recorded->hits;
}

static double of_one_line(const double ticks[KIND_COUNT])
{
    return (ticks[MANY] - ticks[FEW]) / (MANY_LINES - FEW_LINES);
}

static void solve(const struct line_calibration *calibration, int pass,
                  struct recording_cost *line, struct recording_cost *entry)
{
    const double *without = calibration->without[pass], *with = calibration->with[pass];
    const struct totals *recorded = calibration->recorded[pass];
    double bare = of_one_line(without), total = at_least(of_one_line(with) - bare, 0);
    double inside = at_least(own_of_line(&recorded[MANY]) - bare, 0);
    line->inside = inside < total ? inside : total;
    line->outside = total - line->inside;
    /* A line that calls holds, without recording, what the callee's one line does not. */
    double frame = without[FEW] - FEW_LINES * bare;
    double callee = at_least(own_of_line(&recorded[CALLEE]) - line->inside, 0);
    double caller = at_least((without[CALLER] - frame) / CALLS - callee, 0);
    entry->inside = 0;
    entry->outside = at_least(own_of_line(&recorded[CALLER]) - caller - line->inside, 0);
}

static int compare_numbers(const void *left, const void *right)
{
    double a, b;
    memcpy(&a, left, sizeof a);
    memcpy(&b, right, sizeof b);
    return (a > b) - (a < b);
}

static double middle(double values[PASSES])
{
    qsort(values, PASSES, sizeof *values, compare_numbers);
    return values[PASSES / 2];
}

static void find_costs(const struct line_calibration *calibration,
                       struct recording_cost costs[RECORDING_COST_COUNT])
{
    double inside[PASSES], outside[PASSES], entries[PASSES];
    for (int pass = 0; pass < PASSES; pass++) {
        struct recording_cost line, entry;
        solve(calibration, pass, &line, &entry);
        inside[pass] = line.inside;
        outside[pass] = line.outside;
        entries[pass] = entry.outside;
    }
    costs[RECORDING_COST_LINE] = (struct recording_cost){middle(inside), middle(outside)};
    costs[RECORDING_COST_LINE_ENTRY] = (struct recording_cost){0, middle(entries)};
}

/* ---- The whole ---- */

struct line_calibration *line_calibration_begin(enum clock_kind clock)
{
    struct line_calibration *calibration =
        calibration_is_watched() ? NULL : calloc(1, sizeof *calibration);
    if (!calibration)
        return NULL;
    calibration->clock = clock;
    bool done = line_codes_init(&calibration->codes) && define(calibration);
    for (int pass = 0; done && pass < PASSES; pass++)
        done = measure_pass(calibration, calibration->without[pass]);
    if (done)
        return calibration;
    calibration_pass_on_error();
    line_calibration_free(calibration);
    return NULL;
}

static bool choose(struct line_calibration *calibration, struct writer_thread *scratch)
{
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        PyCodeObject *code = (PyCodeObject *)PyFunction_GET_CODE(calibration->functions[kind]);
        const struct lines_of_code *known =
            lines_choose(code, &calibration->codes, scratch->writer);
        if (!known)
            return false;
        calibration->entries[kind] = known->entry;
    }
    return true;
}

void line_calibration_measure(struct line_calibration *calibration,
                              struct writer_thread *scratch,
                              struct recording_cost costs[RECORDING_COST_COUNT])
{
    bool done = choose(calibration, scratch);
    for (int pass = 0; done && pass < PASSES; pass++)
        done = measure_with(calibration, scratch, pass);
    if (done)
        find_costs(calibration, costs);
    else
        calibration_pass_on_error();
}

void line_calibration_free(struct line_calibration *calibration)
{
    if (!calibration)
        return;
    if (calibration->globals) /* the functions refer back to them */
        PyDict_Clear(calibration->globals);
    Py_XDECREF(calibration->globals);
    line_codes_release(&calibration->codes);
    free(calibration);
}
