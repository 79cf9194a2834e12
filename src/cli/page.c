/* SPDX-License-Identifier: MIT */
#include "cli/page.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/stream.h"

static unsigned int terminal_width(void)
{
    const char *columns = getenv("COLUMNS");
    long number = columns ? strtol(columns, NULL, 10) : 0;
    struct winsize size;
    if (number > 0 && number < 10000)
        return (unsigned int)number;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return 80;
}

static bool shows_colours(void)
{
    const char *no_colour = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");
    return !(no_colour && *no_colour) && terminal && strcmp(terminal, "dumb") != 0;
}

struct pyperf_page page_of_stdout(void)
{
    if (!isatty(STDOUT_FILENO))
        return (struct pyperf_page){.width = 0};
    return (struct pyperf_page){.width = terminal_width(), .colours = shows_colours()};
}

void page_write(void *output, const char *bytes, size_t size)
{
    struct page_output *page = output;
    if (page->failure == 0)
        page->failure = stream_write(STDOUT_FILENO, bytes, size, -1);
}

bool page_end(const struct page_output *output)
{
    /* Nobody reads it, or nobody can any more. */
    if (output->failure == 0 || output->failure == EPIPE || output->failure == EIO)
        return true;
    message("cannot print the report: %s", strerror(output->failure));
    return false;
}
