/* What recording lines costs in this process, measured in it before the program runs, as
 * calibration.h does for calls.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_PYTHON_CALIBRATION_LINES_H
#define PYPERF_PYTHON_CALIBRATION_LINES_H

#include "python/compat.h"

#include "recording/writer.h"

struct line_calibration;

/* As calibration_precede. */
void line_calibration_precede(void);

/* Compiles functions and measures them, before the engine for lines is installed. NULL: it
 * cannot be done here, and costs stay unknown. Needs the GIL. */
struct line_calibration *line_calibration_begin(enum clock_kind clock);

/* Measures them again, chosen, under the engine, which records in `scratch`, the calling
 * thread's record for the time being; and fills in the costs of lines. */
void line_calibration_measure(struct line_calibration *calibration,
                              struct writer_thread *scratch,
                              struct recording_cost costs[RECORDING_COST_COUNT]);

/* NULL is ignored. */
void line_calibration_free(struct line_calibration *calibration);

#endif
