/* SPDX-License-Identifier: MIT */
#include "cli/kept.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <pyperf/reports.h>

#include "base/text_buffer.h"
#include "cli/stream.h"
#include "recording/kept_sessions.h"
#include "recording/session.h"

char *kept_place(const char *directory)
{
    const char *place = getenv("TMPDIR");
    if (!place || !*place)
        return strdup("/tmp");
    if (place[0] == '/')
        return strdup(place);
    char *path;
    return asprintf(&path, "%s/%s", directory, place) < 0 ? NULL : path;
}

/* "2026-01-31 23:59" */
static const char *moment(const struct kept_session *session, char text[32])
{
    time_t started = (time_t)(session->started_at / 1000000000u);
    struct tm local;
    text[0] = '\0';
    if (localtime_r(&started, &local))
        strftime(text, 32, "%Y-%m-%d %H:%M", &local);
    return text;
}

static bool is_news(const struct kept_session *session)
{
    return !session->in_use && !session->empty && !session->named;
}

void kept_announce(const char *place)
{
    struct kept_sessions found;
    struct pyperf_error ignored;
    const struct kept_session *last = NULL;
    size_t count = 0;
    if (kept_sessions_find(&found, place, &ignored) == PYPERF_OK) {
        for (size_t i = 0; i < found.count; i++) {
            const struct kept_session *session = &found.sessions[i];
            /* What cannot be marked would be named again and again. */
            if (is_news(session) && session_note_named(session->directory)) {
                last = session;
                count++;
            }
        }
    }
    if (last) {
        struct text_buffer program = {0};
        char text[32];
        pyperf_report_escape(&program, last->program);
        if (count == 1)
            message("an earlier recording is kept in %s (%s, %s); to see it: pyperf stats %s",
                    last->directory, text_buffer_text(&program), moment(last, text),
                    last->directory);
        else
            message("%zu earlier recordings are kept in %s (the last of %s, %s); to list them: "
                    "pyperf stats",
                    count, place, text_buffer_text(&program), moment(last, text));
        text_buffer_release(&program);
    }
    kept_sessions_release(&found);
}

static void add_line(struct text_buffer *text, const struct kept_session *session)
{
    char started[32];
    text_buffer_printf(text, "%s  %s  ", session->directory, moment(session, started));
    pyperf_report_escape(text, session->program);
    if (session->pid)
        text_buffer_printf(text, " (running, pid %lld)", (long long)session->pid);
    else if (session->running > 0)
        text_buffer_printf(text, " (%zu of its processes still run%s)", session->running,
                           session->running == 1 ? "s" : "");
    else if (session->in_use)
        text_buffer_add(text, " (its report is being made)");
    else if (session->empty)
        text_buffer_add(text, " (nothing was recorded)");
    text_buffer_add(text, "\n");
}

bool kept_list(const char *place)
{
    struct kept_sessions found;
    struct pyperf_error error;
    struct text_buffer text = {0};
    bool done = kept_sessions_find(&found, place, &error) == PYPERF_OK;
    if (!done)
        message("%s", error.message);
    else if (found.count == 0)
        message("no recording is kept in %s", place);
    for (size_t i = 0; done && i < found.count; i++)
        add_line(&text, &found.sessions[i]);
    int failure = stream_write(STDOUT_FILENO, text_buffer_text(&text), text.length, -1);
    if (failure != 0 && failure != EPIPE) {
        message("cannot print the list: %s", strerror(failure));
        done = false;
    }
    text_buffer_release(&text);
    kept_sessions_release(&found);
    return done;
}
