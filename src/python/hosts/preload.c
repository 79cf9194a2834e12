/* The library that is preloaded into the user's interpreter. It finds out which Python the
 * process is, and loads the agent for it. In a program that is not Python it does nothing.
 *
 * It knows nothing of Python but names, so that one file serves every version, and programs
 * that lack those names can be started with it.
 *
 * SPDX-License-Identifier: MIT */
#include "python/hosts/preload.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "python/hosts/children.h"
#include "recording/options.h"
#include "recording/preload_list.h"
#include "recording/unrecorded.h"

enum { EXIT_OWN_FAILURE = 125 };

/* The program shall see the environment that it would have without us, in the same order. */
static void leave_environment(void)
{
    preload_list_leave_environment();
    unsetenv(RECORD_OPTIONS_VARIABLE);
}

/* "3.11.2 (main, …" → 4, the length of "3.11". */
static int minor_length(const char *version)
{
    const char *dot = strchr(version, '.');
    return dot ? (int)(dot + 1 - version + (int)strspn(dot + 1, "0123456789")) : 0;
}

/* The path that this library was preloaded by. */
static const char *own_path(void)
{
    static const char here;
    Dl_info own;
    return dladdr(&here, &own) && own.dli_fname ? own.dli_fname : "";
}

static preload_agent_entry *load_agent(const char *version, struct pyperf_error *error)
{
    char real[PATH_MAX], path[PATH_MAX + 64];
    if (!realpath(own_path(), real))
        real[0] = '\0';
    const char *slash = strrchr(real, '/');
    snprintf(path, sizeof path, "%.*s/" PRELOAD_AGENT_NAME, slash ? (int)(slash - real) : 0,
             real, minor_length(version), version);
    preload_agent_entry *entry = NULL;
    if (access(path, F_OK) != 0) {
        pyperf_error_set(error, PYPERF_UNSUPPORTED, "there is no recorder for Python %.*s",
                         minor_length(version), version);
        return NULL;
    }
    void *agent = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (agent)
        *(void **)&entry = dlsym(agent, PRELOAD_AGENT_ENTRY);
    if (!entry)
        pyperf_error_set(error, PYPERF_UNSUPPORTED,
                         "cannot load the recorder for Python %.*s: %s", minor_length(version),
                         version, dlerror());
    return entry;
}

/* Objects and functions are alike to the linker, but not to ISO C. */
typedef const char *get_version_function(void);

static get_version_function *find_python(void)
{
    get_version_function *function = NULL;
    *(void **)&function = dlsym(RTLD_DEFAULT, "Py_GetVersion");
    return function;
}

/* A child may be any program that has a Python in it, and take other arguments. */
static bool is_interpreter(void)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    path[length > 0 ? length : 0] = '\0';
    const char *slash = strrchr(path, '/');
    return slash && strncmp(slash + 1, "python", strlen("python")) == 0;
}

static void record(get_version_function *get_version, int count, char **arguments,
                   const char *text, const struct record_options *options)
{
    struct pyperf_error error;
    preload_agent_entry *agent = load_agent(get_version(), &error);
    if (agent && agent(count, arguments, text, own_path(), &error) == PYPERF_OK)
        return;
    if (options->scope == RECORD_SCOPE_CHILD) { /* it runs on, and so do its own children */
        unrecorded_note(options->directory, error.message);
        children_follow(own_path(), text);
        return;
    }
    fprintf(stderr, "pyperf: %s\n", error.message);
    _exit(EXIT_OWN_FAILURE);
}

/* glibc passes constructors what main() gets. A program that is not Python is left alone, and
 * so is its environment: it may be a wrapper that starts Python. */
__attribute__((constructor)) static void start(int count, char **arguments)
{
    const char *variable = getenv(RECORD_OPTIONS_VARIABLE);
    get_version_function *get_version = variable ? find_python() : NULL;
    struct record_options options;
    if (!get_version || record_options_parse(variable, &options, NULL) != PYPERF_OK)
        return;
    if (options.scope == RECORD_SCOPE_CHILD && !is_interpreter())
        return;
    char *text = strdup(variable);
    leave_environment();
    if (text)
        record(get_version, count, arguments, text, &options);
    free(text);
}
