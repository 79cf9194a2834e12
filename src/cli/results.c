/* SPDX-License-Identifier: MIT */
#include "cli/results.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <pyperf/compensation.h>

#include "base/output_file.h"
#include "base/text_buffer.h"
#include "cli/export_file.h"
#include "cli/line_results.h"
#include "cli/stream.h"
#include "cli/supervisor.h"

const char *results_grouped(uint32_t number, char text[16])
{
    char *at = text + 15;
    *at = '\0';
    for (unsigned digits = 1; number > 0 || digits == 1; digits++, number /= 10) {
        *--at = (char)('0' + number % 10);
        if (digits % 3 == 0 && number >= 10)
            *--at = ',';
    }
    return at;
}

/* ---- The profile ---- */

static const char *viewing_hint(const struct pyperf_format *format)
{
    const char *name = pyperf_format_name(format);
    return strcmp(name, "pstats") == 0 || strcmp(name, "pyperf") == 0
               ? "; look at it with: pyperf view "
           : is_page_format(format) || strcmp(name, "svg") == 0
               ? "; look at it with a browser: "
               : NULL;
}

void results_announce(const struct destinations *to, uint32_t count, const char *noun)
{
    char number[16];
    const char *hint = viewing_hint(to->format);
    if (!to->quiet)
        message("wrote %s (%s %s%s)%s%s", to->output_shown, results_grouped(count, number),
                noun, count == 1 ? "" : "s", hint ? hint : "", hint ? to->output_shown : "");
}

static bool write_profile(const struct destinations *to, const struct pyperf_profile *profile,
                          const struct pyperf_summary *summary)
{
    const struct pyperf_export content = {.profile = profile, .summary = summary};
    struct pyperf_error error;
    if (export_file_write(to->format, &content, to->output, &error) != PYPERF_OK) {
        message("%s", error.message);
        return false;
    }
    results_announce(to, summary->row_count - 1, "function"); /* the root is none */
    return true;
}

/* ---- The report ---- */

struct pyperf_outcome outcome_of_end(const struct session_end *end)
{
    return (struct pyperf_outcome){
        .user_time = end->user_time,
        .system_time = end->system_time,
        .peak_memory = end->peak_memory,
        .signal = end->signal,
        .exit_status = end->exit_status,
    };
}

static enum pyperf_status compose(const struct report_options *tables,
                                  const struct pyperf_profile *profile,
                                  const struct pyperf_outcome *outcome,
                                  const struct pyperf_summary *summary, const char *heading,
                                  bool for_terminal, struct text_buffer *text,
                                  struct pyperf_error *error)
{
    enum pyperf_status status =
        report_tables(tables, profile, summary, heading, for_terminal, text, error);
    if (status == PYPERF_OK && profile)
        status = pyperf_report_run_facts(profile, outcome, text, error);
    if (status == PYPERF_OK && text->failed)
        status = pyperf_error_set(error, PYPERF_NO_MEMORY, "out of memory");
    if (status != PYPERF_OK)
        message("cannot compose the report: %s", error->message);
    return status;
}

static bool print_text(const struct text_buffer *text)
{
    int interrupts = supervisor_interrupts();
    int failure = stream_write(STDOUT_FILENO, text_buffer_text(text), text->length, interrupts);
    if (interrupts >= 0)
        close(interrupts);
    /* Nobody reads it, nobody can, or somebody has had enough of it. */
    struct stat info;
    bool hung_up = failure == EIO && fstat(STDOUT_FILENO, &info) == 0 && S_ISCHR(info.st_mode);
    if (failure == 0 || failure == EPIPE || failure == EINTR || hung_up)
        return true;
    message("cannot print the report: %s", strerror(failure));
    return false;
}

static bool write_text(const char *path, const struct text_buffer *text)
{
    struct pyperf_error error;
    struct output_file file;
    enum pyperf_status status = output_file_open(&file, path, &error);
    if (status == PYPERF_OK) {
        output_file_write(&file, text_buffer_text(text), text->length);
        status = output_file_commit(&file, &error);
    }
    if (status != PYPERF_OK)
        message("%s", error.message);
    return status == PYPERF_OK;
}

