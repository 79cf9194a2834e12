/* SPDX-License-Identifier: MIT */
#include "cli/program.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/interpreters/installations.h"
#include "cli/interpreters/shebang.h"

/* ---- python as an operand ---- */

static bool is_python_command(const char *name)
{
    const char *slash = strrchr(name, '/');
    const char *base = slash ? slash + 1 : name;
    static const char python[] = "python";
    if (strncmp(base, python, sizeof python - 1) != 0)
        return false;
    const char *version = base + sizeof python - 1;
    return version[strspn(version, "0123456789.")] == '\0';
}

/* Takes one argument of python's that begins with '-'. Returns how many arguments it and its
 * value take, or 0 when it starts the program (`option` and `name` are set then). */
static int take_python_argument(struct program *program, char **argument)
{
    const char *letters = *argument + 1;
    if (*letters == '-')
        return strcmp(letters, "-check-hash-based-pycs") == 0 && argument[1] ? 2 : 1;
    for (; *letters; letters++) {
        const char *value = letters[1] ? letters + 1 : argument[1];
        if (*letters == 'X' || *letters == 'W')
            return letters[1] || !value ? 1 : 2;
        if (*letters == 'm' || *letters == 'c') {
            program->option = *letters == 'm' ? "-m" : "-c";
            program->name = value;
            return 0;
        }
    }
    return 1;
}

/* What runs in the end, for the title and to see whether it is there. */
static void find_in_python_arguments(struct program *program, char **arguments)
{
    program->python_arguments = arguments;
    program->name = NULL;
    while (*arguments && (*arguments)[0] == '-' && (*arguments)[1]) {
        int taken = take_python_argument(program, arguments);
        if (taken == 0)
            return;
        arguments += taken;
    }
    program->name = *arguments;
}

/* ---- Scripts that name their interpreter ---- */

static enum pyperf_status out_of_memory(struct pyperf_error *error)
{
    return pyperf_error_set(error, PYPERF_NO_MEMORY, "out of memory");
}

/* An ordinary script stays what it is. */
static enum pyperf_status resolve_file(struct program *program, struct pyperf_error *error)
{
    struct shebang *shebang = malloc(sizeof *shebang);
    if (!shebang)
        return out_of_memory(error);
    if (!shebang_read(program->name, shebang) || !shebang_is_binding(program->name, shebang)) {
        free(shebang);
        return PYPERF_OK;
    }
    program->shebang = shebang;
    program->interpreter = strdup(shebang->interpreter);
    return program->interpreter ? PYPERF_OK : out_of_memory(error);
}

/* A command on PATH. */
static enum pyperf_status resolve_command(struct program *program, const char *path,
                                          struct pyperf_error *error)
{
    char target[PATH_MAX];
    if (pyenv_shim_target(path, target))
        path = target;
    program->shebang = malloc(sizeof *program->shebang);
    if (!program->shebang)
        return out_of_memory(error);
    if (!shebang_read(path, program->shebang))
        return pyperf_error_set(error, PYPERF_USAGE,
                                "there is no file '%s' here, and the command %s is no Python "
                                "script",
                                program->name, path);
    program->interpreter = strdup(program->shebang->interpreter);
    program->script = strdup(path);
    if (!program->interpreter || !program->script)
        return out_of_memory(error);
    program->name = program->script;
    return PYPERF_OK;
}

enum pyperf_status program_resolve(struct program *program, struct pyperf_error *error)
{
    char path[PATH_MAX];
    const char *name = program->name;
    if (program->option || strcmp(name, "-") == 0)
        return PYPERF_OK;
    bool there = access(name, F_OK) == 0, command = !strchr(name, '/');
    if (is_python_command(name) && (there ? is_program(name) : program_on_path(name, path))) {
        program->interpreter = strdup(name);
        find_in_python_arguments(program, program->arguments);
        return program->interpreter ? PYPERF_OK : out_of_memory(error);
    }
    if (there)
        return is_program(name) ? resolve_file(program, error) : PYPERF_OK;
    if (!command || !program_on_path(name, path))
        return PYPERF_OK;
    return resolve_command(program, path, error);
}

/* ---- Names and command lines ---- */

char *program_title(const struct program *program)
{
    if (!program->name)
        return strdup("-");
    if (!program->option)
        return strdup(program->name);
    if (strcmp(program->option, "-c") == 0)
        return strdup("-c");
    char *title;
    return asprintf(&title, "-m %s", program->name) < 0 ? NULL : title;
}

static size_t length_of(char *const *arguments)
{
    size_t length = 0;
    while (arguments[length])
        length++;
    return length;
}

static char **append(char **to, char *const *arguments, size_t count)
{
    if (count > 0) /* else there may be none, and no address either */
        memcpy(to, arguments, count * sizeof *to);
    return to + count;
}

char **program_command(const struct program *program, const char *host, const char *options,
                       const char *interpreter)
{
    char *const none[] = {NULL};
    char *const *own_options = program->shebang ? program->shebang->options : none;
    size_t size = length_of(own_options) + program->python_option_count +
                  length_of(program->arguments) + 6;
    char **command = calloc(size, sizeof *command), **next = command;
    if (!command)
        return NULL;
    if (host) {
        *next++ = (char *)host;
        *next++ = (char *)options;
    }
    *next++ = (char *)interpreter;
    next = append(next, own_options, length_of(own_options));
    next = append(next, program->python_options, program->python_option_count);
    if (program->python_arguments) {
        append(next, program->python_arguments, length_of(program->python_arguments));
        return command;
    }
    if (program->option)
        *next++ = (char *)program->option;
    else if (program->name[0] == '-' && program->name[1])
        *next++ = (char *)"--"; /* a script with an unlucky name */
    *next++ = (char *)program->name;
    append(next, program->arguments, length_of(program->arguments));
    return command;
}

void program_release(struct program *program)
{
    free(program->python_options);
    free(program->interpreter);
    free(program->script);
    free(program->shebang);
}
