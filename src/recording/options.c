/* SPDX-License-Identifier: MIT */
#include "recording/options.h"

#include <stdio.h>
#include <string.h>

static const char *const engine_names[] = {
    [RECORD_ENGINE_AUTO] = "auto",
    [RECORD_ENGINE_SETPROFILE] = "setprofile",
    [RECORD_ENGINE_MONITORING] = "monitoring",
    [RECORD_ENGINE_FRAMES] = "frames",
    [RECORD_ENGINE_EMPTY] = "empty",
    [RECORD_ENGINE_NONE] = "none",
};

enum { ENGINE_COUNT = sizeof engine_names / sizeof *engine_names };

const char *record_engine_name(enum record_engine engine)
{
    return engine_names[engine];
}

enum pyperf_status record_engine_parse(const char *name, enum record_engine *engine,
                                       struct pyperf_error *error)
{
    for (int i = 0; i < ENGINE_COUNT; i++)
        if (strcmp(name, engine_names[i]) == 0) {
            *engine = (enum record_engine)i;
            return PYPERF_OK;
        }
    return pyperf_error_set(
        error, PYPERF_USAGE,
        "there is no engine '%s'; choose auto, setprofile, monitoring or frames", name);
}

void record_options_format(const struct record_options *options, char *text)
{
    snprintf(text, RECORD_OPTIONS_SIZE,
             "engine=%s scope=%d builtins=%d cpu=%d main-thread=%d startup=%d lines=%d "
             "line-calls=%d hot=%u max-nodes=%u in %s",
             record_engine_name(options->engine), options->scope, options->builtins,
             options->cpu_time, options->main_thread, options->startup, options->lines,
             options->line_calls, (unsigned)options->hot, (unsigned)options->max_nodes,
             options->directory);
}

enum pyperf_status record_options_parse(const char *text, struct record_options *options,
                                        struct pyperf_error *error)
{
    char engine[16] = "";
    int scope = 0, builtins = 0, cpu_time = 0, main_thread = 0, startup = 0, directory = 0;
    int lines = 0, line_calls = 0;
    unsigned hot = 0, max_nodes = 0;
    int fields =
        sscanf(text,
               "engine=%15s scope=%d builtins=%d cpu=%d main-thread=%d startup=%d lines=%d "
               "line-calls=%d hot=%u max-nodes=%u in %n",
               engine, &scope, &builtins, &cpu_time, &main_thread, &startup, &lines,
               &line_calls, &hot, &max_nodes, &directory);
    if (fields != 10 || scope < 0 || scope > RECORD_SCOPE_CHILD || text[directory] != '/' ||
        strlen(text + directory) >= RECORD_DIRECTORY_SIZE)
        return pyperf_error_set(error, PYPERF_USAGE,
                                "this program is started by pyperf, not by hand");
    options->scope = (enum record_scope)scope;
    options->builtins = builtins != 0;
    options->cpu_time = cpu_time != 0;
    options->main_thread = main_thread != 0;
    options->startup = startup != 0;
    options->lines = lines != 0;
    options->line_calls = line_calls != 0;
    options->hot = hot;
    options->max_nodes = max_nodes;
    strcpy(options->directory, text + directory);
    return record_engine_parse(engine, &options->engine, error);
}
