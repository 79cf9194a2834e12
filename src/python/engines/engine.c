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

static enum pyperf_status choose_monitoring(const struct engine **engine,
                                            struct pyperf_error *error)
{
#if COMPAT_HAS_MONITORING
    (void)error;
    *engine = &engine_monitoring;
    return PYPERF_OK;
#else
    (void)engine;
    return pyperf_error_set(error, PYPERF_UNSUPPORTED,
                            "Python %s has no sys.monitoring (3.12 brought it); use --engine "
                            "setprofile or a newer Python",
                            PY_VERSION);
#endif
}

/* That builtins and frames do not go together was said before the host was started. */
static enum pyperf_status choose_frames(const struct engine **engine,
                                        struct pyperf_error *error)
{
#if COMPAT_HAS_CHEAP_FRAME_HOOK
    (void)error;
    *engine = &engine_frames;
    return PYPERF_OK;
#else
    (void)engine;
    return pyperf_error_set(error, PYPERF_UNSUPPORTED,
                            "--engine frames is for Python 3.11, and this is %s; leave the "
                            "choice of the engine to pyperf",
                            PY_VERSION);
#endif
}

static const struct engine *best_engine(const struct record_options *options)
{
    (void)options;
#if COMPAT_HAS_MONITORING
    return &engine_monitoring;
#elif COMPAT_HAS_CHEAP_FRAME_HOOK
    /* What lines call is told by frames that the engine for lines knows as well. */
    return options->builtins || options->line_calls ? &engine_setprofile : &engine_frames;
#else
    return &engine_setprofile;
#endif
}

enum pyperf_status engine_choose(const struct record_options *options,
                                 const struct engine **engine, struct pyperf_error *error)
{
    switch (options->engine) {
    case RECORD_ENGINE_AUTO:
    case RECORD_ENGINE_EMPTY:
        *engine = best_engine(options);
        return PYPERF_OK;
    case RECORD_ENGINE_MONITORING:
        return choose_monitoring(engine, error);
    case RECORD_ENGINE_FRAMES:
        return choose_frames(engine, error);
    case RECORD_ENGINE_SETPROFILE:
        *engine = &engine_setprofile;
        return PYPERF_OK;
    case RECORD_ENGINE_NONE:
        *engine = &engine_none;
        return PYPERF_OK;
    }
    return pyperf_error_set(error, PYPERF_USAGE, "there is no such engine");
}
