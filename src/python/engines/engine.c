/* The one place where an engine is chosen.
 *
 * SPDX-License-Identifier: MIT */
#include "python/engines/engine.h"

static enum pyperf_status install_nothing(struct pyperf_error *error)
{
    (void)error;
    return PYPERF_OK;
}

static void remove_nothing(void)
{
}

const struct engine engine_none = {
    .name = "none", .install = install_nothing, .remove = remove_nothing};

enum pyperf_status engine_choose(enum record_engine wanted, const struct engine **engine,
                                 struct pyperf_error *error)
{
    switch (wanted) {
    case RECORD_ENGINE_AUTO:
#if COMPAT_HAS_MONITORING
        *engine = &engine_monitoring;
#else
        *engine = &engine_setprofile;
#endif
        return PYPERF_OK;
    case RECORD_ENGINE_MONITORING:
#if COMPAT_HAS_MONITORING
        *engine = &engine_monitoring;
        return PYPERF_OK;
#else
        return pyperf_error_set(error, PYPERF_UNSUPPORTED,
                                "Python %s has no sys.monitoring (3.12 brought it); use "
                                "--engine setprofile or a newer Python",
                                PY_VERSION);
#endif
    case RECORD_ENGINE_SETPROFILE:
        *engine = &engine_setprofile;
        return PYPERF_OK;
    case RECORD_ENGINE_NONE:
        *engine = &engine_none;
        return PYPERF_OK;
    }
    return pyperf_error_set(error, PYPERF_USAGE, "there is no such engine");
}
