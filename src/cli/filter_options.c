/* SPDX-License-Identifier: MIT */
#include "cli/filter_options.h"

#include "cli/options.h"

enum { KEY_SELECT = 0x500, KEY_EXCLUDE };

static const struct argp_option options_table[] = {
    {"select", KEY_SELECT, "PATTERN", 0,
     "only functions that match: NAME, MODULE:NAME, a FILE, or mine, site-packages, stdlib, "
     "builtins; repeatable",
     0},
    {"exclude", KEY_EXCLUDE, "PATTERN", 0, "no functions that match; repeatable", 0},
    {NULL, 0, NULL, 0, NULL, 0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct pyperf_row_filter **filter = state->input;
    struct pyperf_error error;
    if (key != KEY_SELECT && key != KEY_EXCLUDE)
        return ARGP_ERR_UNKNOWN;
    if (!*filter)
        *filter = pyperf_row_filter_create();
    if (!*filter)
        return option_fail(state, "out of memory");
    bool selects = key == KEY_SELECT;
    enum pyperf_status status = selects ? pyperf_row_filter_select(*filter, argument, &error)
                                        : pyperf_row_filter_exclude(*filter, argument, &error);
    if (status != PYPERF_OK)
        return option_fail(state, "--%s: %s", selects ? "select" : "exclude", error.message);
    return 0;
}

const struct argp filter_argp = {.options = options_table, .parser = parse};
