/* SPDX-License-Identifier: MIT */
#include "cli/interpreter.h"

#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/facts.h"

/* Who an interpreter says it is. */
struct identity {
    char answer[FACTS_SIZE]; /* holds the strings */
    const char *base_prefix;
    const char *version; /* with the letters of special builds: "3.13.0t" */
    const char *executable;
};

/* Runs on anything that calls itself Python 3. */
static char identity_code[] =
    "import sys; sys.stdout.buffer.write('\\n'.join((sys.base_prefix, sys.version.split()[0]"
    " + sys.abiflags, sys.executable)).encode(sys.getfilesystemencoding(), "
    "'surrogateescape'))";

static bool is_program(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode) && access(path, X_OK) == 0;
}

/* Scripts that stand for an interpreter (pyenv's shims) choose one by the current directory and
 * the environment: what they say now need not hold the next time. */
static bool is_binary(const char *path)
{
    char magic[4] = "";
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return false;
    ssize_t length = read(descriptor, magic, sizeof magic);
    close(descriptor);
    return length == sizeof magic && memcmp(magic, "\177ELF", sizeof magic) == 0;
}

/* Asks the interpreter at an absolute path. */
static bool identify(const char *path, struct identity *identity)
{
    char *const question[] = {(char *)path,   (char[]){"-I"}, (char[]){"-S"},
                              (char[]){"-c"}, identity_code,  NULL};
    /* What makes a virtual environment: the same binary means another prefix without it. */
    char configuration[PATH_MAX + 32];
    const char *slash = strrchr(path, '/');
    snprintf(configuration, sizeof configuration, "%.*s/../pyvenv.cfg", (int)(slash - path),
             path);
    bool answered = is_binary(path) ? facts_ask_once(question, configuration, identity->answer)
                                    : facts_ask(question, identity->answer);
    if (!answered)
        return false;
    char *rest = identity->answer;
    identity->base_prefix = strsep(&rest, "\n");
    identity->version = strsep(&rest, "\n");
    identity->executable = strsep(&rest, "\n");
    return identity->executable && identity->executable[0] == '/' && !rest;
}

/* The first program of that name on PATH, as an absolute path. */
static bool find_on_path(const char *name, char *found)
{
    const char *path = getenv("PATH");
    for (const char *at = path ? path : "/usr/bin:/bin"; at;) {
        size_t length = strcspn(at, ":");
        char joined[PATH_MAX];
        int written = length > 0
                          ? snprintf(joined, sizeof joined, "%.*s/%s", (int)length, at, name)
                          : snprintf(joined, sizeof joined, "./%s", name);
        at = at[length] ? at + length + 1 : NULL;
        if (written >= PATH_MAX || !is_program(joined))
            continue;
        if (joined[0] == '/') {
            strcpy(found, joined);
            return true;
        }
        char *directory = getcwd(NULL, 0);
        bool fits =
            directory && snprintf(found, PATH_MAX, "%s/%s", directory, joined) < PATH_MAX;
        free(directory);
        if (fits)
            return true;
    }
    return false;
}

/* ---- Settling on one ---- */

static enum interpreter_outcome settle(const struct identity *identity,
                                       const struct host_list *hosts,
                                       struct interpreter_choice *choice,
                                       struct pyperf_error *error)
{
    choice->host = host_list_find(hosts, identity->base_prefix, identity->version);
    if (choice->host) {
        choice->path = strdup(identity->executable);
        if (choice->path)
            return INTERPRETER_FOUND;
        pyperf_error_set(error, PYPERF_NO_MEMORY, "out of memory");
        return INTERPRETER_WITHOUT_HOST;
    }
    char known[PYPERF_ERROR_SIZE / 2];
    host_list_describe(hosts, known, sizeof known);
    pyperf_error_set(
        error, PYPERF_UNSUPPORTED,
        "there is no recorder for %s (Python %s of %s); this build runs %s: choose "
        "one with --python, or build for yours with -DPYPERF_PYTHONS=%s",
        identity->executable, identity->version, identity->base_prefix, known,
        identity->executable);
    return INTERPRETER_WITHOUT_HOST;
}

/* `absolute` is the path of a program, `wanted` what the user called it. */
static enum interpreter_outcome choose_program(const char *absolute, const char *wanted,
                                               const struct host_list *hosts,
                                               struct interpreter_choice *choice,
                                               struct pyperf_error *error)
{
    struct identity identity;
    if (identify(absolute, &identity))
        return settle(&identity, hosts, choice, error);
    pyperf_error_set(error, PYPERF_UNSUPPORTED,
                     "%s does not answer as a Python 3 does; try: %s -c 'import sys'", wanted,
                     wanted);
    return INTERPRETER_MISSING;
}

/* A path to an interpreter, or to a directory that has one as bin/python. */
static enum interpreter_outcome choose_path(const char *wanted, const struct host_list *hosts,
                                            struct interpreter_choice *choice,
                                            struct pyperf_error *error)
{
    char path[3 * PATH_MAX] = "";
    if (wanted[0] != '/' && getcwd(path, PATH_MAX))
        strcat(path, "/");
    struct stat info;
    bool directory = stat(wanted, &info) == 0 && S_ISDIR(info.st_mode);
    size_t length = strlen(path);
    snprintf(path + length, sizeof path - length, "%s%s", wanted,
             directory ? "/bin/python" : "");
    if (directory && !is_program(path))
        strcat(path, "3");
    if (is_program(path))
        return choose_program(path, wanted, hosts, choice, error);
    if (directory)
        pyperf_error_set(error, PYPERF_USAGE, "--python %s: there is no bin/python in it",
                         wanted);
    else
        pyperf_error_set(error, PYPERF_USAGE, "--python %s: there is no such program", wanted);
    return INTERPRETER_MISSING;
}

