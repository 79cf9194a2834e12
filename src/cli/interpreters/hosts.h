/* The recorders that are installed beside us. An embedded host is a program that embeds one
 * installation of CPython; an agent is loaded into any interpreter of its minor version.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_HOSTS_H
#define PYPERF_CLI_HOSTS_H

#include <stdbool.h>
#include <stddef.h>

#include <pyperf/error.h>

#include "cli/interpreters/installations.h"

enum host_kind { HOST_EMBEDDED, HOST_AGENT };

struct host {
    enum host_kind kind;
    char *path;
    char *version;      /* "3.11.2", of an agent "3.11"; NULL when the host cannot be started */
    const char *engine; /* the one it takes by itself */
    /* Of embedded hosts alone: */
    char *base_prefix; /* of the installation it embeds */
    char *interpreter; /* that installation's python */
    char *answer;      /* holds the engine's name */
};

struct host_list {
    struct host *hosts; /* embedded ones first; by file name, newer versions first */
    size_t count;
    char *preload; /* path of the library that loads agents; NULL where there is none */
};

/* Finds them in ../libexec/pyperf beside our own directory. PYPERF_IO where there are none.
 * Release the list in any case. */
enum pyperf_status host_list_load(struct host_list *list, struct pyperf_error *error);
void host_list_release(struct host_list *list);

/* What the user wants: --host. */
enum host_wish { HOST_WISH_AUTO, HOST_WISH_EMBEDDED, HOST_WISH_AGENT };

/* The host for an installation. By itself: the agent, with which the interpreter is the user's
 * own, else an embedded one. NULL and PYPERF_UNSUPPORTED's message where there is none. */
const struct host *host_choose(const struct host_list *list, enum host_wish wish,
                               const struct installation *installation,
                               struct pyperf_error *error);

/* "Python 3.13, 3.12, 3.11": what can be run, for messages. */
void host_list_describe(const struct host_list *list, char *text, size_t size);

/* Whether "3", "3.11" or "3.11.2" means the version "3.11.2". */
bool version_matches(const char *wanted, const char *version);

#endif
