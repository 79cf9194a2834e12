/* What the hosts share: from the supervisor's wishes to a recorder that waits for Python.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_PYTHON_HOSTS_HOST_H
#define PYPERF_PYTHON_HOSTS_HOST_H

#include <pyperf/error.h>

/* Maps the recording that `options` (see recording/options.h) ask for. `built_for` is the
 * version of Python that the host was compiled against, "3.11" or "3.11.2": PYPERF_UNSUPPORTED
 * when the interpreter in this process is another one. `preload` is the library to start
 * children with, where they are followed, or NULL. Python need not be initialised. */
enum pyperf_status host_prepare(const char *options, const char *built_for, const char *preload,
                                struct pyperf_error *error);

#endif
