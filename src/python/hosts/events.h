/* What every host listens to: the audit events that tell when to record.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_PYTHON_HOSTS_EVENTS_H
#define PYPERF_PYTHON_HOSTS_EVENTS_H

#include <pyperf/error.h>

/* Starts to listen. To be called after Python's preinitialisation (a hook that is added before
 * it aborts the process at exit under -X dev in 3.9 to 3.13) and before its initialisation. */
enum pyperf_status events_listen(struct pyperf_error *error);

#endif
