/* SPDX-License-Identifier: MIT */
#include "reports/processes.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <pyperf/reports.h>

enum { COMMAND_LENGTH = 72 /* bytes, until a mark says that there is more */ };

/* "python3 -c pass": without the interpreter's directory, and cut where it is long. */
static void add_command(struct text_buffer *text, const char *command)
{
    char shown[COMMAND_LENGTH + 1];
    size_t directory = 0, word = strcspn(command, " ");
    for (size_t i = 0; i < word; i++)
        if (command[i] == '/')
            directory = i + 1;
    command += directory;
    size_t length = strnlen(command, COMMAND_LENGTH);
    while (length > 0 && (command[length] & 0xC0) == 0x80)
        length--; /* not inside a character */
    snprintf(shown, sizeof shown, "%.*s", (int)length, command);
    pyperf_report_escape(text, shown);
    if (command[length])
        text_buffer_add(text, " ...");
}

void pyperf_report_process(const struct pyperf_profile *profile, uint32_t index,
                           struct text_buffer *text)
{
    const struct pyperf_process *process = &profile->processes[index];
    text_buffer_printf(text, "   Process %" PRIu32 " of %" PRIu32 ": pid %" PRIu64 ", ",
                       index + 1, profile->process_count, process->pid);
    add_command(text, pyperf_profile_string(profile, process->command));
    text_buffer_printf(text, "\n   Wall time %.3f s, %" PRIu32 " thread%s.\n\n",
                       (double)process->wall / 1e9, process->thread_count,
                       process->thread_count == 1 ? "" : "s");
}

static void add_process(const struct pyperf_profile *profile,
                        const struct pyperf_process *process, struct text_buffer *text)
{
    text_buffer_printf(text, "   %9" PRIu64 " %12" PRIu64 " %10.3f  ", process->pid,
                       process->calls, (double)process->wall / 1e9);
    add_command(text, pyperf_profile_string(profile, process->command));
    text_buffer_add(text, process->running ? " (still running)\n" : "\n");
}

static void add_table(const struct pyperf_profile *profile, struct text_buffer *text)
{
    text_buffer_printf(text,
                       "   %" PRIu32 " processes, whose calls and times the table above adds "
                       "up:\n   %9s %12s %10s  %s\n",
                       profile->process_count, "pid", "calls", "seconds", "program");
    for (uint32_t i = 0; i < profile->process_count; i++)
        add_process(profile, &profile->processes[i], text);
}

static void add_unrecorded(const struct pyperf_profile *profile, struct text_buffer *text)
{
    uint64_t count = profile->run.unrecordable;
    const char *why = pyperf_profile_string(profile, profile->run.unrecordable_why);
    text_buffer_printf(text, "   %" PRIu64 " child process%s not recorded", count,
                       count == 1 ? " was" : "es were");
    if (why[0]) {
        text_buffer_add(text, count == 1 ? ": " : ", of one this is why: ");
        pyperf_report_escape(text, why);
    }
    text_buffer_add(text, ".\n");
}

void report_processes(const struct pyperf_profile *profile, struct text_buffer *text)
{
    uint64_t children = profile->run.children;
    if (profile->process_count > 1)
        add_table(profile, text);
    if (profile->run.unrecordable > 0)
        add_unrecorded(profile, text);
    if (profile->process_count == 1 && children > 0 && !profile->run.follows_children)
        text_buffer_printf(text,
                           "   %" PRIu64 " child process%s not recorded; with --children all, "
                           "those that run Python are.\n",
                           children, children == 1 ? " was" : "es were");
}
