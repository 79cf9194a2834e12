/* The lines below the table: what the run cost, and what makes its numbers less than complete.
 *
 * SPDX-License-Identifier: MIT */
#include <pyperf/reports.h>

#include <stdlib.h>
#include <string.h>

#include <pyperf/compensation.h>

#include "base/text_buffer.h"
#include "reports/numbers.h"
#include "reports/open_calls.h"
#include "reports/processes.h"

/* "1 thread", "2 threads": nouns that need no more than an s. */
static void add_counted(struct text_buffer *text, uint64_t number, const char *noun)
{
    add_grouped(text, number);
    text_buffer_printf(text, " %s%s", noun, number == 1 ? "" : "s");
}

static double seconds(uint64_t nanoseconds)
{
    return (double)nanoseconds / 1e9;
}

static void add_cost(struct text_buffer *text, const struct pyperf_profile *profile,
                     const struct pyperf_outcome *outcome)
{
    text_buffer_printf(text, "   Wall time %.3f s", seconds(profile->run.wall));
    if (outcome)
        text_buffer_printf(text,
                           ", CPU time %.3f s user and %.3f s system; peak memory %.1f MiB",
                           seconds(outcome->user_time), seconds(outcome->system_time),
                           (double)outcome->peak_memory / (1024.0 * 1024.0));
    text_buffer_add(text, "; ");
    add_counted(text, profile->thread_count, "thread");
    text_buffer_add(text, ".\n");
}

static void add_merged(struct text_buffer *text, const struct pyperf_run *run)
{
    if (run->merged <= 1)
        return;
    text_buffer_add(text, "   ");
    add_grouped(text, run->merged);
    text_buffer_add(text, " runs are added up here, their wall time as well.\n");
}

static double ticks_to_seconds(const struct pyperf_run *run, double ticks)
{
    return ticks * run->nanoseconds_per_tick / 1e9;
}

static void add_overhead(struct text_buffer *text, const struct pyperf_profile *profile)
{
    const struct pyperf_run *run = &profile->run;
    if (run->cpu_time)
        text_buffer_add(text, "   Times in the table are CPU time of the threads.\n");
    if (!run->compensated)
        return;
    if (!pyperf_profile_has_costs(profile)) {
        text_buffer_add(text, "   What recording cost could not be measured, so it is still in "
                              "the times above.\n");
        return;
    }
    text_buffer_printf(text, "   Recording took %.3f s, which the times above are without",
                       ticks_to_seconds(run, run->overhead));
    if (run->unexplained > run->overhead / 1000)
        text_buffer_printf(text, "; another %.3f s was\n   expected and not found in them",
                           ticks_to_seconds(run, run->unexplained));
    text_buffer_add(text, ".\n");
}

static bool is_python(const struct pyperf_profile *profile, uint32_t node)
{
    return profile->functions[profile->nodes[node].function].kind == PYPERF_FUNCTION_PYTHON;
}

/* Where much of the time is Python's own, and a hook slowed it down between the events, too. */
static void add_slow_bytecode(struct text_buffer *text, const struct pyperf_profile *profile)
{
    const char *version = pyperf_profile_string(profile, profile->run.python_version);
    const char *engine = pyperf_profile_string(profile, profile->run.engine);
    if (strcmp(engine, "setprofile") != 0 || strncmp(version, "3.11.", 5) != 0)
        return;
    uint64_t *self = pyperf_profile_self_ticks(profile);
    double python = 0, all = 0;
    for (uint32_t i = 0; self && i < profile->node_count; i++) {
        all += (double)self[i];
        if (is_python(profile, i))
            python += (double)self[i];
    }
    free(self);
    if (python <= all / 4)
        return;
    text_buffer_add(text, "   Python 3.11 runs all bytecode up to 2.5 times slower while this "
                          "engine's hook is set, which\n   cannot be taken off: loops in "
                          "Python look longer than they are.");
    /* Recording lines leaves no choice. */
    text_buffer_add(text, profile->lines ? "\n"
                                         : " Under --no-builtins --engine auto it does not.\n");
}

static void add_end(struct text_buffer *text, const struct pyperf_profile *profile,
                    const struct pyperf_outcome *outcome)
{
    if (profile->run.running)
        text_buffer_add(text, "   The program was still running when this was read.\n");
    else if (profile->run.replaced)
        text_buffer_add(text,
                        "   The program became another one (exec), which is not recorded.\n");
    else if (!profile->run.end_known && profile->run.started)
        text_buffer_add(text, "   Nobody saw the program's end: it was killed together with "
                              "pyperf, or after it.\n");
    else if (outcome && outcome->signal != 0)
        text_buffer_printf(text, "   The program was ended by signal %d (%s).\n",
                           outcome->signal, strsignal(outcome->signal));
    else if (outcome && outcome->exit_status != 0)
        text_buffer_printf(text, "   The program ended with status %d.\n",
                           outcome->exit_status);
    if (!profile->run.started)
        text_buffer_add(text, "   Python did not get as far as running the program.\n");
}

