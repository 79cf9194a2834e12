/* SPDX-License-Identifier: MIT */
#include "python/compat.h"

#include "python/hosts/events.h"

#include <stdio.h>
#include <string.h>

#include "base/string_parts.h"
#include "python/decorator.h"
#include "python/profile_function.h"
#include "python/recorder.h"

static void start(void)
{
    struct pyperf_error error;
    if (recorder_start(&error) == PYPERF_OK)
        profile_function_watch();
    else
        fprintf(stderr, "pyperf: nothing is recorded: %s\n", error.message);
    decorator_install();
}

/* With --startup: as soon as there is a thread to record and the module that engines need. */
static bool can_start_early(void)
{
    return recorder.options.startup && !recorder.started && compat_thread_state() &&
           PySys_GetObject("setprofile") &&
#if COMPAT_HAS_MONITORING
           PySys_GetObject("monitoring") &&
#endif
           true;
}

/* Audit events: https://docs.python.org/3/library/audit_events.html. Each import, open and
 * compile comes by here, so the rest is told apart by as little as possible. */
static int on_audit_event(const char *event, PyObject *arguments, void *unused)
{
    (void)unused;
    switch (event[0]) {
    case 'c':
        if (has_prefix(event, "cpython.run_"))
            start();
        break;
    case 'o':
        if (strcmp(event, "os.exec") == 0)
            recorder_note_exec();
        break;
    case 's':
        if (strcmp(event, "sys.setprofile") == 0)
            profile_function_changing();
        else if (strcmp(event, "sys.addaudithook") == 0)
            recorder_precede();
        break;
    case 'i':
        if (can_start_early())
            start();
        else if (strcmp(event, "import") == 0)
            decorator_importing(arguments);
        break;
    default:
        break;
    }
    return 0;
}

enum pyperf_status events_listen(struct pyperf_error *error)
{
    if (PySys_AddAuditHook(on_audit_event, NULL) == 0)
        return PYPERF_OK;
    return pyperf_error_set(error, PYPERF_UNSUPPORTED, "Python refuses an audit hook");
}