/* ---- By version ---- */

/* Tries one interpreter for a version. An interpreter with a recorder ends the search; the
 * first one without leaves its message. */
struct version_search {
    const char *wanted;
    const struct host_list *hosts;
    struct interpreter_choice *choice;
    struct pyperf_error *error;
    bool seen; /* an interpreter of this version, without a recorder */
};

static bool try_version(struct version_search *search, const char *path)
{
    struct identity identity;
    if (!is_program(path) || !identify(path, &identity) ||
        !version_matches(search->wanted, identity.version))
        return false;
    struct pyperf_error *error = search->seen ? NULL : search->error;
    search->seen = true;
    return settle(&identity, search->hosts, search->choice, error) == INTERPRETER_FOUND;
}

/* pyenv keeps its installations in directories named by version. */
static bool try_pyenv(struct version_search *search)
{
    const char *root = getenv("PYENV_ROOT");
    const char *home = getenv("HOME");
    char pattern[PATH_MAX];
    snprintf(pattern, sizeof pattern, "%s%s/versions/%s*/bin/python", root ? root : home,
             root ? "" : "/.pyenv", search->wanted);
    glob_t found;
    if ((!root && !home) || glob(pattern, 0, NULL, &found) != 0)
        return false;
    bool settled = false;
    for (size_t i = 0; i < found.gl_pathc && !settled; i++)
        settled = try_version(search, found.gl_pathv[i]);
    globfree(&found);
    return settled;
}

static enum interpreter_outcome choose_version(const char *wanted,
                                               const struct host_list *hosts,
                                               struct interpreter_choice *choice,
                                               struct pyperf_error *error)
{
    struct version_search search = {
        .wanted = wanted, .hosts = hosts, .choice = choice, .error = error};
    /* Commands are called python3 and python3.11, never python3.11.2. */
    const char *dot = strchr(wanted, '.');
    const char *second = dot ? strchr(dot + 1, '.') : NULL;
    char command[64], path[PATH_MAX];
    snprintf(command, sizeof command, "python%.*s",
             (int)(second ? (size_t)(second - wanted) : strlen(wanted)), wanted);
    if (find_on_path(command, path) && try_version(&search, path))
        return INTERPRETER_FOUND;
    if (try_pyenv(&search))
        return INTERPRETER_FOUND;
    for (size_t i = 0; i < hosts->count; i++) {
        const struct host *host = &hosts->hosts[i];
        if (host->version && version_matches(wanted, host->version) &&
            try_version(&search, host->interpreter))
            return INTERPRETER_FOUND;
    }
    if (search.seen)
        return INTERPRETER_WITHOUT_HOST;
    char known[PYPERF_ERROR_SIZE / 2];
    host_list_describe(hosts, known, sizeof known);
    pyperf_error_set(error, PYPERF_USAGE,
                     "--python %s: there is no such interpreter here; this build runs %s",
                     wanted, known);
    return INTERPRETER_MISSING;
}

static bool is_version(const char *text)
{
    return text[0] >= '0' && text[0] <= '9' && text[strspn(text, "0123456789.")] == '\0' &&
           strlen(text) < 16;
}

/* ---- Without being told ---- */

static enum interpreter_outcome choose_default(const struct host_list *hosts,
                                               struct interpreter_choice *choice,
                                               struct pyperf_error *error)
{
    char path[PATH_MAX];
    const char *environment = getenv("VIRTUAL_ENV");
    if (environment && environment[0] == '/' &&
        snprintf(path, sizeof path, "%s/bin/python", environment) < PATH_MAX &&
        is_program(path))
        return choose_program(path, path, hosts, choice, error);
    if (find_on_path("python3", path))
        return choose_program(path, path, hosts, choice, error);
    for (size_t i = 0; i < hosts->count; i++) {
        const struct host *host = &hosts->hosts[i];
        if (host->version && is_program(host->interpreter))
            return choose_program(host->interpreter, host->interpreter, hosts, choice, error);
    }
    pyperf_error_set(error, PYPERF_IO,
                     "there is no python3 on PATH; name an interpreter with "
                     "--python");
    return INTERPRETER_MISSING;
}

enum interpreter_outcome interpreter_choose(const char *wanted, const struct host_list *hosts,
                                            struct interpreter_choice *choice,
                                            struct pyperf_error *error)
{
    *choice = (struct interpreter_choice){0};
    if (!wanted)
        return choose_default(hosts, choice, error);
    if (is_version(wanted))
        return choose_version(wanted, hosts, choice, error);
    if (strchr(wanted, '/'))
        return choose_path(wanted, hosts, choice, error);
    char path[PATH_MAX];
    if (find_on_path(wanted, path))
        return choose_program(path, wanted, hosts, choice, error);
    struct stat info;
    if (stat(wanted, &info) == 0 && S_ISDIR(info.st_mode))
        return choose_path(wanted, hosts, choice, error);
    pyperf_error_set(error, PYPERF_USAGE,
                     "--python %s: there is no such command on PATH; give a path or a version",
                     wanted);
    return INTERPRETER_MISSING;
}
