/* SPDX-License-Identifier: MIT */
#include "recording/kept_sessions.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <pyperf/session.h>

#include "recording/recording_file.h"
#include "recording/session.h"

static int has_name_of_session(const struct dirent *entry)
{
    return strncmp(entry->d_name, SESSION_PREFIX, strlen(SESSION_PREFIX)) == 0 &&
           strlen(entry->d_name) == strlen(SESSION_PREFIX "XXXXXX");
}

/* A directory for temporary files is everybody's, and so are names in it. */
static bool is_own_directory(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0 && S_ISDIR(info.st_mode) && info.st_uid == geteuid();
}

static bool describe(struct kept_session *session, const struct session_facts *facts)
{
    char recording[SESSION_PATH_SIZE + 16];
    snprintf(recording, sizeof recording, "%s/%s", session->directory, SESSION_RECORDING_FILE);
    struct recording_glance glance = recording_file_glance(recording);
    session->program = strdup(facts->program);
    session->started_at = facts->started_at;
    session->pid = glance.running_pid;
    session->running = pyperf_session_running(session->directory);
    session->in_use = session->running > 0 || session_is_held(session->directory);
    session->empty = !glance.started;
    session->named = facts->named;
    return session->program != NULL;
}

/* False: no memory. What is not a session, or no longer, is passed over. */
static bool add(struct kept_sessions *found, const char *parent, const char *name)
{
    char path[SESSION_PATH_SIZE];
    struct session_facts facts;
    struct pyperf_error ignored;
    int length = snprintf(path, sizeof path, "%s/%s", parent, name);
    if (length < 0 || (size_t)length >= sizeof path || !is_own_directory(path) ||
        session_facts_read(path, &facts, &ignored) != PYPERF_OK)
        return true;
    struct kept_session *session = &found->sessions[found->count++];
    *session = (struct kept_session){.directory = strdup(path)};
    return session->directory && describe(session, &facts);
}

static int oldest_first(const void *left, const void *right)
{
    const struct kept_session *a = left, *b = right;
    return (a->started_at > b->started_at) - (a->started_at < b->started_at);
}

enum pyperf_status kept_sessions_find(struct kept_sessions *found, const char *parent,
                                      struct pyperf_error *error)
{
    *found = (struct kept_sessions){0};
    struct dirent **entries;
    int count = scandir(parent, &entries, has_name_of_session, NULL);
    if (count < 0)
        return pyperf_error_set_errno(error, errno, "cannot read %s", parent);
    found->sessions = calloc((size_t)count + 1, sizeof *found->sessions);
    bool complete = found->sessions != NULL;
    for (int i = 0; i < count; i++) {
        complete = complete && add(found, parent, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    if (!complete)
        return pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory for what is in %s", parent);
    qsort(found->sessions, found->count, sizeof *found->sessions, oldest_first);
    return PYPERF_OK;
}

void kept_sessions_release(struct kept_sessions *found)
{
    for (size_t i = 0; i < found->count; i++) {
        free(found->sessions[i].directory);
        free(found->sessions[i].program);
    }
    free(found->sessions);
    *found = (struct kept_sessions){0};
}
