/* SPDX-License-Identifier: MIT */
#include "cli/options.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pyperf/error.h>

#include "base/nearest.h"
#include "cli/stream.h"

/* What the outermost parser knows. Every parser gets at it through argp_state.root_argp. */
struct parse {
    struct argp outermost; /* the first member, see option_fail */
    const char *name;      /* what the help calls the program */
    void *input;           /* the command's own */
    bool help;
    bool failed;
    struct pyperf_error error;
};

error_t option_fail(struct argp_state *state, const char *format, ...)
{
    struct parse *parse = (struct parse *)state->root_argp;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(parse->error.message, sizeof parse->error.message, format, arguments);
    va_end(arguments);
    parse->failed = true;
    return EINVAL;
}

error_t option_take_share(struct argp_state *state, const char *option, const char *text,
                          double *share)
{
    char *end;
    double number = strtod(text, &end);
    bool percent = end != text && strcmp(end, "%") == 0;
    if (percent)
        number /= 100;
    if (end == text || (*end && !percent) || !(number >= 0 && number <= 1))
        return option_fail(state, "%s: '%s' is no share of the time, such as 0.001 or 0.1%%",
                           option, text);
    *share = number;
    return 0;
}

/* Not argp_help(), which would not ask leave_out_note. */
static void show_help(struct argp_state *state, const char *name)
{
    state->name = (char *)name;
    state->flags &= ~(unsigned)ARGP_NO_ERRS;
    argp_state_help(state, stdout, ARGP_HELP_STD_HELP & ~ARGP_HELP_EXIT_OK);
}

