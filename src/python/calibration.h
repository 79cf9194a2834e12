/* What recording costs in this process, measured in it before the program runs: small functions
 * are called often, first without the engine, then with it, into a recording that is thrown
 * away. The difference is what events cost; how much of that lies inside an activation's time
 * is seen from the times recorded.
 *
 * That takes a few milliseconds.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_PYTHON_CALIBRATION_H
#define PYPERF_PYTHON_CALIBRATION_H

#include "python/compat.h"

#include "recording/writer.h"

struct calibration;

/* Compiles the functions and measures them. To be called before the engine is installed; needs
 * the GIL. `clock`: that of events. NULL: it cannot be done here (a
 * trace function is set already, by sitecustomize perhaps), and costs stay unknown. */
struct calibration *calibration_begin(enum clock_kind clock);

/* Measures the functions again under the engine, which records in `scratch`, the calling
 * thread's record for the time being, and fills in the costs. */
void calibration_measure(struct calibration *calibration, struct writer_thread *scratch,
                         struct recording_cost costs[RECORDING_COST_COUNT]);

/* Calls nothing back. NULL is ignored. */
void calibration_free(struct calibration *calibration);

#endif
