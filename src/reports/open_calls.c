/* SPDX-License-Identifier: MIT */
#include "reports/open_calls.h"

#include <inttypes.h>
#include <string.h>

#include <pyperf/reports.h>

#include "base/string_parts.h"
#include "reports/numbers.h"
#include "reports/row_names.h"

/* Of a path that is longer than the two together the outermost and the innermost calls are
 * shown: where it began, and where it was. */
enum { OUTERMOST = 3, INNERMOST = 9, THREADS = 20 };

static void add_call(struct text_buffer *text, const struct pyperf_profile *profile,
                     uint32_t node)
{
    if (node == PYPERF_NO_INDEX) {
        text_buffer_add(text, "{a call that found no room}");
        return;
    }
    const struct pyperf_function *function = &profile->functions[profile->nodes[node].function];
    const struct pyperf_label label = {
        .file = base_name(pyperf_profile_string(profile, function->file)),
        .line = function->line,
        .name = pyperf_profile_string(profile, function->name),
    };
    struct text_buffer name = {0};
    row_name_add(&name, &label);
    pyperf_report_escape(text, text_buffer_text(&name));
    text->failed = text->failed || name.failed;
    text_buffer_release(&name);
}

static void add_path(struct text_buffer *text, const struct pyperf_profile *profile,
                     const uint32_t *calls, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0)
            text_buffer_add(text, " > ");
        if (i == OUTERMOST && count > OUTERMOST + INNERMOST + 1) {
            uint32_t left_out = count - OUTERMOST - INNERMOST;
            text_buffer_add(text, "... ");
            add_grouped(text, left_out);
            text_buffer_add(text, " more ... > ");
            i += left_out;
        }
        add_call(text, profile, calls[i]);
    }
    text_buffer_add(text, "\n");
}

void open_calls_add(struct text_buffer *text, const struct pyperf_profile *profile)
{
    uint32_t threads = 0;
    for (uint32_t i = 0; profile->open_calls && i < profile->thread_count; i++) {
        const struct pyperf_thread *thread = &profile->threads[i];
        if (thread->open_calls == 0 || threads++ >= THREADS)
            continue;
        if (i == 0)
            text_buffer_add(text, "      main thread: ");
        else
            text_buffer_printf(text, "      thread %" PRIu64 ": ", thread->os_id);
        add_path(text, profile, &profile->open_calls[thread->first_open], thread->open_calls);
    }
    if (threads > THREADS) {
        text_buffer_add(text, "      and ");
        add_grouped(text, threads - THREADS);
        text_buffer_printf(text, " more thread%s.\n", threads - THREADS == 1 ? "" : "s");
    }
}
