/* SPDX-License-Identifier: MIT */
#include "cli/interpreters/hosts.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/string_parts.h"
#include "cli/interpreters/facts.h"
#include "cli/interpreters/preloadable.h"

/* What CMake calls libexec may be elsewhere; the build tree has always this. */
#ifndef PYPERF_LIBEXEC
#define PYPERF_LIBEXEC "../libexec/pyperf"
#endif

static const char embedded_prefix[] = "pyperf-python3";
static const char agent_prefix[] = "pyperf-agent-";
static const char agent_suffix[] = ".so";
static const char preload_name[] = "pyperf-preload.so";

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

static int is_embedded_host(const struct dirent *entry)
{
    return has_prefix(entry->d_name, embedded_prefix);
}

static int is_agent(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name), suffix = strlen(agent_suffix);
    return has_prefix(entry->d_name, agent_prefix) && length > strlen(agent_prefix) + suffix &&
           strcmp(entry->d_name + length - suffix, agent_suffix) == 0;
}

static int newest_first(const struct dirent **a, const struct dirent **b)
{
    return strverscmp((*b)->d_name, (*a)->d_name);
}

/* ---- Asking them ---- */

static void introduce_embedded(struct host *host)
{
    char answer[FACTS_SIZE];
    char *const question[] = {host->path, (char[]){"--identity"}, NULL};
    if (!facts_ask_once(question, NULL, answer))
        return;
    host->answer = strdup(answer);
    char *rest = host->answer;
    const char *version = strsep(&rest, "\t"), *base_prefix = strsep(&rest, "\t");
    const char *interpreter = strsep(&rest, "\t");
    host->engine = strsep(&rest, "\t");
    if (!host->engine) /* it said too little, or there is no memory: of no use */
        return;
    host->base_prefix = strdup(base_prefix);
    host->interpreter = strdup(interpreter);
    host->version = strdup(version);
}

/* An agent is no program and cannot be asked. Its name tells its version, and that its engine:
 * see src/python/engines/engine.c. */
static void introduce_agent(struct host *host)
{
    const char *name = strrchr(host->path, '/') + 1;
    const char *version = name + strlen(agent_prefix);
    host->version = strndup(version, strlen(version) - strlen(agent_suffix));
    if (!host->version)
        return;
    int minor = atoi(host->version + strcspn(host->version, ".") + 1);
    host->engine = minor >= 12 ? "monitoring" : "setprofile";
}

static enum pyperf_status add_hosts(struct host_list *list, enum host_kind kind,
                                    const char *directory, struct pyperf_error *error)
{
    struct dirent **entries;
    int count = scandir(directory, &entries, kind == HOST_AGENT ? is_agent : is_embedded_host,
                        newest_first);
    if (count < 0)
        return pyperf_error_set_errno(error, errno, "cannot look for recorders in %s",
                                      directory);
    struct host *hosts =
        reallocarray(list->hosts, list->count + (size_t)count + 1, sizeof *list->hosts);
    bool complete = hosts != NULL;
    if (hosts)
        list->hosts = hosts;
    for (int i = 0; i < count; i++) {
        struct host host = {.kind = kind};
        complete = complete && asprintf(&host.path, "%s/%s", directory, entries[i]->d_name) > 0;
        if (complete) {
            kind == HOST_AGENT ? introduce_agent(&host) : introduce_embedded(&host);
            hosts[list->count++] = host;
        }
        free(entries[i]);
    }
    free(entries);
    return complete ? PYPERF_OK : pyperf_error_set(error, PYPERF_NO_MEMORY, "out of memory");
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
    if (asprintf(&list->preload, "%s/%s", directory, preload_name) < 0)
        list->preload = NULL;
    enum pyperf_status status = add_hosts(list, HOST_EMBEDDED, directory, error);
    if (status == PYPERF_OK && list->preload && access(list->preload, R_OK) == 0)
        status = add_hosts(list, HOST_AGENT, directory, error);
    if (status == PYPERF_OK && list->count == 0)
        status = pyperf_error_set(error, PYPERF_IO,
                                  "no recorders are installed in %s; build pyperf with "
                                  "-DPYPERF_PYTHONS=/path/to/python3",
                                  directory);
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
        free(host->answer);
    }
    free(list->hosts);
    free(list->preload);
    *list = (struct host_list){0};
}

