/* What a command is: a file under commands/ that exports one of these, and a row in main.c.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_COMMAND_H
#define PYPERF_CLI_COMMAND_H

struct command {
    const char *name;
    const char *summary; /* for `pyperf --help`: what it does, in half a line */
    const char *usage;   /* the operands, a line for each form: "script.py [ARG...]" */
    /* Gets the arguments from the command's name on; returns the exit status. */
    int (*run)(const struct command *command, int argc, char **argv);
};

extern const struct command cmd_lines;
extern const struct command cmd_diff;
extern const struct command cmd_export;
extern const struct command cmd_merge;
extern const struct command cmd_pythons;
extern const struct command cmd_run;
extern const struct command cmd_stats;
extern const struct command cmd_view;

/* pyperf's own exit statuses, beside those of the programs it runs: the convention of env,
 * timeout and nice. */
enum {
    STATUS_OK = 0,
    STATUS_USAGE = 2,         /* a wrong command line, as python and argparse have it */
    STATUS_FAILED = 125,      /* pyperf itself failed: unreadable input, a full disk */
    STATUS_NOT_STARTED = 126, /* there is an interpreter, but no recorder that runs it */
    STATUS_NOT_FOUND = 127,   /* there is no such interpreter */
};

#endif
