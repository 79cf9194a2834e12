/* SPDX-License-Identifier: MIT */
#include "cli/hosts.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/facts.h"

/* What CMake calls libexec may be elsewhere; the build tree has always this. */
#ifndef PYPERF_LIBEXEC
#define PYPERF_LIBEXEC "../libexec/pyperf"
#endif

static const char host_prefix[] = "pyperf-python3";

/* ---- Finding them ---- */

/* "DIRECTORY OF OUR EXECUTABLE/relative", resolved; false when it does not exist. */
static bool beside_us(const char *relative, char *path)
{
    char own[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", own, sizeof own - 1);
    if (length < 0)
        return false;
    own[length] = '\0';
    char *slash = strrchr(own, '/');
    if (!slash)
        return false;
    slash[1] = '\0';
    char joined[2 * PATH_MAX];
    snprintf(joined, sizeof joined, "%s%s", own, relative);
    return realpath(joined, path) != NULL;
}

static int is_host(const struct dirent *entry)
{
    return strncmp(entry->d_name, host_prefix, sizeof host_prefix - 1) == 0;
}

static int newest_first(const struct dirent **a, const struct dirent **b)
{
    return strverscmp((*b)->d_name, (*a)->d_name);
}

/* ---- Asking them ---- */

static void introduce(struct host *host)
{
    char answer[FACTS_SIZE];
    char *const question[] = {host->path, (char[]){"--identity"}, NULL};
    if (!facts_ask_once(question, NULL, answer))
        return;
    char **const fields[] = {&host->version, &host->base_prefix, &host->interpreter,
                             &host->engine};
    char *rest = answer;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const char *field = strsep(&rest, "\t");
        *fields[i] = field ? strdup(field) : NULL;
    }
    if (!host->engine) { /* it said too little, or there is no memory: of no use */
        free(host->version);
        host->version = NULL;
    }
}

static enum pyperf_status fill(struct host_list *list, const char *directory,
                               struct dirent **entries, int count, struct pyperf_error *error)
{
    list->hosts = calloc((size_t)count, sizeof *list->hosts);
    if (!list->hosts)
        return pyperf_error_set(error, PYPERF_NO_MEMORY, "out of memory");
    for (int i = 0; i < count; i++) {
        struct host *host = &list->hosts[list->count];
        if (asprintf(&host->path, "%s/%s", directory, entries[i]->d_name) < 0) {
            host->path = NULL;
            return pyperf_error_set(error, PYPERF_NO_MEMORY, "out of memory");
        }
        list->count++;
        introduce(host);
    }
    return PYPERF_OK;
}

enum pyperf_status host_list_load(struct host_list *list, struct pyperf_error *error)
{
    *list = (struct host_list){0};
    char directory[PATH_MAX];
    if (!beside_us(PYPERF_LIBEXEC, directory) && !beside_us("../libexec/pyperf", directory))
        return pyperf_error_set(error, PYPERF_IO,
                                "no recorders are installed: there is no %s beside this "
                                "program; install pyperf again",
                                PYPERF_LIBEXEC);
    struct dirent **entries;
    int count = scandir(directory, &entries, is_host, newest_first);
    if (count < 0)
        return pyperf_error_set_errno(error, errno, "cannot look for recorders in %s",
                                      directory);
    enum pyperf_status status = PYPERF_OK;
    if (count == 0)
        status = pyperf_error_set(error, PYPERF_IO,
                                  "no recorders are installed in %s; build pyperf with "
                                  "-DPYPERF_PYTHONS=/path/to/python3",
                                  directory);
    else
        status = fill(list, directory, entries, count, error);
    for (int i = 0; i < count; i++)
        free(entries[i]);
    free(entries);
    return status;
}

void host_list_release(struct host_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        struct host *host = &list->hosts[i];
        free(host->path);
        free(host->version);
        free(host->base_prefix);
        free(host->interpreter);
        free(host->engine);
    }
    free(list->hosts);
    *list = (struct host_list){0};
}

/* ---- Choosing among them ---- */

static bool same_directory(const char *a, const char *b)
{
    char real_a[PATH_MAX], real_b[PATH_MAX];
    return strcmp(a, b) == 0 ||
           (realpath(a, real_a) && realpath(b, real_b) && strcmp(real_a, real_b) == 0);
}

const struct host *host_list_find(const struct host_list *list, const char *base_prefix,
                                  const char *version)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct host *host = &list->hosts[i];
        if (host->version && strcmp(host->version, version) == 0 &&
            same_directory(host->base_prefix, base_prefix))
            return host;
    }
    return NULL;
}

void host_list_describe(const struct host_list *list, char *text, size_t size)
{
    snprintf(text, size, "none that starts");
    size_t length = 0;
    for (size_t i = 0; i < list->count && length < size; i++) {
        const struct host *host = &list->hosts[i];
        if (!host->version)
            continue;
        int added = snprintf(text + length, size - length, "%s%s (%s)", length ? ", " : "",
                             host->version, host->interpreter);
        length += added > 0 ? (size_t)added : 0;
    }
}

bool version_matches(const char *wanted, const char *version)
{
    size_t length = strlen(wanted);
    return strncmp(wanted, version, length) == 0 &&
           (version[length] == '\0' || version[length] == '.');
}
