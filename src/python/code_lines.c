/* SPDX-License-Identifier: MIT */
#include "python/compat.h"

#include "python/code_lines.h"

#include <stdlib.h>
#include <string.h>

enum { DEEPEST_NESTING = 200 /* the compiler allows 100 */ };

/* Notes that the instructions from one offset to another, in bytes, belong to a line. */
static void fill(struct code_lines *lines, long from, long to, long line)
{
    if (line <= 0 || line >= INT32_MAX || from < 0)
        return;
    for (long unit = from / COMPAT_CODE_UNIT;
         unit < to / COMPAT_CODE_UNIT && unit < (long)lines->unit_count; unit++)
        lines->of_unit[unit] = (uint32_t)line;
}

#if COMPAT_HAS_CO_LINES

/* One item of co_lines(): (start, end, line or None). */
static bool take_item(struct code_lines *lines, PyObject *item)
{
    if (!PyTuple_Check(item) || PyTuple_GET_SIZE(item) != 3)
        return false;
    PyObject *line = PyTuple_GET_ITEM(item, 2);
    if (line == Py_None)
        return true;
    fill(lines, PyLong_AsLong(PyTuple_GET_ITEM(item, 0)),
         PyLong_AsLong(PyTuple_GET_ITEM(item, 1)), PyLong_AsLong(line));
    return !PyErr_Occurred();
}

static bool find_of_units(struct code_lines *lines, PyCodeObject *code)
{
    PyObject *items = PyObject_CallMethod((PyObject *)code, "co_lines", NULL), *item;
    bool done = items != NULL;
    while (done && (item = PyIter_Next(items)) != NULL) {
        done = take_item(lines, item);
        Py_DECREF(item);
    }
    Py_XDECREF(items);
    return done && !PyErr_Occurred();
}

#else

/* Pairs of bytes: so many bytes of instructions further, so many lines down (or up). */
static bool find_of_units(struct code_lines *lines, PyCodeObject *code)
{
    if (!PyBytes_Check(code->co_lnotab))
        return false;
    const unsigned char *pairs = (const unsigned char *)PyBytes_AS_STRING(code->co_lnotab);
    Py_ssize_t size = PyBytes_GET_SIZE(code->co_lnotab) / 2 * 2;
    long offset = 0, line = code->co_firstlineno;
    for (Py_ssize_t i = 0; i < size; i += 2) {
        if (pairs[i])
            fill(lines, offset, offset + pairs[i], line);
        offset += pairs[i];
        line += (signed char)pairs[i + 1];
    }
    fill(lines, offset, (long)lines->unit_count * COMPAT_CODE_UNIT, line);
    return true;
}

#endif

static int compare_numbers(const void *left, const void *right)
{
    uint32_t a, b;
    memcpy(&a, left, sizeof a);
    memcpy(&b, right, sizeof b);
    return (a > b) - (a < b);
}

static void collect_numbers(struct code_lines *lines, Py_ssize_t first_unit)
{
    uint32_t count = 0;
    for (uint32_t unit = (uint32_t)first_unit; unit < lines->unit_count; unit++)
        if (lines->of_unit[unit] &&
            (count == 0 || lines->of_unit[unit] != lines->numbers[count - 1]))
            lines->numbers[count++] = lines->of_unit[unit];
    qsort(lines->numbers, count, sizeof *lines->numbers, compare_numbers);
    for (uint32_t i = 0; i < count; i++)
        if (lines->count == 0 || lines->numbers[i] != lines->numbers[lines->count - 1])
            lines->numbers[lines->count++] = lines->numbers[i];
}

bool code_lines_find(struct code_lines *lines, PyCodeObject *code)
{
    Py_ssize_t units = compat_code_units(code);
    *lines = (struct code_lines){0};
    if (units <= 0 || units > INT32_MAX / COMPAT_CODE_UNIT)
        return false;
    lines->unit_count = (uint32_t)units;
    lines->of_unit = calloc((size_t)units, sizeof *lines->of_unit);
    lines->numbers = calloc((size_t)units, sizeof *lines->numbers);
    if (lines->of_unit && lines->numbers && find_of_units(lines, code)) {
        collect_numbers(lines, compat_first_traceable(code));
        return true;
    }
    code_lines_release(lines);
    return false;
}

void code_lines_release(struct code_lines *lines)
{
    free(lines->of_unit);
    free(lines->numbers);
    *lines = (struct code_lines){0};
}

/* ---- What is inside ---- */

static uint32_t last_line(PyCodeObject *code, int depth);

static uint32_t last_line_inside(const PyCodeObject *code, int depth)
{
    uint32_t last = 0;
    for (Py_ssize_t i = 0; depth > 0 && i < PyTuple_GET_SIZE(code->co_consts); i++) {
        PyObject *constant = PyTuple_GET_ITEM(code->co_consts, i);
        uint32_t of_inner =
            PyCode_Check(constant) ? last_line((PyCodeObject *)constant, depth - 1) : 0;
        if (of_inner > last)
            last = of_inner;
    }
    return last;
}

/* Of the code and whatever is inside it. */
static uint32_t last_line(PyCodeObject *code, int depth)
{
    struct code_lines lines;
    uint32_t last = last_line_inside(code, depth);
    if (!code_lines_find(&lines, code))
        return last;
    if (lines.count && lines.numbers[lines.count - 1] > last)
        last = lines.numbers[lines.count - 1];
    code_lines_release(&lines);
    return last;
}

bool code_is_part(const PyCodeObject *code)
{
    return PyUnicode_Check(code->co_name) && PyUnicode_GET_LENGTH(code->co_name) > 0 &&
           PyUnicode_READ_CHAR(code->co_name, 0) == '<' &&
           PyUnicode_CompareWithASCIIString(code->co_name, "<module>") != 0 &&
           PyUnicode_CompareWithASCIIString(code->co_name, "<lambda>") != 0;
}

static bool is_inside(const PyCodeObject *code, uint32_t line)
{
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(code->co_consts); i++) {
        PyObject *constant = PyTuple_GET_ITEM(code->co_consts, i);
        if (!PyCode_Check(constant))
            continue;
        PyCodeObject *inner = (PyCodeObject *)constant;
        if (!code_is_part(inner) && line >= (uint32_t)inner->co_firstlineno &&
            line <= last_line(inner, DEEPEST_NESTING))
            return true;
    }
    return false;
}

bool code_lines_has(const struct code_lines *lines, const PyCodeObject *code, uint32_t from,
                    uint32_t to)
{
    for (uint32_t i = 0; i < lines->count && lines->numbers[i] <= to; i++)
        if (lines->numbers[i] >= from && !is_inside(code, lines->numbers[i]))
            return true;
    return false;
}
