/* The agent host: the recorder for the user's own interpreter, whichever installation of this
 * minor version it is. The preloaded library (preload.c) loads it into the process and calls it
 * before Python's main, which then does everything as ever.
 *
 * Links nothing of Python: the symbols are the interpreter's.
 *
 * SPDX-License-Identifier: MIT */
#include "python/compat.h"

#include "python/hosts/events.h"
#include "python/hosts/host.h"
#include "python/hosts/preload.h"

/* Python's preinitialisation comes first (see events_listen), with the arguments that main will
 * get: it reads -X dev, -X utf8, -E and -I. Main finds it done. Where it fails, main fails in
 * the same way, and says so. */
static enum pyperf_status listen(int count, char **arguments, struct pyperf_error *error)
{
    PyPreConfig configuration;
    PyPreConfig_InitPythonConfig(&configuration);
    if (PyStatus_Exception(Py_PreInitializeFromBytesArgs(&configuration, count, arguments)))
        return PYPERF_OK;
    return events_listen(error);
}

__attribute__((visibility("default"))) preload_agent_entry pyperf_agent_start;

enum pyperf_status pyperf_agent_start(int count, char **arguments, const char *options,
                                      const char *preload, struct pyperf_error *error)
{
    enum pyperf_status status = host_prepare(options, PYPERF_AGENT_VERSION, preload, error);
    return status == PYPERF_OK ? listen(count, arguments, error) : status;
}
