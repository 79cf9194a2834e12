/* What an engine for lines is: the code that turns one of the interpreter's mechanisms into
 * calls of recording/line_thread.h, for the code objects that are chosen (python/lines.h). The
 * rules of engine.h hold for it, too.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_PYTHON_ENGINES_LINE_ENGINE_H
#define PYPERF_PYTHON_ENGINES_LINE_ENGINE_H

#include "python/compat.h"

#include <pyperf/error.h>

struct lines_of_code;

struct line_engine {
    const char *name;

    /* Starts events in all threads. Needs the GIL. */
    enum pyperf_status (*install)(struct pyperf_error *error);

    /* Ends events; called from a callback of the engine's own, in a forked child. */
    void (*remove)(void);

    /* From now on the lines of that code are wanted. No exception is pending; may set one. */
    void (*watch)(PyCodeObject *code, struct lines_of_code *known);

    /* The calling thread has exchanged its stack for another (python/greenlets.h). NULL: that
     * is the same to it. */
    void (*switched)(void);
};

/* The one for this interpreter. */
extern const struct line_engine line_engine;

#endif
