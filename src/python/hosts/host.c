/* SPDX-License-Identifier: MIT */
#include "python/compat.h"

#include "python/hosts/host.h"

#include <ctype.h>
#include <string.h>

#include "python/hosts/children.h"
#include "python/recorder.h"

/* Another version may have another layout inside: that of a library that was upgraded under a
 * host that links to it, or of an interpreter that an agent was not made for. Objects of
 * free-threaded builds have another one in any version; they say so in what follows it. */
static enum pyperf_status check_version(const char *built_for, struct pyperf_error *error)
{
    size_t length = strlen(built_for);
    const char *version = Py_GetVersion();
    if (strstr(version, "free-threading"))
        return pyperf_error_set(error, PYPERF_UNSUPPORTED,
                                "this is a free-threaded build of Python %.20s, which pyperf "
                                "cannot record so far",
                                version);
    if (strncmp(version, built_for, length) == 0 && !isdigit((unsigned char)version[length]))
        return PYPERF_OK;
    return pyperf_error_set(error, PYPERF_UNSUPPORTED,
                            "this recorder was built for Python %s, but the library on this "
                            "machine is now %.20s; build pyperf again",
                            built_for, version);
}

static void watch_children(const struct record_options *options, const char *preload)
{
    struct record_options of_children = *options;
    char text[RECORD_OPTIONS_SIZE];
    children_count(&recorder.writer.header->children);
    if (options->scope == RECORD_SCOPE_PROGRAM || !preload)
        return;
    of_children.scope = RECORD_SCOPE_CHILD;
    record_options_format(&of_children, text);
    children_follow(preload, text);
}

enum pyperf_status host_prepare(const char *options, const char *built_for, const char *preload,
                                struct pyperf_error *error)
{
    struct record_options wanted;
    enum pyperf_status status = record_options_parse(options, &wanted, error);
    if (status == PYPERF_OK)
        status = check_version(built_for, error);
    if (status == PYPERF_OK)
        status = recorder_prepare(&wanted, error);
    if (status == PYPERF_OK)
        watch_children(&wanted, preload);
    return status;
}
