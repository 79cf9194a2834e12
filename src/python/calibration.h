/* What recording costs in this process, measured in it before the program runs: small functions
 * are called often, without the engine and with it in turn, into a recording that is thrown
 * away. The difference is what events cost; how much of that lies inside an activation's time
 * is seen from the times recorded.
 *
 * That takes a few milliseconds.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_PYTHON_CALIBRATION_H
#define PYPERF_PYTHON_CALIBRATION_H

#include "python/compat.h"

#include "python/engines/engine.h"
#include "recording/writer.h"

struct calibration;

/* What is not among the costs of a recording, because it goes into the contexts where it
 * arises.
 */
struct instance_cost {
    initproc init;  /* tp_init of classes that have an __init__ in Python; NULL: not known */
    uint64_t ticks; /* that an instance costs besides its events, on average */
};

/* Before somebody else listens to audit events: does now what they would see of a calibration.
 * Keeps a pending exception. Needs the GIL. */
void calibration_precede(void);

/* Compiles the functions. To be called before the engine is installed; needs the GIL. `clock`:
 * that of events. NULL: it cannot be done here (a trace function or a monitoring tool is set
 * already, by sitecustomize perhaps), and costs stay unknown. */
struct calibration *calibration_begin(const struct engine *engine, enum clock_kind clock);

/* Measures them without the engine and under it, which is installed and records in `scratch`,
 * the calling thread's record for the time being, and fills in the costs. An exception that
 * comes from elsewhere meanwhile is raised again when the program runs. */
void calibration_measure(struct calibration *calibration, struct writer_thread *scratch,
                         struct recording_cost costs[RECORDING_COST_COUNT],
                         struct instance_cost *instance);

/* Would somebody else's hook see the functions, and be measured besides? */
bool calibration_is_watched(void);

/* The functions raise nothing: an exception that is set is a signal handler's, a Ctrl-C, or was
 * sent by another thread. It is the program's, and is raised at its first instruction. */
void calibration_pass_on_error(void);

/* Calls nothing back. NULL is ignored. */
void calibration_free(struct calibration *calibration);

#endif
