/* SPDX-License-Identifier: MIT */
#include "cli/interpreters/installations.h"

#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Runs on anything that calls itself Python 3. */
static char identity_code[] =
    "import sys; sys.stdout.buffer.write('\\n'.join((sys.base_prefix, sys.version.split()[0]"
    " + sys.abiflags, sys.executable)).encode(sys.getfilesystemencoding(), "
    "'surrogateescape'))";

bool is_program(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode) && access(path, X_OK) == 0;
}

/* ---- Who it is ---- */

/* Reads the start of a file; an empty string where that fails. */
static void read_start(const char *path, char *text, size_t size)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = file < 0 ? 0 : read(file, text, size - 1);
    if (file >= 0)
        close(file);
    text[length > 0 ? length : 0] = '\0';
}

static bool is_shim(const char *start)
{
    return strstr(start, "pyenv\" exec") != NULL;
}

bool pyenv_shim_target(const char *path, char *found)
{
    static const char shims[] = "/shims/";
    char start[1024], pyenv[PATH_MAX], answer[FACTS_SIZE];
    const char *directory = strstr(path, shims);
    read_start(path, start, sizeof start);
    if (!directory || !is_shim(start))
        return false;
    snprintf(pyenv, sizeof pyenv, "%.*s/bin/pyenv", (int)(directory - path), path);
    char *const question[] = {pyenv, (char[]){"which"}, (char *)directory + strlen(shims),
                              NULL};
    if (!facts_ask(question, answer) || !is_program(answer) || strlen(answer) >= PATH_MAX)
        return false;
    strcpy(found, answer);
    return true;
}

/* What a shim of pyenv's decides by: a variable, and files in this directory and those above.
 */
static bool ask_shim(char *const *question, const char *directory, char *answer)
{
    enum { MOST = 64, FIXED = 3 };
    const char *depends_on[MOST + FIXED + 1] = {NULL};
    char *files[MOST], global[PATH_MAX + 16], below[PATH_MAX];
    const char *version = getenv("PYENV_VERSION"), *path = getenv("PATH");
    size_t count = 0;
    snprintf(below, sizeof below, "%s", directory);
    for (char *slash; count < MOST && (slash = strrchr(below, '/')); *slash = '\0')
        if (asprintf(&files[count], "%s/.python-version", below) >= 0) {
            depends_on[count] = files[count];
            count++;
        }
    const char *shims = strstr(question[0], "/shims/");
    snprintf(global, sizeof global, "%.*s/version", shims ? (int)(shims - question[0]) : 0,
             question[0]);
    depends_on[count] = global;
    depends_on[count + 1] = version ? version : "no version";
    depends_on[count + 2] = path ? path : "no path";
    bool answered = facts_ask_once(question, depends_on, answer);
    while (count > 0)
        free(files[--count]);
    return answered;
}

/* Scripts that stand for an interpreter choose one by the current directory and the
 * environment: what they say now need not hold the next time. How pyenv's do it is known. */
static bool ask_script(char *const *question, const char *start, char *answer)
{
    char *directory = is_shim(start) ? getcwd(NULL, 0) : NULL;
    bool answered =
        directory ? ask_shim(question, directory, answer) : facts_ask(question, answer);
    free(directory);
    return answered;
}

/* What makes a virtual environment: the same binary means another prefix without it. */
static bool ask_binary(char *const *question, char *answer)
{
    char configuration[PATH_MAX + 32];
    const char *path = question[0], *slash = strrchr(path, '/');
    snprintf(configuration, sizeof configuration, "%.*s/../pyvenv.cfg", (int)(slash - path),
             path);
    return facts_ask_once(question, (const char *const[]){configuration, NULL}, answer);
}

bool installation_identify(const char *path, struct installation *installation)
{
    char *const question[] = {(char *)path,   (char[]){"-I"}, (char[]){"-S"},
                              (char[]){"-c"}, identity_code,  NULL};
    char start[1024], *answer = installation->answer;
    read_start(path, start, sizeof start);
    if (!(strncmp(start, "\177ELF", 4) == 0 ? ask_binary(question, answer)
                                            : ask_script(question, start, answer)))
        return false;
    char *rest = answer;
    installation->base_prefix = strsep(&rest, "\n");
    installation->version = strsep(&rest, "\n");
    installation->executable = strsep(&rest, "\n");
    return installation->executable && installation->executable[0] == '/' && !rest;
}

/* ---- PATH ---- */

