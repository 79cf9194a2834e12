/* The functions that calibration.c measures: each repeats one statement, which calls one thing.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_PYTHON_CALIBRATION_SUBJECTS_H
#define PYPERF_PYTHON_CALIBRATION_SUBJECTS_H

#include "python/compat.h"

enum { SUBJECT_EVENTS = 10 }; /* calls, one after the other without a loop, in a function */

enum subject_kind {
    SUBJECT_CALL,     /* of a Python function */
    SUBJECT_RESUME,   /* of a generator, SUBJECT_EVENTS times, and one call of it */
    SUBJECT_BUILTIN,  /* of a function in C */
    SUBJECT_METHOD,   /* of a method in C */
    SUBJECT_CLASS,    /* of a class in C: nothing that is called is recorded */
    SUBJECT_INSTANCE, /* of a class in Python with an __init__ */
    SUBJECT_COUNT,
};

struct subject {
    PyObject *function;
    PyObject *argument;  /* what it calls, or the object whose method it calls */
    uint64_t callee_key; /* of what is recorded below the function; 0: nothing */
};

/* Compiles the functions' source and keeps it for subjects_create, which would do so otherwise.
 * To be called where somebody is about to listen to what is compiled. Needs the GIL. */
void subjects_compile(void);

/* False: there are none, and an exception is set or memory is short. They are to be released
 * with subjects_release in any case. Needs the GIL. */
bool subjects_create(struct subject subjects[SUBJECT_COUNT]);
void subjects_release(struct subject subjects[SUBJECT_COUNT]);

/* The key by which engines know a function in Python. */
uint64_t subject_key(const struct subject *subject);

#endif