static error_t parse_outermost(int key, char *argument, struct argp_state *state)
{
    (void)argument;
    struct parse *parse = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = parse->input;
        return 0;
    case 'h':
        parse->help = true;
        show_help(state, parse->name);
        options_end(state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option help_option[] = {
    {"help", 'h', NULL, 0, "show this help", -1},
    {NULL, 0, NULL, 0, NULL, 0},
};

/* argp's note on the arguments of short options tells nobody anything new. */
static char *leave_out_note(int key, const char *text, void *input)
{
    (void)input;
    return key == ARGP_KEY_HELP_DUP_ARGS_NOTE ? NULL : (char *)text;
}

/* ---- What is wrong with an option that argp refused ---- */

/* Calls `visit` for every option of an argp and its children until it returns true. */
typedef bool option_visitor(const struct argp_option *option, void *context);

static bool visit_options(const struct argp *argp, option_visitor *visit, void *context)
{
    const struct argp_option *option = argp->options;
    for (; option && (option->name || option->key || option->doc); option++) {
        if ((option->name || option->key) && visit(option, context))
            return true;
    }
    for (const struct argp_child *child = argp->children; child && child->argp; child++) {
        if (visit_options(child->argp, visit, context))
            return true;
    }
    return false;
}

struct lookup {
    const char *name; /* a long option, or NULL */
    size_t length;
    int key; /* a short option */
    const struct argp_option *found;
    int matches;           /* how many long options start like that; 1 for an exact match */
    const char *names[64]; /* the long options seen */
    size_t name_count;
};

static bool look_up(const struct argp_option *option, void *context)
{
    struct lookup *lookup = context;
    if (!lookup->name) {
        if (option->key == lookup->key)
            lookup->found = option;
        return lookup->found != NULL;
    }
    if (!option->name)
        return false;
    if (lookup->name_count < sizeof lookup->names / sizeof *lookup->names)
        lookup->names[lookup->name_count++] = option->name;
    if (strncmp(option->name, lookup->name, lookup->length) != 0)
        return false;
    lookup->found = option;
    bool exact = option->name[lookup->length] == '\0';
    lookup->matches = exact ? 1 : lookup->matches + 1;
    return exact;
}

/* Describes what is wrong with a long option in `text`; returns whether its value is the next
 * argument. */
static bool check_long(const struct argp *argp, const char *argument, const char *next,
                       char *text, size_t size)
{
    char name[64] = "";
    size_t length = strcspn(argument + 2, "=");
    if (length < sizeof name)
        memcpy(name, argument + 2, length);
    bool has_value = argument[2 + length] == '=';
    struct lookup lookup = {.name = name, .length = strlen(name)};
    if (*name)
        visit_options(argp, look_up, &lookup);
    const char *nearest = nearest_name(name, lookup.names, lookup.name_count);
    if (lookup.matches > 1)
        snprintf(text, size, "--%s is ambiguous", name);
    else if (!lookup.found && nearest)
        snprintf(text, size, "unknown option --%.*s; did you mean --%s?", (int)length,
                 argument + 2, nearest);
    else if (!lookup.found)
        snprintf(text, size, "unknown option --%.*s", (int)length, argument + 2);
    else if (has_value && !lookup.found->arg)
        snprintf(text, size, "--%s takes no value", lookup.found->name);
    bool takes_next = lookup.found && lookup.found->arg && !has_value &&
                      !(lookup.found->flags & OPTION_ARG_OPTIONAL);
    if (takes_next && !next)
        snprintf(text, size, "--%s needs a value: --%s=%s", lookup.found->name,
                 lookup.found->name, lookup.found->arg);
    return takes_next;
}

/* The same for a cluster of short options. */
static bool check_short(const struct argp *argp, const char *argument, const char *next,
                        char *text, size_t size)
{
    for (const char *letter = argument + 1; *letter; letter++) {
        struct lookup lookup = {.key = (unsigned char)*letter};
        visit_options(argp, look_up, &lookup);
        if (!lookup.found) {
            snprintf(text, size, "unknown option -%c", *letter);
            return false;
        }
        if (!lookup.found->arg)
            continue;
        bool takes_next = !letter[1] && !(lookup.found->flags & OPTION_ARG_OPTIONAL);
        if (takes_next && !next)
            snprintf(text, size, "-%c needs a value: -%c %s", *letter, *letter,
                     lookup.found->arg);
        return takes_next;
    }
    return false;
}

/* getopt's messages cannot be worded, and do not name what may have been meant; so it is kept
 * silent, and this goes over the options again to find what it stumbled on. */
static void explain(const char *name, const struct argp *argp, int argc, char **argv)
{
    char text[512] = "";
    for (int i = 1; i < argc && !*text; i++) {
        const char *argument = argv[i];
        const char *next = i + 1 < argc ? argv[i + 1] : NULL;
        if (strcmp(argument, "--") == 0)
            break;
        if (argument[0] != '-' || !argument[1])
            continue; /* an operand: where options may follow those, they are parsed as well */
        bool takes_next = argument[1] == '-'
                              ? check_long(argp, argument, next, text, sizeof text)
                              : check_short(argp, argument, next, text, sizeof text);
        i += takes_next;
    }
    message("%s (see `%s --help`)", *text ? text : "wrong command line", name);
}

enum options_outcome options_parse(const char *name, const struct argp *argp, int argc,
                                   char **argv, void *input)
{
    const struct argp_child children[] = {{argp, 0, NULL, 0}, {NULL, 0, NULL, 0}};
    struct parse parse = {
        .outermost = {.options = help_option,
                      .parser = parse_outermost,
                      .children = children,
                      .help_filter = leave_out_note},
        .name = name,
        .input = input,
    };
    error_t error =
        argp_parse(&parse.outermost, argc, argv,
                   ARGP_IN_ORDER | ARGP_NO_HELP | ARGP_NO_ERRS | ARGP_NO_EXIT, NULL, &parse);
    if (parse.help)
        return OPTIONS_HELP;
    if (parse.failed) {
        message("%s", parse.error.message);
        return OPTIONS_WRONG;
    }
    if (error == ENOMEM) {
        message("out of memory");
        return OPTIONS_WRONG;
    }
    if (error) {
        explain(name, &parse.outermost, argc, argv);
        return OPTIONS_WRONG;
    }
    return OPTIONS_OK;
}
