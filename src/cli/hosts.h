/* The recorders that are installed beside us, each of which embeds one CPython.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_HOSTS_H
#define PYPERF_CLI_HOSTS_H

#include <stdbool.h>
#include <stddef.h>

#include <pyperf/error.h>

struct host {
    char *path;
    /* What the host says of itself; NULL, all of them, when it cannot be started. */
    char *version;     /* "3.11.2" */
    char *base_prefix; /* of the installation it embeds */
    char *interpreter; /* that installation's python */
    char *engine;      /* the one it takes by itself */
};

struct host_list {
    struct host *hosts; /* by file name, newer versions first */
    size_t count;
};

/* Finds them in ../libexec/pyperf beside our own directory. PYPERF_IO where there are none.
 * Release the list in any case. */
enum pyperf_status host_list_load(struct host_list *list, struct pyperf_error *error);
void host_list_release(struct host_list *list);

/* The host that embeds an installation, or NULL. */
const struct host *host_list_find(const struct host_list *list, const char *base_prefix,
                                  const char *version);

/* "3.13.0 (/usr/local/bin/python3.13), 3.11.2 (…)": what can be run, for messages. */
void host_list_describe(const struct host_list *list, char *text, size_t size);

/* Whether "3", "3.11" or "3.11.2" means the version "3.11.2". */
bool version_matches(const char *wanted, const char *version);

#endif
