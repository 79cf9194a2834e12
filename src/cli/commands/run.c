/* `pyperf run`: runs a program, records every call, reports.
 *
 * SPDX-License-Identifier: MIT */
#include <stdbool.h>

#include "cli/command.h"
#include "cli/commands/run_options.h"
#include "cli/decorated_results.h"
#include "cli/recorded_run.h"
#include "cli/results.h"

static bool deliver(void *context, const struct delivery *delivery)
{
    const struct run_options *options = context;
    struct destinations to = options->destinations;
    to.output = delivery->output;
    to.output_shown = delivery->output_shown;
    to.report = delivery->report;
    if (delivery->recordings)
        return results_keep(&to, delivery->recordings, delivery->recording_count,
                            delivery->outcome);
    return options->decorated
               ? decorated_results_deliver(&to, delivery->profile, delivery->outcome)
               : results_deliver(&to, delivery->profile, delivery->outcome);
}

static int run_program(const struct command *command, int argc, char **argv)
{
    struct run_options options = {0};
    int status = STATUS_USAGE;
    enum options_outcome outcome = run_options_parse(command, &options, argc, argv);
    if (outcome == OPTIONS_HELP)
        status = STATUS_OK;
    const struct pyperf_format *format = options.destinations.format;
    const struct run_purpose purpose = {
        .keeps_recordings = format && pyperf_format_keeps_recordings(format),
        .deliver = deliver,
        .context = &options,
    };
    if (outcome == OPTIONS_OK)
        status = recorded_run(&options.request, &purpose);
    run_options_release(&options);
    return status;
}

const struct command cmd_run = {
    .name = "run",
    .summary = "run a program and record every call",
    .usage = "script.py [ARG...]\n-m MODULE [ARG...]\n-c CODE [ARG...]\n- [ARG...]\n"
             "COMMAND [ARG...]\npython3 [ARG...]",
    .run = run_program,
};
