/* SPDX-License-Identifier: MIT */
#include "cli/interpreters/host_start.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "recording/preload_list.h"
#include "recording/session.h"

static const char preload_variable[] = PRELOAD_LIST_VARIABLE "=";

static size_t environment_size(void)
{
    size_t size = 0;
    while (environ[size])
        size++;
    return size;
}

/* The library under a name that the loader takes; `link` has room for it. */
static const char *preload_path(const char *library, const struct record_options *recording,
                                char *link, size_t size, struct pyperf_error *error)
{
    if (preload_list_can_hold(library))
        return library;
    if (!preload_list_can_hold(recording->directory)) {
        pyperf_error_set(error, PYPERF_IO,
                         "cannot load the recorder from %s: neither that path nor that of the "
                         "recording, %s, may hold a space, ':' or '$'; TMPDIR can name another "
                         "place for the recording",
                         library, recording->directory);
        return NULL;
    }
    snprintf(link, size, "%s/" PRELOAD_LINK, recording->directory);
    if (symlink(library, link) == 0)
        return link;
    pyperf_error_set_errno(error, errno, "cannot make the link %s", link);
    return NULL;
}

/* Our library first, so that it finds what is its own (src/python/hosts/preload.c); in the
 * place of the variable that is there, so that the order stays. */
static enum pyperf_status add_variables(struct host_start *start, const char *library,
                                        struct pyperf_error *error)
{
    size_t count = environment_size();
    memcpy(start->environment, environ, count * sizeof *environ);
    char **place = start->environment;
    while (*place && strncmp(*place, preload_variable, sizeof preload_variable - 1) != 0)
        place++;
    const char *others = *place ? *place + sizeof preload_variable - 1 : NULL;
    start->variables[0] = malloc(sizeof preload_variable + preload_list_size(library, others));
    if (start->variables[0])
        preload_list_join(stpcpy(start->variables[0], preload_variable), library, others);
    if (asprintf(&start->variables[1], RECORD_OPTIONS_VARIABLE "=%s", start->options) < 0)
        start->variables[1] = NULL;
    if (!start->variables[0] || !start->variables[1])
        return pyperf_error_set(error, PYPERF_NO_MEMORY, "out of memory");
    if (!*place)
        count++;
    *place = start->variables[0];
    start->environment[count] = start->variables[1];
    return PYPERF_OK;
}

enum pyperf_status host_start_prepare(struct host_start *start,
                                      const struct interpreter_choice *interpreter,
                                      const char *preload, const struct program *program,
                                      const struct record_options *recording,
                                      struct pyperf_error *error)
{
    const struct host *host = interpreter->host;
    bool embedded = host->kind == HOST_EMBEDDED;
    *start = (struct host_start){0};
    record_options_format(recording, start->options);
    start->command = program_command(program, embedded ? host->path : NULL, start->options,
                                     interpreter->path);
    start->environment = calloc(environment_size() + 3, sizeof *start->environment);
    if (!start->command || !start->environment)
        return pyperf_error_set(error, PYPERF_NO_MEMORY, "out of memory");
    if (embedded) {
        memcpy(start->environment, environ, environment_size() * sizeof *environ);
        return PYPERF_OK;
    }
    char link[SESSION_PATH_SIZE + 16];
    const char *library = preload_path(preload, recording, link, sizeof link, error);
    return library ? add_variables(start, library, error) : error->status;
}

void host_start_release(struct host_start *start)
{
    free(start->command);
    free(start->environment);
    free(start->variables[0]);
    free(start->variables[1]);
    *start = (struct host_start){0};
}
