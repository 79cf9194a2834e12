/* What a command line says about the program to run, how it is recorded, and where results go:
 * options that all commands share that run programs.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_RUN_REQUEST_H
#define PYPERF_CLI_RUN_REQUEST_H

#include <stdbool.h>

#include "cli/interpreters/hosts.h"
#include "cli/options.h"
#include "cli/program.h"
#include "recording/options.h"

/* Strings are borrowed from the command line. */
struct run_request {
    const char *command; /* for messages: "pyperf run" */
    struct program program;
    const char *python;              /* --python, or NULL */
    enum host_wish host;             /* --host */
    struct record_options recording; /* but for the directory */
    const char *output;              /* --output as given, or NULL */
    const char *format;              /* --format, or NULL */
    const char *report;              /* a file, "-" for stdout, NULL for none */
    bool quiet;                      /* --quiet */
    bool raw_times;                  /* --raw-times */
};

/* The input of each is a struct run_request; their options stand in the groups 1 to 4 of the
 * help, with the headers of these. */
extern const struct argp request_program_argp;   /* -m -c, operands; how Python is started */
extern const struct argp request_recording_argp; /* --children --threads --clock … */
extern const struct argp request_results_argp;   /* -o -f -q --report --raw-times */

/* Call before the options are parsed. */
void run_request_init(struct run_request *request, const char *command);

/* Call afterwards: sees to what options mean together. */
enum options_outcome run_request_finish(struct run_request *request);

/* Release the request in any case. */
void run_request_release(struct run_request *request);

#endif
