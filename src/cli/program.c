/* SPDX-License-Identifier: MIT */
#include "cli/program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *program_title(const struct program *program)
{
    if (!program->option)
        return strdup(program->name);
    if (strcmp(program->option, "-c") == 0)
        return strdup("-c");
    char *title;
    return asprintf(&title, "-m %s", program->name) < 0 ? NULL : title;
}

char **program_command(const struct program *program, const char *host, const char *options,
                       const char *interpreter)
{
    size_t argument_count = 0;
    while (program->arguments[argument_count])
        argument_count++;
    char **command = calloc(program->python_option_count + argument_count + 6, sizeof *command);
    if (!command)
        return NULL;
    char **next = command;
    *next++ = (char *)host;
    *next++ = (char *)options;
    *next++ = (char *)interpreter;
    for (size_t i = 0; i < program->python_option_count; i++)
        *next++ = program->python_options[i];
    if (program->option)
        *next++ = (char *)program->option;
    else if (program->name[0] == '-' && program->name[1])
        *next++ = (char *)"--"; /* a script with an unlucky name */
    *next++ = (char *)program->name;
    for (size_t i = 0; i < argument_count; i++)
        *next++ = program->arguments[i];
    return command;
}
