/* Serving one page to the user's own browser.
 *
 * The page is at a path that nobody can guess, and there is nothing else: no directory, no
 * other file.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_CLI_PAGE_SERVER_H
#define PYPERF_CLI_PAGE_SERVER_H

#include <stdbool.h>

#include <pyperf/error.h>

enum { PAGE_SERVER_URL_SIZE = 512 };

struct page_server {
    struct MHD_Daemon *daemon;
    struct MHD_Response *page;
    char path[40]; /* "/", 32 hexadecimal digits, "/" */
    int port;
    char url[PAGE_SERVER_URL_SIZE];
};

/* Serves the file that `descriptor` is open on, which is closed in any case. `host`: a name or
 * an address of this machine. `port`: that one; with `port_is_wish`, or a free one if it is
 * taken. On success stop the server. */
enum pyperf_status page_server_start(struct page_server *server, int descriptor,
                                     const char *host, int port, bool port_is_wish,
                                     struct pyperf_error *error);
void page_server_stop(struct page_server *server);

#endif
