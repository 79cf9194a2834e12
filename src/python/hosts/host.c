/* SPDX-License-Identifier: MIT */
#include "python/compat.h"

#include "python/hosts/host.h"

#include <ctype.h>
#include <string.h>

#include "python/recorder.h"

/* Another version may have another layout inside: that of a library that was upgraded under a
 * host that links to it, or of an interpreter that an agent was not made for. */
static enum pyperf_status check_version(const char *built_for, struct pyperf_error *error)
{
    size_t length = strlen(built_for);
    const char *version = Py_GetVersion();
    if (strncmp(version, built_for, length) == 0 && !isdigit((unsigned char)version[length]))
        return PYPERF_OK;
    return pyperf_error_set(error, PYPERF_UNSUPPORTED,
                            "this recorder was built for Python %s, but the library on this "
                            "machine is now %.20s; build pyperf again",
                            built_for, version);
}

enum pyperf_status host_prepare(const char *options, const char *built_for,
                                struct pyperf_error *error)
{
    struct record_options wanted;
    enum pyperf_status status = record_options_parse(options, &wanted, error);
    if (status == PYPERF_OK)
        status = check_version(built_for, error);
    if (status == PYPERF_OK)
        status = recorder_prepare(&wanted, error);
    return status;
}