/* Calls `visit` for the programs of that name in the directories of PATH. */
static bool visit_path(const char *name, installation_visitor *visit, void *context)
{
    const char *path = getenv("PATH");
    for (const char *at = path ? path : "/usr/bin:/bin"; at;) {
        size_t length = strcspn(at, ":");
        char joined[PATH_MAX], *resolved = NULL;
        int written = length > 0
                          ? snprintf(joined, sizeof joined, "%.*s/%s", (int)length, at, name)
                          : snprintf(joined, sizeof joined, "./%s", name);
        at = at[length] ? at + length + 1 : NULL;
        if (written >= PATH_MAX || !is_program(joined))
            continue;
        char *directory = joined[0] == '/' ? NULL : getcwd(NULL, 0);
        bool absolute = joined[0] == '/' ||
                        (directory && asprintf(&resolved, "%s/%s", directory, joined) > 0);
        bool done = absolute && visit(resolved ? resolved : joined, context);
        free(directory);
        free(resolved);
        if (done)
            return true;
    }
    return false;
}

static bool take_first(const char *path, void *found)
{
    if (strlen(path) >= PATH_MAX)
        return false;
    strcpy(found, path);
    return true;
}

bool program_on_path(const char *name, char *found)
{
    return visit_path(name, take_first, found);
}

/* ---- All of them ---- */

static bool visit_pattern(const char *pattern, installation_visitor *visit, void *context)
{
    glob_t found;
    if (glob(pattern, 0, NULL, &found) != 0)
        return false;
    bool done = false;
    for (size_t i = found.gl_pathc; i-- > 0 && !done;) /* newer versions first, roughly */
        done = is_program(found.gl_pathv[i]) && visit(found.gl_pathv[i], context);
    globfree(&found);
    return done;
}

/* Managers keep installations in directories; pyenv and uv name them by version. In a pattern,
 * %s is the directory that the variable names, or below HOME the one behind it; the second is
 * the version. */
static bool visit_managed(const char *version, installation_visitor *visit, void *context)
{
    static const struct {
        const char *variable, *below_home, *pattern;
    } managers[] = {
        {"PYENV_ROOT", ".pyenv", "%s/versions/%s*/bin/python"},
        {"UV_PYTHON_INSTALL_DIR", ".local/share/uv/python", "%s/cpython-%s*/bin/python3"},
        {"CONDA_PREFIX", "miniconda3", "%s/bin/python%s*[0-9]"},
        {"CONDA_ROOT", "miniconda3", "%s/envs/*/bin/python%s*[0-9]"},
        {"CONDA_ROOT", "anaconda3", "%s/bin/python%s*[0-9]"},
        {"CONDA_ROOT", "miniforge3", "%s/bin/python%s*[0-9]"},
        {"CONDA_ROOT", ".conda", "%s/envs/*/bin/python%s*[0-9]"},
    };
    const char *home = getenv("HOME");
    for (size_t i = 0; i < sizeof managers / sizeof *managers; i++) {
        const char *root = getenv(managers[i].variable);
        char directory[PATH_MAX], pattern[2 * PATH_MAX];
        if (!root && !home)
            continue;
        snprintf(directory, sizeof directory, "%s%s%s", root ? root : home, root ? "" : "/",
                 root ? "" : managers[i].below_home);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(pattern, sizeof pattern, managers[i].pattern, directory, version);
#pragma GCC diagnostic pop
        if (visit_pattern(pattern, visit, context))
            return true;
    }
    return false;
}

/* "3.11.2" → "3.11": commands are called python3 and python3.11, never python3.11.2. */
static size_t command_version_length(const char *version)
{
    const char *dot = strchr(version, '.');
    const char *second = dot ? strchr(dot + 1, '.') : NULL;
    return second ? (size_t)(second - version) : strlen(version);
}

bool installations_visit(const char *version, installation_visitor *visit, void *context)
{
    static const char *const directories[] = {"/usr/local/bin", "/usr/bin"};
    char name[64], pattern[128];
    snprintf(name, sizeof name, "python%.*s", (int)command_version_length(version), version);
    if (visit_path(name, visit, context) || visit_managed(version, visit, context))
        return true;
    for (size_t i = 0; i < sizeof directories / sizeof *directories; i++) {
        snprintf(pattern, sizeof pattern, "%s/%s%s", directories[i], name,
                 strchr(version, '.') ? "" : ".[0-9]*[0-9]");
        if (visit_pattern(pattern, visit, context))
            return true;
    }
    return false;
}
