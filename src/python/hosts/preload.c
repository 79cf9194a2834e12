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

#include "recording/options.h"

enum { EXIT_NOT_STARTED = 126 };

extern char **environ;

/* The path this library was preloaded by: the first in LD_PRELOAD, where the supervisor put
 * it. */
static size_t own_path_length(const char *preloaded)
{
    return strcspn(preloaded, ": ");
}

/* The program shall see the environment that it would have without us, in the same order. */
static void leave_environment(void)
{
    static const char name[] = "LD_PRELOAD=";
    for (char **variable = environ; variable && *variable; variable++) {
        if (strncmp(*variable, name, sizeof name - 1) != 0)
            continue;
        char *value = *variable + sizeof name - 1;
        size_t length = own_path_length(value);
        if (value[length])
            memmove(value, value + length + 1, strlen(value + length + 1) + 1);
        else
            unsetenv("LD_PRELOAD");
        break;
    }
    unsetenv(RECORD_OPTIONS_VARIABLE);
}

/* "3.11.2 (main, …" → 4, the length of "3.11". */
static int minor_length(const char *version)
{
    const char *dot = strchr(version, '.');
    return dot ? (int)(dot + 1 - version + (int)strspn(dot + 1, "0123456789")) : 0;
}

static preload_agent_entry *load_agent(const char *version)
{
    static const char here;
    Dl_info own;
    char real[PATH_MAX], path[PATH_MAX];
    if (!dladdr(&here, &own) || !own.dli_fname || !realpath(own.dli_fname, real))
        return NULL;
    int directory = (int)(strrchr(real, '/') - real);
    int length = snprintf(path, sizeof path, "%.*s/" PRELOAD_AGENT_NAME, directory, real,
                          minor_length(version), version);
    if (length >= (int)sizeof path)
        return NULL;
    void *agent = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    preload_agent_entry *entry = NULL;
    if (agent)
        *(void **)&entry = dlsym(agent, PRELOAD_AGENT_ENTRY);
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

/* glibc passes constructors what main() gets. A program that is not Python is left alone, and
 * so is its environment: it may be a wrapper that starts Python. */
__attribute__((constructor)) static void start(int count, char **arguments)
{
    const char *variable = getenv(RECORD_OPTIONS_VARIABLE);
    get_version_function *get_version = variable ? find_python() : NULL;
    if (!get_version)
        return;
    char *options = strdup(variable);
    preload_agent_entry *agent = load_agent(get_version());
    leave_environment();
    if (agent && options) {
        agent(count, arguments, options);
    } else {
        fprintf(stderr, "pyperf: cannot load the recorder for Python %.*s: %s\n",
                minor_length(get_version()), get_version(), dlerror());
        _exit(EXIT_NOT_STARTED);
    }
    free(options);
}
