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

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "python/engines/engine.h"
#include "python/hosts/events.h"
#include "python/hosts/host.h"
#include "python/hosts/preload.h"
#include "python/recorder.h"
#include "recording/preload_list.h"

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

/* A link in the session's directory, whose path the loader takes. */
static const char *link_preload(const char *text, const char *library, char *link, size_t size)
{
    struct record_options options;
    if (record_options_parse(text, &options, NULL) != PYPERF_OK)
        return NULL;
    snprintf(link, size, "%s/" PRELOAD_LINK, options.directory);
    return preload_list_can_hold(link) && symlink(library, link) == 0 ? link : NULL;
}

/* What children are started with, where they are followed: the library beside this program. */
static const char *find_preload(const char *text, char *path, size_t size)
{
    char beside[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", beside, sizeof beside - sizeof PRELOAD_LIBRARY);
    beside[length > 0 ? length : 0] = '\0';
    char *slash = strrchr(beside, '/');
    if (!slash)
        return NULL;
    strcpy(slash + 1, PRELOAD_LIBRARY);
    if (access(beside, R_OK) != 0)
        return NULL;
    return preload_list_can_hold(beside) ? strcpy(path, beside)
                                         : link_preload(text, beside, path, size);
}

/* The command line that the user would have written: without our own two words. */
static void note_command(char **words)
{
    struct recording_header *header = recorder.writer.header;
    size_t length = 0, size = sizeof header->command_line;
    for (; *words && length < size - 1; words++) {
        int added = snprintf(header->command_line + length, size - length, "%s%s",
                             length ? " " : "", *words);
        length += added > 0 ? (size_t)added : 0;
    }
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
    char preload[PATH_MAX + sizeof PRELOAD_LINK];
    if (host_prepare(arguments[1], PYPERF_HOST_VERSION, find_preload(arguments[1], preload, sizeof preload),
                     &error) != PYPERF_OK)
        return fail(&error);
    note_command(arguments + 2);
    return run(count - 2, arguments + 2);
}