bool results_put_report(const char *report, const struct text_buffer *text)
{
    return strcmp(report, "-") == 0 ? print_text(text) : write_text(report, text);
}

/* The report on stdout or into a file. */
static bool put_tables(const char *to, const struct report_options *tables,
                       const struct pyperf_profile *profile,
                       const struct pyperf_outcome *outcome,
                       const struct pyperf_summary *summary, const char *heading)
{
    struct text_buffer text = {0};
    struct pyperf_error error;
    bool for_terminal = strcmp(to, "-") == 0 && isatty(STDOUT_FILENO);
    bool done = compose(tables, profile, outcome, summary, heading, for_terminal, &text,
                        &error) == PYPERF_OK &&
                results_put_report(to, &text);
    text_buffer_release(&text);
    return done;
}

bool results_print(const struct report_options *tables, const struct pyperf_profile *profile,
                   const struct pyperf_outcome *outcome, const struct pyperf_summary *summary,
                   const char *heading)
{
    return put_tables("-", tables, profile, outcome, summary, heading);
}

/* Turns the summary into what the report shows: base names, as `python -m cProfile`. */
static bool report(const struct destinations *to, const struct pyperf_profile *profile,
                   const struct pyperf_outcome *outcome, struct pyperf_summary *summary)
{
    struct pyperf_error error;
    if (!to->full_paths && pyperf_summary_strip_directories(summary, &error) != PYPERF_OK) {
        message("cannot compose the report: %s", error.message);
        return false;
    }
    return put_tables(to->report, &to->tables, profile, outcome, summary, NULL);
}

void results_warn_of_losses(const struct pyperf_run *run)
{
    if (run->recording_error)
        message("the recording could not grow to the end (%s): what followed is folded or "
                "missing; make room and run again",
                strerror(run->recording_error));
}

static uint32_t count_paths(const struct pyperf_profile *profile)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < profile->node_count; i++)
        count += profile->nodes[i].parent != PYPERF_NO_INDEX;
    return count;
}

void results_announce_profiles(const struct destinations *destinations,
                               struct pyperf_profile *const *profiles, size_t count)
{
    uint32_t paths = 0;
    bool lines = false;
    for (size_t i = 0; i < count; i++) {
        paths += count_paths(profiles[i]);
        lines = lines || profiles[i]->lines;
    }
    if (!lines)
        results_announce(destinations, paths, "call path");
    else if (!destinations->quiet)
        line_results_announce(destinations->format, profiles, count,
                              destinations->output_shown);
}

bool results_keep(const struct destinations *destinations,
                  struct pyperf_profile *const *recordings, size_t count,
                  const struct pyperf_outcome *outcome)
{
    const struct pyperf_export content = {
        .recordings = recordings, .recording_count = count, .outcome = outcome};
    struct pyperf_error error;
    if (!destinations->report)
        results_warn_of_losses(&recordings[0]->run);
    if (pyperf_format_write(destinations->format, &content, destinations->output, &error) !=
        PYPERF_OK) {
        message("%s", error.message);
        return false;
    }
    results_announce_profiles(destinations, recordings, count);
    return true;
}

bool results_deliver(const struct destinations *destinations, struct pyperf_profile *profile,
                     const struct pyperf_outcome *outcome)
{
    struct pyperf_summary *summary;
    struct pyperf_error error;
    if (!destinations->raw_times && pyperf_profile_compensate(profile, &error) != PYPERF_OK) {
        message("%s", error.message);
        return false;
    }
    if (pyperf_summary_create(profile, &summary, &error) != PYPERF_OK) {
        message("cannot add up what was recorded: %s", error.message);
        return false;
    }
    if (!destinations->report)
        results_warn_of_losses(&profile->run);
    bool written = !destinations->output || write_profile(destinations, profile, summary);
    bool reported = !destinations->report || report(destinations, profile, outcome, summary);
    pyperf_summary_free(summary);
    return written && reported;
}
