/* `pyperf pythons`: which interpreters are here, and what records them.
 *
 * SPDX-License-Identifier: MIT */
#include <libsmartcols.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/interpreters/hosts.h"
#include "cli/interpreters/interpreter.h"
#include "cli/options.h"
#include "cli/stream.h"

enum column { VERSION, HOST, ENGINE, PATH, COLUMN_COUNT };

struct listing {
    const struct host_list *hosts;
    struct libscols_table *table;
    char *chosen; /* the one that `pyperf run` would take, or NULL */
    char **seen;  /* "VERSION BASE_PREFIX" of what is in the table */
    size_t count;
    bool failed; /* there was no memory */
};

static enum options_outcome parse_options(const struct command *command, int argc, char **argv)
{
    (void)command;
    const struct argp argp = {
        .doc = "Lists the CPython installations of this machine: those on PATH and in the "
               "usual places, and those of pyenv, uv and conda, with what records them. The "
               "one that `pyperf run` takes by itself has a star.\v"
               "Example:\n"
               "  pyperf pythons",
    };
    return options_parse("pyperf pythons", &argp, argc, argv, NULL);
}

static bool is_new(struct listing *listing, const struct installation *installation)
{
    char *name, prefix[PATH_MAX];
    const char *real = realpath(installation->base_prefix, prefix);
    if (asprintf(&name, "%s %s", installation->version,
                 real ? real : installation->base_prefix) < 0) {
        listing->failed = true;
        return false;
    }
    char **seen = reallocarray(listing->seen, listing->count + 1, sizeof *seen);
    bool known = !seen;
    listing->failed = listing->failed || !seen;
    listing->seen = seen ? seen : listing->seen;
    for (size_t i = 0; i < listing->count && !known; i++)
        known = strcmp(listing->seen[i], name) == 0;
    if (known)
        free(name);
    else
        listing->seen[listing->count++] = name;
    return !known;
}

static void add_row(struct listing *listing, const struct installation *installation)
{
    static const char *const kinds[] = {[HOST_EMBEDDED] = "embedded", [HOST_AGENT] = "agent"};
    struct pyperf_error error;
    const struct host *host = host_choose(listing->hosts, HOST_WISH_AUTO, installation, &error);
    struct libscols_line *line = scols_table_new_line(listing->table, NULL);
    char version[64];
    bool chosen = listing->chosen && strcmp(listing->chosen, installation->executable) == 0;
    snprintf(version, sizeof version, "%c %s", chosen ? '*' : ' ', installation->version);
    if (!line || scols_line_set_data(line, VERSION, version) != 0 ||
        scols_line_set_data(line, HOST, host ? kinds[host->kind] : "none") != 0 ||
        scols_line_set_data(line, ENGINE, host ? host->engine : "") != 0 ||
        scols_line_set_data(line, PATH, installation->executable) != 0)
        listing->failed = true;
}

static bool add_installation(const char *path, void *context)
{
    struct listing *listing = context;
    struct installation installation;
    if (installation_identify(path, &installation) && is_new(listing, &installation))
        add_row(listing, &installation);
    return false;
}

/* By the name that `pyperf run` gives it, so first. */
static void add_default(struct listing *listing)
{
    struct interpreter_choice choice;
    struct pyperf_error error;
    const struct interpreter_question question = {
        .hosts = listing->hosts, .choice = &choice, .error = &error};
    if (interpreter_choose(&question) != INTERPRETER_FOUND)
        return;
    listing->chosen = choice.path;
    add_installation(choice.path, listing);
}

/* Newer versions first. */
static int compare_versions(struct libscols_cell *a, struct libscols_cell *b, void *unused)
{
    (void)unused;
    return strverscmp(scols_cell_get_data(b) + 2, scols_cell_get_data(a) + 2);
}

static bool make_table(struct listing *listing)
{
    static const struct {
        const char *name;
        double width;
        int flags;
    } columns[COLUMN_COUNT] = {
        [VERSION] = {"  VERSION", 0, 0},
        [HOST] = {"HOST", 0, 0},
        [ENGINE] = {"ENGINE", 0, 0},
        [PATH] = {"PATH", 0, SCOLS_FL_NOEXTREMES},
    };
    listing->table = scols_new_table();
    for (int i = 0; i < COLUMN_COUNT && listing->table; i++)
        if (!scols_table_new_column(listing->table, columns[i].name, columns[i].width,
                                    columns[i].flags))
            return false;
    return listing->table != NULL;
}

static void fill_table(struct listing *listing)
{
    add_default(listing);
    installations_visit("3", add_installation, listing);
    for (size_t i = 0; i < listing->hosts->count; i++)
        if (listing->hosts->hosts[i].interpreter)
            add_installation(listing->hosts->hosts[i].interpreter, listing);
    struct libscols_column *versions = scols_table_get_column(listing->table, VERSION);
    scols_column_set_cmpfunc(versions, compare_versions, NULL);
    scols_sort_table(listing->table, versions);
}

static int print(const struct host_list *hosts)
{
    struct listing listing = {.hosts = hosts};
    char known[256];
    if (make_table(&listing))
        fill_table(&listing);
    listing.failed = listing.failed || !listing.table;
    if (listing.failed)
        message("out of memory");
    else
        scols_print_table(listing.table);
    host_list_describe(hosts, known, sizeof known);
    if (!listing.failed)
        printf("\nThis pyperf records %s. For another one, build it again where that is "
               "installed with its headers.\n",
               known);
    scols_unref_table(listing.table);
    while (listing.count > 0)
        free(listing.seen[--listing.count]);
    free(listing.seen);
    free(listing.chosen);
    return listing.failed ? STATUS_FAILED : STATUS_OK;
}

static int list_pythons(const struct command *command, int argc, char **argv)
{
    enum options_outcome outcome = parse_options(command, argc, argv);
    if (outcome != OPTIONS_OK)
        return outcome == OPTIONS_HELP ? STATUS_OK : STATUS_USAGE;
    struct host_list hosts;
    struct pyperf_error error;
    int status = STATUS_FAILED;
    if (host_list_load(&hosts, &error) == PYPERF_OK)
        status = print(&hosts);
    else
        message("%s", error.message);
    host_list_release(&hosts);
    return status;
}

const struct command cmd_pythons = {
    .name = "pythons",
    .summary = "list the interpreters that programs can be run with",
    .usage = "",
    .run = list_pythons,
};