/* Up to when the time of open calls counts. */
static const char *end_of_open_calls(const struct pyperf_run *run)
{
    if (run->running && !run->cpu_time)
        return "the moment of reading";
    return run->end_known && !run->cpu_time ? "the end" : "the last event that was recorded";
}

static void add_open_frames(struct text_buffer *text, const struct pyperf_profile *profile)
{
    uint64_t open = 0;
    for (uint32_t i = 0; i < profile->thread_count; i++)
        open += profile->threads[i].open_frames;
    if (open == 0)
        return;
    text_buffer_add(text, "   ");
    add_counted(text, open, "call");
    text_buffer_printf(text, " had not returned; %s time counts up to %s%s\n",
                       open == 1 ? "its" : "their", end_of_open_calls(&profile->run),
                       profile->open_call_count ? ":" : ".");
    open_calls_add(text, profile);
}

static bool is_fold_root(const struct pyperf_profile *profile, uint32_t node)
{
    return node != PYPERF_NO_INDEX &&
           profile->functions[profile->nodes[node].function].kind == PYPERF_FUNCTION_FOLD_ROOT;
}

static void add_folded(struct text_buffer *text, const struct pyperf_profile *profile)
{
    uint64_t calls = 0;
    for (uint32_t i = 0; i < profile->node_count; i++)
        if (is_fold_root(profile, profile->nodes[i].parent))
            calls += profile->nodes[i].calls + profile->nodes[i].resumes;
    if (calls == 0)
        return;
    text_buffer_add(text, "   ");
    add_counted(text, calls, "call");
    text_buffer_add(text, " came after the recording had reached its limit of ");
    add_grouped(text, profile->run.max_nodes);
    text_buffer_add(text, " call paths\n   (raise it with --max-nodes): counts and times are "
                          "right, but the callers are shown as {folded contexts}.\n");
}

/* One line for all events that did not pair. */
static void add_unbalanced(struct text_buffer *text, const struct pyperf_run *run)
{
    if (run->unmatched == 0 && run->resynchronised == 0)
        return;
    text_buffer_add(text, "   ");
    if (run->unmatched != 0) {
        add_counted(text, run->unmatched, "return");
        text_buffer_add(text, " had no call on record (it began unrecorded)");
    }
    if (run->resynchronised != 0) {
        text_buffer_add(text, run->unmatched ? "; " : "");
        add_counted(text, run->resynchronised, "return");
        text_buffer_add(text,
                        " ended calls that had none of their own; times nearby may be off");
    }
    text_buffer_add(text, ".\n");
}

/* Where a thread has room for one profile hook. */
static void add_displaced(struct text_buffer *text, const struct pyperf_profile *profile)
{
    const struct pyperf_run *run = &profile->run;
    const char *where = pyperf_profile_string(profile, run->displaced_where);
    if (run->displaced == 0)
        return;
    text_buffer_add(text, "   A profiler of the program's own took the place of this one ");
    add_counted(text, run->displaced, "time");
    text_buffer_add(text, run->displaced == 1 ? ", " : ", first ");
    text_buffer_add(text, where[0] ? "at " : "before the program began");
    pyperf_report_escape(text, where);
    text_buffer_printf(text, ", for %.3f s%s; calls made under it are missing.\n",
                       seconds(run->displaced_time), run->displaced == 1 ? "" : " in all");
}

static void add_losses(struct text_buffer *text, const struct pyperf_profile *profile)
{
    const struct pyperf_run *run = &profile->run;
    if (run->recording_error != 0)
        text_buffer_printf(text,
                           "   The recording could not grow to the end: %s. What followed is "
                           "folded or missing;\n   make room and run again.\n",
                           strerror(run->recording_error));
    if (run->lost_calls != 0) {
        text_buffer_add(text, "   ");
        add_counted(text, run->lost_calls, "call");
        text_buffer_printf(text, " found no room in the recording; %s time is %s own.\n",
                           run->lost_calls == 1 ? "its" : "their",
                           run->lost_calls == 1 ? "its caller's" : "their callers'");
    }
    add_unbalanced(text, run);
    if (run->beyond_depth != 0) {
        text_buffer_add(text, "   ");
        add_counted(text, run->beyond_depth, "call");
        text_buffer_printf(text,
                           " came so deep in the C stack that what %s called is not recorded;\n"
                           "   its time is in %s. Calls of other threads meanwhile may be "
                           "missing, too.\n",
                           run->beyond_depth == 1 ? "it" : "they",
                           run->beyond_depth == 1 ? "that call" : "those calls");
    }
    add_displaced(text, profile);
}

enum pyperf_status pyperf_report_run_facts(const struct pyperf_profile *profile,
                                           const struct pyperf_outcome *outcome,
                                           struct text_buffer *text, struct pyperf_error *error)
{
    add_cost(text, profile, outcome);
    add_merged(text, &profile->run);
    add_overhead(text, profile);
    add_slow_bytecode(text, profile);
    add_end(text, profile, outcome);
    add_open_frames(text, profile);
    report_processes(profile, text);
    add_folded(text, profile);
    add_losses(text, profile);
    if (text->failed)
        return pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory for the report");
    return PYPERF_OK;
}
