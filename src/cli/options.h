/* Command lines by glibc's argp: one declarative table per command, our own words for mistakes.
 *
 * Options come before the first operand, which ends them. A command's argp parser reports a bad
 * value with option_fail(), and ends the parsing itself (options_end) when it has met its first
 * operand, so that what follows stays untouched.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_OPTIONS_H
#define PYPERF_CLI_OPTIONS_H

#include <argp.h>

enum options_outcome {
    OPTIONS_OK,
    OPTIONS_HELP,  /* --help was asked for and has been printed: nothing more to do */
    OPTIONS_WRONG, /* what was wrong has been printed */
};

/* Parses argv; `argp` gets `input`. `name` is what messages and the help call the program:
 * "pyperf", "pyperf run". */
enum options_outcome options_parse(const char *name, const struct argp *argp, int argc,
                                   char **argv, void *input);

/* Says what is wrong with an option's value. Return its result from the parser. */
error_t option_fail(struct argp_state *state, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Reads the value of `option` ("--min") that is a share: 0.001 or 0.1%, from 0 to 1. Return its
 * result from the parser where it is not 0. */
error_t option_take_share(struct argp_state *state, const char *option, const char *text,
                          double *share);

/* Takes the rest of the command line away from argp. */
static inline void options_end(struct argp_state *state)
{
    state->next = state->argc;
}

#endif
