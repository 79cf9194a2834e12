/* `pyperf view`: shows a profile in the browser, as one page that needs no server.
 *
 * SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <pyperf/formats.h>

#include "base/output_file.h"
#include "base/text_buffer.h"
#include "cli/browser.h"
#include "cli/command.h"
#include "cli/input.h"
#include "cli/kept.h"
#include "cli/options.h"
#include "cli/page_server.h"
#include "cli/page_sources.h"
#include "cli/stream.h"

enum { KEY_SERVE = 0x200, KEY_BEFORE, KEY_MIN, KEY_NO_SOURCE, KEY_RAW_TIMES };

enum { USUAL_PORT = 8080 };
static const char usual_host[] = "127.0.0.1";

static const struct argp_option options_table[] = {
    {"output", 'o', "FILE", 0, "write the page to FILE, and open no browser", 0},
    {"before", KEY_BEFORE, "FILE|DIRECTORY", 0,
     "show how the profile differs from this one, which was made before it", 0},
    {"min", KEY_MIN, "SHARE", 0,
     "leave call paths out of the drawing that took less of the time: 0.001 or 0.1%", 0},
    {"no-source", KEY_NO_SOURCE, NULL, 0, "no source text in the page", 0},
    {"raw-times", KEY_RAW_TIMES, NULL, 0,
     "keep the measured cost of recording in the figures, instead of taking it off", 0},
    {"browser", 'b', "COMMAND", 0, "open the page with COMMAND (default: $BROWSER)", 0},
    {"serve", KEY_SERVE, NULL, 0, "serve the page until Ctrl-C, for a browser elsewhere", 0},
    {"server", 's', NULL, 0, "the same, and open no browser", 0},
    {"hostname", 'H', "ADDRESS", 0, "serve on this address (default: 127.0.0.1)", 0},
    {"port", 'p', "PORT", 0, "serve on this port (default: 8080, or a free one)", 0},
    {NULL, 0, NULL, 0, NULL, 0},
};

struct view_options {
    const char *operand;
    const char *before;
    const char *output;
    const char *browser;
    const char *host;
    int port; /* 0: none was asked for */
    bool serve;
    bool server_only;
    bool no_source;
    bool raw_times;
    bool has_least_share;
    double least_share;
};

/* ---- The command line ---- */

static error_t take_port(struct argp_state *state, struct view_options *options,
                         const char *text)
{
    char *end;
    long port = strtol(text, &end, 10);
    if (end == text || *end || port < 1 || port > 65535)
        return option_fail(state, "--port: '%s' is not a number from 1 to 65535", text);
    options->port = (int)port;
    return 0;
}

