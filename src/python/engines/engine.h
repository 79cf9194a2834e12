/* What an engine is: the code that turns one of the interpreter's hook mechanisms into calls of
 * recording/writer.h. One file per mechanism; engine.c chooses.
 *
 * Rules for every engine:
 * - events arrive with the GIL held; callbacks never raise, keep a pending exception, run no
 *   Python code, and leave the program's own hooks alone;
 * - what a callee is called is found out once, in functions.h, when it is first seen;
 * - under RECORD_ENGINE_EMPTY the callbacks return at once: the floor that the benchmark
 * measures the others against.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_PYTHON_ENGINES_ENGINE_H
#define PYPERF_PYTHON_ENGINES_ENGINE_H

#include "python/compat.h"

#include <pyperf/error.h>

#include "recording/options.h"

struct engine {
    const char *name;

    /* Starts events in all threads. Needs the GIL. */
    enum pyperf_status (*install)(struct pyperf_error *error);

    /* Ends events; called from a callback of the engine's own, in a forked child. */
    void (*remove)(void);

    /* No events for a moment, and events again: for calibration, between install and the
     * program. NULL: the engine cannot do that. Both keep a pending exception. */
    void (*pause)(void);
    void (*resume)(void);

    /* For engines that the program can displace, NULL for others: the calling thread's hook is
     * about to change; is another hook in our place in that thread; and back into every place
     * that is free. */
    void (*displacing)(void);
    bool (*displaced)(void);
    void (*reinstall)(void);

    /* For engines that work beside others, NULL for those that do not: does another tool ask
     * for the calls of C functions, so that the interpreter reports them anyway? */
    bool (*others_watch_calls)(void);
};

/* The engine that the options ask for under this interpreter, or an error that says why there
 * is none such. */
enum pyperf_status engine_choose(const struct record_options *options,
                                 const struct engine **engine, struct pyperf_error *error);

extern const struct engine engine_setprofile;
extern const struct engine engine_monitoring; /* CPython 3.12 and later */
extern const struct engine engine_frames;     /* CPython 3.11, without builtins */
extern const struct engine engine_none;

#endif
