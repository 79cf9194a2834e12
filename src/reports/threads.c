/* What stands above a thread's own tables: who it is, and what it used.
 *
 * SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include <pyperf/reports.h>

#include "base/text_buffer.h"

static void add_name(struct text_buffer *text, const char *name, bool escape_controls)
{
    if (!*name)
        name = "(no name)";
    if (escape_controls)
        pyperf_report_escape(text, name);
    else
        text_buffer_add(text, name);
}

static void add_switches(struct text_buffer *text, const struct pyperf_thread *thread)
{
    text_buffer_printf(text,
                       "CPU time %.3f s, %" PRIu64 " voluntary and %" PRIu64
                       " involuntary context switch%s.\n\n",
                       (double)thread->cpu / 1e9, thread->voluntary_switches,
                       thread->involuntary_switches,
                       thread->involuntary_switches == 1 ? "" : "es");
}

enum pyperf_status pyperf_report_thread(const struct pyperf_profile *profile, uint32_t index,
                                        bool escape_controls, struct text_buffer *text,
                                        struct pyperf_error *error)
{
    const struct pyperf_thread *thread = &profile->threads[index];
    uint64_t wall = thread->ended > thread->started ? thread->ended - thread->started : 0;
    text_buffer_printf(text, "   Thread %" PRIu32 " of %" PRIu32 ": ", index + 1,
                       profile->thread_count);
    add_name(text, pyperf_profile_string(profile, thread->name), escape_controls);
    text_buffer_printf(text, ", native id %" PRIu64 "\n   Wall time %.3f s, ", thread->os_id,
                       (double)wall / 1e9);
    if (thread->usage_known)
        add_switches(text, thread);
    else
        text_buffer_printf(text, "CPU time and context switches unknown: %s.\n\n",
                           profile->run.running ? "it has not ended" : "its end was not seen");
    if (text->failed)
        return pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory for the report");
    return PYPERF_OK;
}
