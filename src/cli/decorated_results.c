/* SPDX-License-Identifier: MIT */
#include "cli/decorated_results.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/profile_part.h"
#include "base/text_buffer.h"
#include "cli/stream.h"

/* A report in the making. */
struct composing {
    const struct destinations *to;
    struct report_options tables; /* with the limit */
    const struct pyperf_profile *profile;
    bool *wanted; /* one at a time */
    bool for_terminal;
    struct text_buffer text;
};

/* ---- The file ---- */

/* Returns how many functions were decorated, with `wanted` set for each of them. */
static uint32_t find_decorated(const struct pyperf_profile *profile, bool *wanted)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < profile->function_count; i++) {
        wanted[i] = profile->functions[i].decorated;
        count += wanted[i];
    }
    return count;
}

static bool write_part(const struct destinations *destinations,
                       const struct pyperf_profile *profile, const bool *wanted,
                       const struct pyperf_outcome *outcome)
{
    struct destinations to = *destinations;
    struct profile_part part;
    struct pyperf_error error;
    to.report = NULL;
    to.raw_times = true; /* the cost is off already, if it is to be */
    bool done = profile_part_create(profile, wanted, &part, &error) == PYPERF_OK;
    if (!done)
        message("%s", error.message);
    done = done && results_deliver(&to, &part.profile, outcome);
    profile_part_release(&part);
    return done;
}

/* ---- The report ---- */

static void add_title(struct composing *composing, const struct pyperf_function *function,
                      uint64_t calls)
{
    const char *file = pyperf_profile_string(composing->profile, function->file);
    const char *name = pyperf_profile_string(composing->profile, function->qualified_name);
    const char *slash = composing->to->full_paths ? NULL : strrchr(file, '/');
    struct text_buffer title = {0};
    text_buffer_printf(&title, "%s:%" PRIu32 "(%s)", slash ? slash + 1 : file, function->line,
                       name);
    text_buffer_add(&composing->text, "   Inside ");
    if (composing->for_terminal)
        pyperf_report_escape(&composing->text, text_buffer_text(&title));
    else
        text_buffer_add(&composing->text, text_buffer_text(&title));
    text_buffer_printf(&composing->text, ", called %" PRIu64 " time%s:\n\n", calls,
                       calls == 1 ? "" : "s");
    composing->text.failed = composing->text.failed || title.failed;
    text_buffer_release(&title);
}

static uint64_t count_calls(const struct pyperf_profile *profile, uint32_t function)
{
    uint64_t calls = 0;
    for (uint32_t i = 0; i < profile->node_count; i++)
        if (profile->nodes[i].function == function)
            calls += profile->nodes[i].calls;
    return calls;
}

static enum pyperf_status add_tables(struct composing *composing,
                                     const struct pyperf_profile *part,
                                     struct pyperf_error *error)
{
    struct pyperf_summary *summary;
    enum pyperf_status status = pyperf_summary_create(part, &summary, error);
    if (status != PYPERF_OK)
        return status;
    if (!composing->to->full_paths)
        status = pyperf_summary_strip_directories(summary, error);
    if (status == PYPERF_OK)
        status = report_tables(&composing->tables, part, summary, NULL, composing->for_terminal,
                               &composing->text, error);
    pyperf_summary_free(summary);
    return status;
}

static enum pyperf_status add_function(struct composing *composing, uint32_t function,
                                       struct pyperf_error *error)
{
    struct profile_part part;
    composing->wanted[function] = true;
    enum pyperf_status status =
        profile_part_create(composing->profile, composing->wanted, &part, error);
    composing->wanted[function] = false;
    if (status == PYPERF_OK) {
        add_title(composing, &composing->profile->functions[function],
                  count_calls(&part.profile, function));
        status = add_tables(composing, &part.profile, error);
    }
    profile_part_release(&part);
    return status;
}

static enum pyperf_status compose(struct composing *composing, const bool *decorated,
                                  const struct pyperf_outcome *outcome,
                                  struct pyperf_error *error)
{
    const struct pyperf_profile *profile = composing->profile;
    enum pyperf_status status = PYPERF_OK;
    for (uint32_t i = 0; i < profile->function_count && status == PYPERF_OK; i++)
        if (decorated[i])
            status = add_function(composing, i, error);
    if (status == PYPERF_OK)
        status = pyperf_report_run_facts(profile, outcome, &composing->text, error);
    if (status == PYPERF_OK && composing->text.failed)
        status = pyperf_error_set(error, PYPERF_NO_MEMORY, "out of memory");
    return status;
}

static bool report(const struct destinations *destinations,
                   const struct pyperf_profile *profile, const bool *decorated,
                   const struct pyperf_outcome *outcome)
{
    struct composing composing = {
        .to = destinations,
        .tables = destinations->tables,
        .profile = profile,
        .wanted = calloc((size_t)profile->function_count + 1, sizeof(bool)),
        .for_terminal = strcmp(destinations->report, "-") == 0 && isatty(STDOUT_FILENO),
    };
    struct pyperf_selection *limit =
        composing.tables.selection ? NULL : pyperf_selection_create();
    struct pyperf_error error = {.message = "out of memory"};
    if (limit)
        composing.tables.selection = limit;
    bool done = composing.wanted && composing.tables.selection &&
                (!limit || pyperf_selection_add(limit, "20", &error) == PYPERF_OK) &&
                compose(&composing, decorated, outcome, &error) == PYPERF_OK;
    if (!done)
        message("cannot compose the report: %s", error.message);
    done = done && results_put_report(destinations->report, &composing.text);
    pyperf_selection_free(limit);
    free(composing.wanted);
    text_buffer_release(&composing.text);
    return done;
}

bool decorated_results_deliver(const struct destinations *destinations,
                               struct pyperf_profile *profile,
                               const struct pyperf_outcome *outcome)
{
    bool *decorated = calloc((size_t)profile->function_count + 1, sizeof *decorated);
    if (!decorated) {
        message("out of memory");
        return false;
    }
    if (find_decorated(profile, decorated) == 0)
        message("--decorated: no function was decorated with @profile");
    bool done =
        (!destinations->output || write_part(destinations, profile, decorated, outcome)) &&
        (!destinations->report || report(destinations, profile, decorated, outcome));
    free(decorated);
    return done;
}
