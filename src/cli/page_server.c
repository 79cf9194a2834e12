/* SPDX-License-Identifier: MIT */
#include "cli/page_server.h"

#include <errno.h>
#include <inttypes.h>
#include <microhttpd.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static enum MHD_Result refuse(struct MHD_Connection *connection, unsigned int status)
{
    static char text[] = "There is nothing here.\n";
    struct MHD_Response *response =
        MHD_create_response_from_buffer(sizeof text - 1, text, MHD_RESPMEM_PERSISTENT);
    if (!response)
        return MHD_NO;
    enum MHD_Result result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **state)
{
    (void)version;
    (void)upload;
    (void)upload_size;
    (void)state;
    const struct page_server *server = context;
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
        return refuse(connection, MHD_HTTP_METHOD_NOT_ALLOWED);
    if (strcmp(url, server->path) != 0)
        return refuse(connection, MHD_HTTP_NOT_FOUND);
    return MHD_queue_response(connection, MHD_HTTP_OK, server->page);
}

static struct MHD_Response *make_page(int descriptor)
{
    static const char *const headers[][2] = {
        {MHD_HTTP_HEADER_CONTENT_TYPE, "text/html; charset=utf-8"},
        {MHD_HTTP_HEADER_CACHE_CONTROL, "no-store"},
        {"X-Content-Type-Options", "nosniff"},
        {"X-Frame-Options", "DENY"},
        {"Referrer-Policy", "no-referrer"},
    };
    struct stat info;
    struct MHD_Response *page = NULL;
    if (fstat(descriptor, &info) == 0 && info.st_size > 0)
        page = MHD_create_response_from_fd64((uint64_t)info.st_size, descriptor);
    if (!page) {
        close(descriptor);
        return NULL;
    }
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        MHD_add_response_header(page, headers[i][0], headers[i][1]);
    return page;
}

/* ---- Where it listens ---- */

static int port_of(const struct sockaddr_storage *address)
{
    in_port_t port = address->ss_family == AF_INET6
                         ? ((const struct sockaddr_in6 *)address)->sin6_port
                         : ((const struct sockaddr_in *)address)->sin_port;
    return ntohs(port);
}

/* A listening socket, or -1 and errno. */
static int listen_at(const struct addrinfo *address)
{
    int descriptor = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0)
        return -1;
    const int yes = 1;
    (void)setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(descriptor, address->ai_addr, address->ai_addrlen) == 0 &&
        listen(descriptor, SOMAXCONN) == 0)
        return descriptor;
    int problem = errno;
    close(descriptor);
    errno = problem;
    return -1;
}

static int open_socket(const char *host, int port, struct pyperf_error *error)
{
    const struct addrinfo wanted = {.ai_family = AF_UNSPEC,
                                    .ai_socktype = SOCK_STREAM,
                                    .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *found;
    char service[16];
    snprintf(service, sizeof service, "%d", port);
    int failure = getaddrinfo(host, service, &wanted, &found);
    if (failure) {
        pyperf_error_set(error, PYPERF_USAGE, "cannot serve on '%s': %s", host,
                         gai_strerror(failure));
        return -1;
    }
    int descriptor = listen_at(found);
    if (descriptor < 0)
        pyperf_error_set_errno(error, errno, "cannot serve on %s, port %d", host, port);
    freeaddrinfo(found);
    return descriptor;
}

static bool make_path(struct page_server *server)
{
    uint64_t token[2];
    if (getrandom(token, sizeof token, 0) != (ssize_t)sizeof token)
        return false;
    snprintf(server->path, sizeof server->path, "/%016" PRIx64 "%016" PRIx64 "/", token[0],
             token[1]);
    return true;
}

static bool make_url(struct page_server *server, int descriptor, const char *host)
{
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    if (getsockname(descriptor, (struct sockaddr *)&address, &size) != 0)
        return false;
    bool brackets = strchr(host, ':') != NULL;
    server->port = port_of(&address);
    int length =
        snprintf(server->url, sizeof server->url, "http://%s%s%s:%d%s", brackets ? "[" : "",
                 host, brackets ? "]" : "", server->port, server->path);
    return length > 0 && (size_t)length < sizeof server->url;
}

enum pyperf_status page_server_start(struct page_server *server, int descriptor,
                                     const char *host, int port, bool port_is_wish,
                                     struct pyperf_error *error)
{
    *server = (struct page_server){.page = make_page(descriptor)};
    if (!server->page)
        return pyperf_error_set(error, PYPERF_IO, "cannot read the page that is to be served");
    int listener = open_socket(host, port, error);
    if (listener < 0 && port_is_wish)
        listener = open_socket(host, 0, error);
    if (listener < 0) {
        MHD_destroy_response(server->page);
        return PYPERF_IO;
    }
    if (make_path(server) && make_url(server, listener, host))
        server->daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL,
                                          answer, server, MHD_OPTION_LISTEN_SOCKET, listener,
                                          MHD_OPTION_CONNECTION_TIMEOUT, 60u, MHD_OPTION_END);
    if (server->daemon)
        return PYPERF_OK;
    close(listener);
    MHD_destroy_response(server->page);
    return pyperf_error_set(error, PYPERF_IO, "cannot start a server on %s", host);
}

void page_server_stop(struct page_server *server)
{
    MHD_stop_daemon(server->daemon);
    MHD_destroy_response(server->page);
}