static error_t finish_options(struct argp_state *state, struct view_options *options)
{
    if (!options->operand)
        return option_fail(state, "name what to show: a profile or a session directory");
    options->serve |= options->server_only || options->host || options->port;
    if (options->serve && options->output)
        return option_fail(state, "either write the page (--output) or serve it, please");
    if (options->server_only && options->browser)
        return option_fail(state, "--server opens no browser, and --browser does");
    return 0;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct view_options *options = state->input;
    switch (key) {
    case 'o':
        options->output = argument;
        return 0;
    case 'b':
        options->browser = argument;
        return 0;
    case 's':
        options->server_only = true;
        return 0;
    case 'H':
        options->host = argument;
        return 0;
    case 'p':
        return take_port(state, options, argument);
    case KEY_BEFORE:
        options->before = argument;
        return 0;
    case KEY_SERVE:
        options->serve = true;
        return 0;
    case KEY_MIN:
        options->has_least_share = true;
        return option_take_share(state, "--min", argument, &options->least_share);
    case KEY_NO_SOURCE:
        options->no_source = true;
        return 0;
    case KEY_RAW_TIMES:
        options->raw_times = true;
        return 0;
    case ARGP_KEY_ARG:
        if (options->operand)
            return option_fail(state,
                               "one profile at a time, please: '%s' is one too many (options "
                               "come before it)",
                               argument);
        options->operand = argument;
        return 0;
    case ARGP_KEY_END:
        return finish_options(state, options);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* ---- The page ---- */

/* What is shown, and what it is compared with. */
struct shown {
    struct input input;
    struct input before; /* zeros: nothing */
};

static struct pyperf_export export_of(const struct view_options *options,
                                      const struct input *input)
{
    return (struct pyperf_export){
        .profile = input->profile,
        .summary = input->summary,
        .has_least_share = options->has_least_share,
        .least_share = options->least_share,
    };
}

static bool write_page(const struct view_options *options, const struct shown *shown,
                       const char *path)
{
    struct pyperf_error error;
    const struct input *input = &shown->input;
    const struct pyperf_export before = export_of(options, &shown->before);
    struct page_sources sources = {0};
    if (!options->no_source)
        page_sources_read(&sources, input->profile, input->summary);
    const struct pyperf_page_options page = {
        .sources = sources.items,
        .source_count = sources.count,
        .before = options->before ? &before : NULL,
    };
    struct pyperf_export content = export_of(options, input);
    content.page = &page;
    const struct pyperf_format *format = pyperf_format_by_name("html", &error);
    bool written = format && pyperf_format_write(format, &content, path, &error) == PYPERF_OK;
    if (!written)
        message("%s", error.message);
    page_sources_release(&sources);
    return written;
}

/* A new file that nobody else may read; the caller frees its name. NULL: said why. */
static char *make_temporary(void)
{
    static const char ending[] = ".html";
    char *directory = getcwd(NULL, 0);
    char *place = kept_place(directory ? directory : ".");
    char *path = NULL;
    if (place && asprintf(&path, "%s/pyperf-view-XXXXXX%s", place, ending) < 0)
        path = NULL;
    int descriptor = path ? mkostemps(path, sizeof ending - 1, O_CLOEXEC) : -1;
    if (descriptor < 0) {
        message("cannot make a file for the page in %s: %s; -o names another place",
                place ? place : "/tmp", strerror(path ? errno : ENOMEM));
        free(path);
        path = NULL;
    } else {
        close(descriptor);
    }
    free(directory);
    free(place);
    return path;
}

/* ---- Showing it ---- */

static bool open_file(const struct view_options *options, const char *path)
{
    struct text_buffer url = {0};
    text_buffer_add(&url, "file://");
    for (const char *at = path; *at; at++) {
        bool plain = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') ||
                     (*at >= '0' && *at <= '9') || strchr("/-_.~", *at);
        text_buffer_printf(&url, plain ? "%c" : "%%%02X", (unsigned char)*at);
    }
    bool opened = !url.failed && browser_open(options->browser, text_buffer_text(&url));
    text_buffer_release(&url);
    if (opened)
        message("opened %s", path);
    else if (options->browser)
        message("the browser '%s' does not start; the page is %s", options->browser, path);
    else
        message("found no browser to open (BROWSER can name one); the page is %s", path);
    return opened || !options->browser;
}

/* What to do where the browser is on another machine. */
static void explain_remote(const struct page_server *server, const char *host)
{
    const char *connection = getenv("SSH_CONNECTION");
    char client[64], here[64];
    int client_port;
    if (!connection || sscanf(connection, "%63s %d %63s", client, &client_port, here) != 3)
        return;
    const char *user = getenv("USER");
    message("on your own machine first: ssh -N -L %d:%s:%d %s%s%s", server->port, host,
            server->port, user ? user : "", user ? "@" : "", here);
}

static bool serve(const struct view_options *options, const char *path)
{
    const char *host = options->host ? options->host : usual_host;
    struct page_server server;
    struct pyperf_error error;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    unlink(path);
    if (descriptor < 0) {
        message("cannot read the page again: %s", strerror(errno));
        return false;
    }
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &ends, NULL);
    if (page_server_start(&server, descriptor, host, options->port ? options->port : USUAL_PORT,
                          !options->port, &error) != PYPERF_OK) {
        message("%s", error.message);
        return false;
    }
    printf("%s\n", server.url);
    fflush(stdout);
    message("serving until Ctrl-C");
    explain_remote(&server, host);
    if (!options->server_only && !browser_open(options->browser, server.url))
        message("found no browser to open; the address above is for one");
    int received;
    while (sigwait(&ends, &received) != 0)
        ;
    page_server_stop(&server);
    return true;
}

/* The page in the place for temporary files, opened from there or served. */
static bool show(const struct view_options *options, const struct shown *what)
{
    char *path = make_temporary();
    if (!path)
        return false;
    bool shown = write_page(options, what, path);
    if (!shown)
        unlink(path);
    else
        shown = options->serve ? serve(options, path) : open_file(options, path);
    free(path);
    return shown;
}

static bool write_output(const struct view_options *options, const struct shown *shown)
{
    if (!write_page(options, shown, options->output))
        return false;
    message("wrote %s; open it in a browser", options->output);
    return true;
}

/* Lines alone have a page of their own, but nothing says which of them were lines before. */
static bool can_be_shown(const struct view_options *options, const struct shown *shown)
{
    return !options->before || (input_has_calls(&shown->input, options->operand) &&
                                input_has_calls(&shown->before, options->before));
}

static int view(const struct command *command, int argc, char **argv)
{
    const struct argp argp = {
        .options = options_table,
        .parser = parse,
        .args_doc = command->usage,
        .doc = "Shows a profile in the browser: one page, which holds everything and can be "
               "kept or sent.\v"
               "Example:\n"
               "  pyperf view -o page.html /tmp/pyperf-k3Xa9Q",
    };
    struct view_options options = {0};
    switch (options_parse("pyperf view", &argp, argc, argv, &options)) {
    case OPTIONS_HELP:
        return STATUS_OK;
    case OPTIONS_WRONG:
        return STATUS_USAGE;
    case OPTIONS_OK:
        break;
    }
    struct pyperf_error error;
    if (options.output && output_file_check(options.output, &error) != PYPERF_OK) {
        message("%s", error.message);
        return STATUS_USAGE;
    }
    struct shown shown = {0};
    const struct input_wishes wishes = {.raw_times = options.raw_times};
    int status = input_read(&shown.input, options.operand, wishes);
    if (status == STATUS_OK && options.before)
        status = input_read(&shown.before, options.before, wishes);
    if (status == STATUS_OK && !can_be_shown(&options, &shown))
        status = STATUS_FAILED;
    if (status == STATUS_OK &&
        !(options.output ? write_output(&options, &shown) : show(&options, &shown)))
        status = STATUS_FAILED;
    input_release(&shown.input);
    input_release(&shown.before);
    return status;
}

const struct command cmd_view = {
    .name = "view",
    .summary = "show a profile in the browser",
    .usage = "FILE|DIRECTORY",
    .run = view,
};
