/* All recordings of a session.
 *
 * SPDX-License-Identifier: MIT */
#include <pyperf/session.h>

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recording/reader.h"
#include "recording/recording_file.h"
#include "recording/session.h"
#include "recording/unrecorded.h"

/* ---- The files ---- */

static int is_recording(const struct dirent *entry)
{
    size_t length = strlen(SESSION_RECORDING_FILE);
    return strncmp(entry->d_name, SESSION_RECORDING_FILE, length) == 0 &&
           (entry->d_name[length] == '\0' || entry->d_name[length] == '.');
}

static int by_process(const struct dirent **a, const struct dirent **b)
{
    return strverscmp((*a)->d_name, (*b)->d_name);
}

/* Calls `visitor` with the path of every recording, the program's own first. Returns an errno,
 * or 0. */
static int visit(const char *directory, void (*visitor)(const char *path, void *context),
                 void *context)
{
    struct dirent **entries;
    int count = scandir(directory, &entries, is_recording, by_process);
    if (count < 0)
        return errno;
    for (int i = 0; i < count; i++) {
        char path[SESSION_PATH_SIZE + 256];
        snprintf(path, sizeof path, "%s/%s", directory, entries[i]->d_name);
        visitor(path, context);
        free(entries[i]);
    }
    free(entries);
    return 0;
}

/* ---- Reading ---- */

static enum pyperf_status add(struct pyperf_session *session, struct pyperf_profile *profile,
                              struct pyperf_error *error)
{
    struct pyperf_profile **processes =
        reallocarray(session->processes, session->count + 1, sizeof *processes);
    if (!processes) {
        pyperf_profile_free(profile);
        return pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory for the recordings");
    }
    session->processes = processes;
    session->processes[session->count++] = profile;
    return PYPERF_OK;
}

static enum pyperf_status read_own(const char *directory, uint64_t ended_monotonic,
                                   struct session_facts *facts, struct pyperf_profile **profile,
                                   struct pyperf_error *error)
{
    char path[SESSION_PATH_SIZE];
    enum pyperf_status status = session_facts_read(directory, facts, error);
    if (status != PYPERF_OK)
        return status;
    if (ended_monotonic)
        facts->end.moment = ended_monotonic;
    int length = snprintf(path, sizeof path, "%s/%s", directory, SESSION_RECORDING_FILE);
    if (length < 0 || (size_t)length >= sizeof path)
        return pyperf_error_set_errno(error, ENAMETOOLONG, "cannot read %s", directory);
    return recording_read(path, facts, facts->end.moment, profile, error);
}

enum pyperf_status pyperf_session_read(const char *directory, uint64_t ended_monotonic,
                                       struct pyperf_profile **profile,
                                       struct pyperf_error *error)
{
    struct session_facts facts;
    return read_own(directory, ended_monotonic, &facts, profile, error);
}

struct children_reading {
    struct pyperf_session *session;
    const struct session_facts *facts;
};

/* A child that never ran code of its own is of no interest; one that was killed while it made
 * its recording left something that cannot be read. */
static void read_child(const char *path, void *context)
{
    struct children_reading *reading = context;
    struct pyperf_session *session = reading->session;
    struct pyperf_profile *profile;
    struct pyperf_error error;
    if (strcmp(strrchr(path, '/') + 1, SESSION_RECORDING_FILE) == 0)
        return;
    enum pyperf_status status = recording_read(path, reading->facts, 0, &profile, &error);
    if (status == PYPERF_OK && !profile->run.started)
        pyperf_profile_free(profile);
    else if (status == PYPERF_OK)
        status = add(session, profile, &error);
    if (status != PYPERF_OK && session->unreadable++ == 0)
        session->first_unreadable = error;
}

/* Without memory for the reason, the number has to do. */
static void note_unrecorded(struct pyperf_profile *profile, const char *directory)
{
    char reason[UNRECORDED_REASON_SIZE];
    profile->run.unrecordable = unrecorded_count(directory, reason);
    size_t size = strlen(reason) + 1;
    char *strings = realloc(profile->strings, profile->strings_size + size);
    if (!strings)
        return;
    profile->strings = strings;
    memcpy(strings + profile->strings_size, reason, size);
    profile->run.unrecordable_why = (uint32_t)profile->strings_size;
    profile->strings_size += size;
}

enum pyperf_status pyperf_session_read_all(const char *directory, uint64_t ended_monotonic,
                                           struct pyperf_session *session,
                                           struct pyperf_error *error)
{
    struct session_facts facts;
    struct pyperf_profile *own;
    *session = (struct pyperf_session){0};
    enum pyperf_status status = read_own(directory, ended_monotonic, &facts, &own, error);
    if (status == PYPERF_OK)
        status = add(session, own, error);
    if (status != PYPERF_OK)
        return status;
    note_unrecorded(own, directory);
    facts.is_child = true;
    struct children_reading reading = {session, &facts};
    int failure = visit(directory, read_child, &reading);
    return failure ? pyperf_error_set_errno(error, failure, "cannot read %s", directory)
                   : PYPERF_OK;
}

void pyperf_session_release(struct pyperf_session *session)
{
    for (size_t i = 0; i < session->count; i++)
        pyperf_profile_free(session->processes[i]);
    free(session->processes);
    *session = (struct pyperf_session){0};
}

struct pyperf_profile *pyperf_session_merge(struct pyperf_session *session,
                                            struct pyperf_error *error)
{
    struct pyperf_profile *all = session->processes[0];
    if (pyperf_profile_append(all, session->processes + 1, session->count - 1, error) !=
        PYPERF_OK)
        return NULL;
    session->processes[0] = NULL;
    return all;
}

/* ---- Who still writes ---- */

static void count_running(const char *path, void *context)
{
    size_t *count = context;
    *count += recording_file_glance(path).running_pid != 0;
}

size_t pyperf_session_running(const char *directory)
{
    size_t count = 0;
    (void)visit(directory, count_running, &count);
    return count;
}
