/* Which code objects have their lines recorded: each is looked at when it is first seen, with
 * all that is inside it. What was found stays with the code object.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_PYTHON_LINES_H
#define PYPERF_PYTHON_LINES_H

#include "python/compat.h"

#include <pyperf/error.h>

#include "python/recorder.h"
#include "recording/line_thread.h"

/* What is known of a code object. */
struct lines_of_code {
    struct line_code *entry; /* NULL: it is not chosen */
    uint32_t *line_of_unit;  /* by instruction, where it can be resumed; else NULL */
    uint32_t unit_count;
    bool decorated;   /* the program asked for it */
    unsigned watched; /* for the engine: since when it watches it */
    /* Chosen for when it is hot (heat.h): then NULL. Its function, and what else waits. */
    PyCodeObject *waiting;
    uint32_t function;
    struct lines_of_code *next_waiting;
};

/* Where the interpreter keeps that (co_extra). */
extern Py_ssize_t lines_extra_index;

/* Reads what is chosen in the session's directory. Needs the GIL. */
enum pyperf_status lines_init(const char *directory, struct pyperf_error *error);

/* The program has decorated functions: these alone are wanted, whatever was chosen before. */
extern bool lines_only_decorated;

/* Are the lines of the function wanted from its next start on? Activations that have begun are
 * seen to their ends in any case. */
static inline bool lines_wanted(const struct lines_of_code *known)
{
    return known->entry && (!lines_only_decorated || known->decorated);
}

/* What is known; NULL: nothing, it has not been seen. */
static inline struct lines_of_code *lines_known(const PyCodeObject *code)
{
    return compat_code_extra(code, lines_extra_index);
}

/* Looks at a code object that is not known yet and is about to run with these globals (NULL:
 * not known). Keeps a pending exception. Never NULL; what there is no room for is not chosen.
 */
struct lines_of_code *lines_look(PyCodeObject *code, PyObject *globals);

/* The program asks for a function's lines. Where the command line asks for none, such functions
 * alone are chosen from then on. Keeps a pending exception. */
void lines_decorate(PyCodeObject *code, PyObject *globals);

/* Chooses code by itself, with entries and a recording that are not the program's: for
 * calibration. NULL: no room. May set an exception. */
struct lines_of_code *lines_choose(PyCodeObject *code, struct line_codes *codes,
                                   struct recording_writer *writer);

/* Code that was waiting is hot: its lines are recorded from now on. Keeps a pending exception.
 */
void lines_become_hot(struct lines_of_code *known);

/* Private to lines_thread. */
struct line_thread *lines_start_thread(struct writer_thread *thread);

/* The calling thread's record of lines. NULL: there is no room, or this process does not record
 * (any more). */
static inline struct line_thread *lines_thread(void)
{
    struct writer_thread *thread = recorder_thread();
    if (__builtin_expect(!thread, 0))
        return NULL;
    return __builtin_expect(thread->lines != NULL, 1) ? thread->lines
                                                      : lines_start_thread(thread);
}

/* In a forked child: what was known goes over into its own recording, and `thread` is in the
 * functions that `parent`, the forking thread's record there, was in. NULL: in none. */
void lines_inherit(struct writer_thread *thread, const struct recording_writer *from,
                   const struct line_thread *parent);

/* The line of an instruction, where a generator or coroutine goes on; 0: not known. */
static inline uint32_t lines_line_at(const struct lines_of_code *known, Py_ssize_t unit)
{
    return known->line_of_unit && unit >= 0 && unit < (Py_ssize_t)known->unit_count
               ? known->line_of_unit[unit]
               : 0;
}

/* A line of chosen code begins in an activation that is not on top: what is above has ended
 * unseen, or it was entered unseen. */
void lines_begin_elsewhere(struct line_thread *lines, const struct lines_of_code *known,
                           uint64_t identity, uint32_t number);

/* An activation of chosen code ends that is not on top. */
void lines_leave_elsewhere(struct line_thread *lines, uint64_t identity);

#endif
