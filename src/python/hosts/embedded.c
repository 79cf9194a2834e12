/* The embedded host: a python of our own, linked to the library of one installation, that
 * records what it runs. The supervisor starts it as
 *
 *     pyperf-python3.X OPTIONS INTERPRETER [PYTHON'S ARGUMENT …]
 *
 * and Python's own main does everything from there, with INTERPRETER as its argv[0], so that
 * sys.executable, sys.prefix and sys.orig_argv are what they would be without us.
 *
 * SPDX-License-Identifier: MIT */
#include "python/compat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "python/engines/engine.h"
#include "python/hosts/events.h"
#include "python/hosts/host.h"

enum { EXIT_OWN_FAILURE = 125 };

static const struct record_options by_default = {.engine = RECORD_ENGINE_AUTO,
                                                 .builtins = true};

static int fail(const struct pyperf_error *error)
{
    fprintf(stderr, "pyperf: %s\n", error->message);
    return EXIT_OWN_FAILURE;
}

/* For `pyperf --version` and the choice of a host: what this one embeds. */
static int print_identity(void)
{
    struct pyperf_error error;
    const struct engine *engine;
    if (engine_choose(&by_default, &engine, &error) != PYPERF_OK)
        return fail(&error);
    printf("%s\t%s\t%s\t%s\t%s\n", PYPERF_HOST_VERSION, PYPERF_HOST_BASE_PREFIX,
           PYPERF_HOST_INTERPRETER, engine->name, PYPERF_HOST_LINKAGE);
    return 0;
}

static int print_version(void)
{
    struct pyperf_error error;
    const struct engine *engine;
    if (engine_choose(&by_default, &engine, &error) != PYPERF_OK)
        return fail(&error);
    printf("%s %s %s\n", PYPERF_HOST_VERSION, PYPERF_HOST_INTERPRETER, engine->name);
    return 0;
}

/* What Py_BytesMain does, with an audit hook in between. Does not return where Python exits. */
static int run(int count, char **arguments)
{
    struct pyperf_error error;
    PyPreConfig preconfig;
    PyConfig config;
    PyPreConfig_InitPythonConfig(&preconfig);
    PyStatus status = Py_PreInitializeFromBytesArgs(&preconfig, count, arguments);
    if (PyStatus_Exception(status))
        Py_ExitStatusException(status);
    if (events_listen(&error) != PYPERF_OK)
        return fail(&error);
    PyConfig_InitPythonConfig(&config);
    status = PyConfig_SetBytesArgv(&config, count, arguments);
    if (!PyStatus_Exception(status))
        status = Py_InitializeFromConfig(&config);
    PyConfig_Clear(&config);
    if (PyStatus_Exception(status))
        Py_ExitStatusException(status);
    return Py_RunMain();
}

int main(int count, char **arguments)
{
    struct pyperf_error error;
    if (count == 2 && strcmp(arguments[1], "--identity") == 0)
        return print_identity();
    if (count == 2 && strcmp(arguments[1], "--version") == 0)
        return print_version();
    if (count < 3) {
        pyperf_error_set(&error, PYPERF_USAGE,
                         "this program is started by pyperf, not by hand");
        return fail(&error);
    }
    if (host_prepare(arguments[1], PYPERF_HOST_VERSION, &error) != PYPERF_OK)
        return fail(&error);
    return run(count - 2, arguments + 2);
}
