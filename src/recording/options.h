/* What the supervisor tells the recorder, as one string that fits an argument or a variable.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_RECORDING_OPTIONS_H
#define PYPERF_RECORDING_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include <pyperf/error.h>

/* The variable that tells the preloaded library what to record. */
#define RECORD_OPTIONS_VARIABLE "PYPERF_RECORD"

enum { RECORD_DIRECTORY_SIZE = 4096 /* bytes */, RECORD_OPTIONS_SIZE = 4352 /* bytes */ };

enum record_engine {
    RECORD_ENGINE_AUTO,
    RECORD_ENGINE_SETPROFILE,
    RECORD_ENGINE_MONITORING,
    RECORD_ENGINE_FRAMES,
    RECORD_ENGINE_EMPTY, /* the automatic one, with callbacks that do nothing: to measure with
                          */
    RECORD_ENGINE_NONE,  /* the host alone: to measure with */
};

/* Which processes are recorded. */
enum record_scope {
    RECORD_SCOPE_PROGRAM,     /* the program's own, and no child */
    RECORD_SCOPE_DESCENDANTS, /* its children and theirs, too */
    RECORD_SCOPE_CHILD,       /* this is one of those */
};

enum { RECORD_SHARE_UNIT = 10000 /* a share of everything */ };

struct record_options {
    enum record_engine engine; /* of calls */
    enum record_scope scope;
    bool builtins;      /* record calls of functions implemented in C */
    bool cpu_time;      /* durations are the threads' CPU time, not wall-clock time */
    bool main_thread;   /* record that thread alone */
    bool startup;       /* record from the interpreter's start, not the program's */
    uint32_t max_nodes; /* fold contexts beyond this many */
    /* Record the lines of the functions that the session's choice.h names. Calls are recorded
     * besides only where one of the next two asks for them. */
    bool lines;
    bool line_calls; /* and which functions a line called */
    uint32_t hot;    /* lines of a function from when it has used that share of the time so far,
                      * in parts of RECORD_SHARE_UNIT; 0: from the start */
    char directory[RECORD_DIRECTORY_SIZE]; /* the session's, absolute */
};

enum { RECORD_DEFAULT_MAX_NODES = 4000000 };

/* "auto", "setprofile", … ; and back: PYPERF_USAGE for a name that is none of them. */
const char *record_engine_name(enum record_engine engine);
enum pyperf_status record_engine_parse(const char *name, enum record_engine *engine,
                                       struct pyperf_error *error);

/* `text` has room for RECORD_OPTIONS_SIZE bytes. */
void record_options_format(const struct record_options *options, char *text);
enum pyperf_status record_options_parse(const char *text, struct record_options *options,
                                        struct pyperf_error *error);

#endif
