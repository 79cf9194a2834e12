/* SPDX-License-Identifier: MIT */
#include "cli/interpreters/interpreter.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/interpreters/installations.h"

static enum interpreter_outcome settle(const struct installation *installation,
                                       const struct interpreter_question *question,
                                       struct pyperf_error *error)
{
    struct interpreter_choice *choice = question->choice;
    choice->host = host_choose(question->hosts, question->host, installation, error);
    if (!choice->host)
        return INTERPRETER_WITHOUT_HOST;
    choice->path = strdup(installation->executable);
    if (choice->path)
        return INTERPRETER_FOUND;
    pyperf_error_set(error, PYPERF_NO_MEMORY, "out of memory");
    return INTERPRETER_WITHOUT_HOST;
}

/* `absolute` is the path of a program, `wanted` what the user called it. */
static enum interpreter_outcome choose_program(const char *absolute, const char *wanted,
                                               const struct interpreter_question *question)
{
    struct installation installation;
    if (installation_identify(absolute, &installation))
        return settle(&installation, question, question->error);
    pyperf_error_set(question->error, PYPERF_UNSUPPORTED,
                     "%s does not answer as a Python 3 does; try: %s -c 'import sys'", wanted,
                     wanted);
    return INTERPRETER_MISSING;
}

/* A path to an interpreter, or to a directory that has one as bin/python. */
static enum interpreter_outcome choose_path(const struct interpreter_question *question)
{
    const char *wanted = question->wanted;
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
        return choose_program(path, wanted, question);
    if (directory)
        pyperf_error_set(question->error, PYPERF_USAGE,
                         "--python %s: there is no bin/python in it", wanted);
    else
        pyperf_error_set(question->error, PYPERF_USAGE, "--python %s: there is no such program",
                         wanted);
    return INTERPRETER_MISSING;
}

/* ---- By version ---- */

struct version_search {
    const struct interpreter_question *question;
    bool seen; /* an interpreter of this version, without a recorder; it left its message */
};

/* An interpreter with a recorder ends the search. */
static bool try_version(const char *path, void *context)
{
    struct version_search *search = context;
    const struct interpreter_question *question = search->question;
    struct installation installation;
    if (!is_program(path) || !installation_identify(path, &installation) ||
        !version_matches(question->wanted, installation.version))
        return false;
    struct pyperf_error *error = search->seen ? NULL : question->error;
    search->seen = true;
    return settle(&installation, question, error) == INTERPRETER_FOUND;
}

static enum interpreter_outcome choose_version(const struct interpreter_question *question)
{
    struct version_search search = {.question = question};
    if (installations_visit(question->wanted, try_version, &search))
        return INTERPRETER_FOUND;
    for (size_t i = 0; i < question->hosts->count; i++) {
        const struct host *host = &question->hosts->hosts[i];
        if (host->kind == HOST_EMBEDDED && host->version &&
            version_matches(question->wanted, host->version) &&
            try_version(host->interpreter, &search))
            return INTERPRETER_FOUND;
    }
    if (search.seen)
        return INTERPRETER_WITHOUT_HOST;
    pyperf_error_set(question->error, PYPERF_USAGE,
                     "--python %s: there is no such interpreter here; `pyperf pythons` lists "
                     "those that are",
                     question->wanted);
    return INTERPRETER_MISSING;
}

static bool is_version(const char *text)
{
    return text[0] >= '0' && text[0] <= '9' && text[strspn(text, "0123456789.")] == '\0' &&
           strlen(text) < 16;
}

/* ---- Without being told ---- */

static enum interpreter_outcome choose_default(const struct interpreter_question *question)
{
    char path[PATH_MAX];
    const char *environment = getenv("VIRTUAL_ENV");
    if (environment && environment[0] == '/' &&
        snprintf(path, sizeof path, "%s/bin/python", environment) < PATH_MAX &&
        is_program(path))
        return choose_program(path, path, question);
    if (program_on_path("python3", path))
        return choose_program(path, path, question);
    for (size_t i = 0; i < question->hosts->count; i++) {
        const struct host *host = &question->hosts->hosts[i];
        if (host->kind == HOST_EMBEDDED && host->version && is_program(host->interpreter))
            return choose_program(host->interpreter, host->interpreter, question);
    }
    pyperf_error_set(question->error, PYPERF_IO,
                     "there is no python3 on PATH; name an interpreter with "
                     "--python");
    return INTERPRETER_MISSING;
}

enum interpreter_outcome interpreter_choose(const struct interpreter_question *question)
{
    const char *wanted = question->wanted;
    *question->choice = (struct interpreter_choice){0};
    if (!wanted)
        return choose_default(question);
    if (is_version(wanted))
        return choose_version(question);
    if (strchr(wanted, '/'))
        return choose_path(question);
    char path[PATH_MAX];
    if (program_on_path(wanted, path))
        return choose_program(path, wanted, question);
    struct stat info;
    if (stat(wanted, &info) == 0 && S_ISDIR(info.st_mode))
        return choose_path(question);
    pyperf_error_set(question->error, PYPERF_USAGE,
                     "--python %s: there is no such command on PATH; give a path or a version",
                     wanted);
    return INTERPRETER_MISSING;
}
