/* SPDX-License-Identifier: MIT */
#include "cli/interpreters/shebang.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { LINE_SIZE = PATH_MAX + 64 };

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

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool is_python(const char *path)
{
    return strncmp(base_name(path), "python", strlen("python")) == 0;
}

/* The command behind `env`: options and assignments come before it. */
static const char *command_of_env(char *line)
{
    const char *word;
    while ((word = take_word(&line)) != NULL)
        if (word[0] != '-' && !strchr(word, '='))
            return word;
    return NULL;
}

static const char *first_line_interpreter(char *line)
{
    if (strncmp(line, "#!", 2) != 0)
        return NULL;
    line += 2;
    const char *program = take_word(&line);
    if (program && strcmp(base_name(program), "env") == 0)
        return command_of_env(line);
    return program;
}

static const char *second_line_interpreter(char *line)
{
    static const char trick[] = "'''exec' ";
    if (strncmp(line, trick, sizeof trick - 1) != 0)
        return NULL;
    line += sizeof trick - 1;
    return take_word(&line);
}

bool shebang_interpreter(const char *script, char *interpreter)
{
    char first[LINE_SIZE] = "", second[LINE_SIZE] = "";
    FILE *file = fopen(script, "re");
    if (!file)
        return false;
    bool read = fgets(first, sizeof first, file) != NULL;
    if (read && !fgets(second, sizeof second, file))
        second[0] = '\0';
    fclose(file);
    first[strcspn(first, "\r\n")] = second[strcspn(second, "\r\n")] = '\0';
    const char *found = first_line_interpreter(first);
    if (found && strcmp(base_name(found), "sh") == 0)
        found = second_line_interpreter(second);
    if (!found || !is_python(found) || strlen(found) >= PATH_MAX)
        return false;
    strcpy(interpreter, found);
    return true;
}