/* ---- Choosing among them ---- */

static bool same_directory(const char *a, const char *b)
{
    char real_a[PATH_MAX], real_b[PATH_MAX];
    return strcmp(a, b) == 0 ||
           (realpath(a, real_a) && realpath(b, real_b) && strcmp(real_a, real_b) == 0);
}

static const struct host *find_embedded(const struct host_list *list,
                                        const struct installation *installation)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct host *host = &list->hosts[i];
        if (host->kind == HOST_EMBEDDED && host->version &&
            strcmp(host->version, installation->version) == 0 &&
            same_directory(host->base_prefix, installation->base_prefix))
            return host;
    }
    return NULL;
}

static const struct host *find_agent(const struct host_list *list, const char *version)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct host *host = &list->hosts[i];
        if (host->kind == HOST_AGENT && host->version &&
            version_matches(host->version, version))
            return host;
    }
    return NULL;
}

static bool is_free_threaded(const char *version)
{
    size_t length = strlen(version);
    return length > 0 && version[length - 1] == 't';
}

static void explain(const struct host_list *list, enum host_wish wish,
                    const struct installation *installation, struct pyperf_error *error)
{
    const char *executable = installation->executable, *version = installation->version;
    char known[PYPERF_ERROR_SIZE / 3];
    host_list_describe(list, known, sizeof known);
    if (wish == HOST_WISH_EMBEDDED && find_agent(list, version))
        pyperf_error_set(error, PYPERF_UNSUPPORTED,
                         "no recorder embeds %s (Python %s of %s); leave out --host, or build "
                         "with -DPYPERF_PYTHONS=%s",
                         executable, version, installation->base_prefix, executable);
    else
        pyperf_error_set(
            error, PYPERF_UNSUPPORTED,
            "there is no recorder for %s (Python %s of %s); this build runs %s: choose "
            "one with --python, or build for yours with -DPYPERF_PYTHONS=%s",
            executable, version, installation->base_prefix, known, executable);
}

const struct host *host_choose(const struct host_list *list, enum host_wish wish,
                               const struct installation *installation,
                               struct pyperf_error *error)
{
    if (is_free_threaded(installation->version)) {
        pyperf_error_set(error, PYPERF_UNSUPPORTED,
                         "%s is a free-threaded build (Python %s), which pyperf cannot record "
                         "so far; choose another interpreter with --python",
                         installation->executable, installation->version);
        return NULL;
    }
    const struct host *embedded =
        wish == HOST_WISH_AGENT ? NULL : find_embedded(list, installation);
    const struct host *agent =
        wish == HOST_WISH_EMBEDDED ? NULL : find_agent(list, installation->version);
    const char *obstacle = agent ? preload_obstacle(installation->executable) : NULL;
    if (agent && !obstacle)
        return agent;
    if (embedded)
        return embedded;
    if (obstacle)
        pyperf_error_set(error, PYPERF_UNSUPPORTED,
                         "%s %s; choose another interpreter with "
                         "--python",
                         installation->executable, obstacle);
    else
        explain(list, wish, installation, error);
    return NULL;
}

/* Of embedded hosts only those that no agent covers. */
void host_list_describe(const struct host_list *list, char *text, size_t size)
{
    snprintf(text, size, "none that starts");
    size_t length = 0;
    for (size_t i = list->count; i-- > 0 && length < size;) {
        const struct host *host = &list->hosts[i];
        if (!host->version || (host->kind == HOST_EMBEDDED && find_agent(list, host->version)))
            continue;
        int added = snprintf(text + length, size - length, "%s%s", length ? ", " : "Python ",
                             host->version);
        length += added > 0 ? (size_t)added : 0;
    }
}

bool version_matches(const char *wanted, const char *version)
{
    size_t length = strlen(wanted);
    return strncmp(wanted, version, length) == 0 &&
           (version[length] == '\0' || version[length] == '.');
}
