/* SPDX-License-Identifier: MIT */
#include "cli/interpreters/shebang.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/string_parts.h"
#include "cli/interpreters/installations.h"

/* Takes the first word off the line; quotes hold a word with spaces together. NULL at its end.
 */
static char *take_word(char **line)
{
    char *word = *line + strspn(*line, " \t");
    if (!*word)
        return NULL;
    const char *ends = " \t";
    if (*word == '"' || *word == '\'') {
        ends = *word == '"' ? "\"" : "'";
        word++;
    }
    char *end = word + strcspn(word, ends);
    *line = *end ? end + 1 : end;
    *end = '\0';
    return word;
}

static bool is_python(const char *path)
{
    return has_prefix(base_name(path), "python");
}

/* The command behind `env`: options and assignments come before it. */
static const char *command_of_env(char **line)
{
    const char *word;
    while ((word = take_word(line)) != NULL)
        if (word[0] != '-' && !strchr(word, '='))
            return word;
    return NULL;
}

/* False where it is none of Python's. */
static bool take_interpreter(const char *found, struct shebang *shebang)
{
    if (!found || !is_python(found) || strlen(found) >= sizeof shebang->interpreter)
        return false;
    strcpy(shebang->interpreter, found);
    return true;
}

/* -W and -X have a value, which may be the next word. */
static bool lacks_value(const char *option)
{
    char last = option[strlen(option) - 1];
    return option[1] != '-' && !strpbrk(option, "cm") && (last == 'W' || last == 'X') &&
           strcspn(option, "WX") == strlen(option) - 1;
}

static void take_options(char *line, struct shebang *shebang)
{
    bool value = false;
    for (size_t count = 0; count < SHEBANG_MOST_OPTIONS; count++) {
        char *word = take_word(&line);
        if (!word || (word[0] != '-' && !value))
            break;
        shebang->options[count] = word;
        value = !value && lacks_value(word);
    }
}

/* In `'''exec' "/long path/python" "$0" "$@"`, or the same with a command of the shell's that
 * finds the script's directory, which uv writes for environments that can be moved. */
static bool read_second_line(const char *script, char *line, struct shebang *shebang)
{
    static const char trick[] = "'''exec' ";
    static const char beside[] = "\"$(dirname -- \"$(realpath -- \"$0\")\")\"/";
    if (!has_prefix(line, trick))
        return false;
    line += sizeof trick - 1;
    if (!has_prefix(line, beside))
        return take_interpreter(take_word(&line), shebang);
    line += sizeof beside - 1;
    char path[PATH_MAX + SHEBANG_LINE_SIZE];
    const char *name = take_word(&line);
    if (!name || !realpath(script, path))
        return false;
    strcpy(strrchr(path, '/') + 1, name);
    return take_interpreter(path, shebang);
}

static bool read_lines(const char *script, struct shebang *shebang)
{
    FILE *file = fopen(script, "re");
    if (!file)
        return false;
    if (fgets(shebang->first, sizeof shebang->first, file) &&
        !fgets(shebang->second, sizeof shebang->second, file))
        shebang->second[0] = '\0';
    fclose(file);
    shebang->first[strcspn(shebang->first, "\r\n")] = '\0';
    shebang->second[strcspn(shebang->second, "\r\n")] = '\0';
    return has_prefix(shebang->first, "#!");
}

bool shebang_read(const char *script, struct shebang *shebang)
{
    *shebang = (struct shebang){0};
    if (!read_lines(script, shebang))
        return false;
    char *line = shebang->first + 2;
    const char *program = take_word(&line);
    if (program && strcmp(base_name(program), "sh") == 0)
        return read_second_line(script, shebang->second, shebang);
    if (program && strcmp(base_name(program), "env") == 0)
        program = command_of_env(&line);
    if (!take_interpreter(program, shebang))
        return false;
    take_options(line, shebang);
    return true;
}

bool shebang_is_binding(const char *script, const struct shebang *shebang)
{
    const char *interpreter = shebang->interpreter;
    char path[PATH_MAX], configuration[PATH_MAX + 32];
    if (interpreter[0] != '/' || !is_program(interpreter) || !realpath(script, path))
        return false;
    size_t length = (size_t)(base_name(interpreter) - interpreter);
    snprintf(configuration, sizeof configuration, "%.*s../pyvenv.cfg", (int)length,
             interpreter);
    return access(configuration, F_OK) == 0 || ((size_t)(base_name(path) - path) == length &&
                                                strncmp(path, interpreter, length) == 0);
}
