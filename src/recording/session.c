/* The description is a text file of name=value lines, in which control characters and '%' of
 * the values are written as %XX:
 *
 *     program=script.py
 *     interpreter=/usr/bin/python3
 *     host=build-7
 *     started=1764000000000000000   nanoseconds since the epoch
 *
 * When the process was seen to end, these follow:
 *
 *     signal=0  status=3  user=…  system=…  peak=…  (one a line)
 *     ended=81234567890             CLOCK_MONOTONIC
 *
 *     named=1                       added when the user was told where the session is
 *
 * SPDX-License-Identifier: MIT */
#include "recording/session.h"
#include "recording/preload_list.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "recording/preload_list.h"

/* Names of what a session directory holds, or what comes before a dot in them. */
static const char *const session_files[] = {SESSION_DESCRIPTION_FILE, SESSION_RECORDING_FILE,
                                            SESSION_CALIBRATION_FILE, PRELOAD_LINK,
                                            SESSION_UNRECORDED_FILE,  SESSION_CHOICE_FILE};

static void write_value(FILE *file, const char *name, const char *value)
{
    fprintf(file, "%s=", name);
    for (const unsigned char *byte = (const unsigned char *)value; *byte; byte++)
        if (*byte < ' ' || *byte == '%')
            fprintf(file, "%%%02X", *byte);
        else
            fputc(*byte, file);
    fputc('\n', file);
}

static void decode_value(char *value)
{
    char *to = value;
    for (const char *from = value; *from; to++) {
        if (*from == '%' && isxdigit((unsigned char)from[1]) &&
            isxdigit((unsigned char)from[2])) {
            const char digits[] = {from[1], from[2], '\0'};
            *to = (char)strtoul(digits, NULL, 16);
            from += 3;
        } else {
            *to = *from++;
        }
    }
    *to = '\0';
}

static void write_host(FILE *file)
{
    char name[SESSION_HOST_SIZE] = "";
    if (gethostname(name, sizeof name - 1) == 0)
        write_value(file, "host", name);
}

static bool join(char *path, size_t size, const char *directory, const char *name)
{
    int length = snprintf(path, size, "%s/%s", directory, name);
    return length >= 0 && (size_t)length < size;
}

static FILE *open_description(const char *directory, const char *mode)
{
    char path[SESSION_PATH_SIZE];
    if (!join(path, sizeof path, directory, SESSION_DESCRIPTION_FILE)) {
        errno = ENAMETOOLONG;
        return NULL;
    }
    return fopen(path, mode);
}

static int close_checked(FILE *file)
{
    int failed = ferror(file);
    return fclose(file) != 0 || failed ? errno : 0;
}

enum pyperf_status session_create(const char *parent,
                                  const struct session_description *description, char *path,
                                  size_t size, struct pyperf_error *error)
{
    if (!join(path, size, parent, SESSION_PREFIX "XXXXXX"))
        return pyperf_error_set_errno(error, ENAMETOOLONG, "cannot record to %s", parent);
    if (!mkdtemp(path))
        return pyperf_error_set_errno(
            error, errno,
            "cannot make a directory for the recording in %s (TMPDIR can name another place)",
            parent);
    FILE *file = open_description(path, "wxe");
    int failure = errno;
    if (file) {
        write_value(file, "program", description->program);
        write_value(file, "interpreter", description->interpreter);
        write_host(file);
        fprintf(file, "started=%" PRIu64 "\n", description->started_at);
        failure = close_checked(file);
    }
    if (file && !failure)
        return PYPERF_OK;
    session_remove(path);
    return pyperf_error_set_errno(error, failure,
                                  "cannot record to %s (TMPDIR can name another place)", path);
}

enum pyperf_status session_note_end(const char *directory, const struct session_end *end,
                                    struct pyperf_error *error)
{
    FILE *file = open_description(directory, "ae");
    int failure = errno;
    if (file) {
        fprintf(file,
                "signal=%d\nstatus=%d\nuser=%" PRIu64 "\nsystem=%" PRIu64 "\npeak=%" PRIu64
                "\nended=%" PRIu64 "\n",
                end->signal, end->exit_status, end->user_time, end->system_time,
                end->peak_memory, end->moment);
        failure = close_checked(file);
    }
    if (file && !failure)
        return PYPERF_OK;
    return pyperf_error_set_errno(error, failure, "cannot write to %s", directory);
}

bool session_note_named(const char *directory)
{
    FILE *file = open_description(directory, "ae");
    if (!file)
        return false;
    fputs("named=1\n", file);
    return close_checked(file) == 0;
}

static int open_directory(const char *directory)
{
    return open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
}

/* A lock, because that tells also across PID namespaces that share a directory. The descriptor
 * stays open to the end on purpose. */
void session_hold(const char *directory)
{
    int descriptor = open_directory(directory);
    if (descriptor >= 0 && flock(descriptor, LOCK_EX | LOCK_NB) != 0)
        close(descriptor);
}

bool session_is_held(const char *directory)
{
    int descriptor = open_directory(directory);
    if (descriptor < 0)
        return false;
    bool held = flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    close(descriptor);
    return held;
}

static void take_end(struct session_end *end, const char *name, uint64_t value)
{
    if (strcmp(name, "ended") == 0)
        end->moment = value;
    else if (strcmp(name, "user") == 0)
        end->user_time = value;
    else if (strcmp(name, "system") == 0)
        end->system_time = value;
    else if (strcmp(name, "peak") == 0)
        end->peak_memory = value;
    else if (strcmp(name, "signal") == 0)
        end->signal = (int)(value & 127);
    else if (strcmp(name, "status") == 0)
        end->exit_status = (int)(value & 255);
}

static void take_value(struct session_facts *facts, const char *name, char *value)
{
    decode_value(value);
    if (strcmp(name, "program") == 0)
        snprintf(facts->program, sizeof facts->program, "%s", value);
    else if (strcmp(name, "interpreter") == 0)
        snprintf(facts->interpreter, sizeof facts->interpreter, "%s", value);
    else if (strcmp(name, "host") == 0)
        snprintf(facts->host, sizeof facts->host, "%s", value);
    else if (strcmp(name, "started") == 0)
        facts->started_at = strtoull(value, NULL, 10);
    else if (strcmp(name, "named") == 0)
        facts->named = true;
    else
        take_end(&facts->end, name, strtoull(value, NULL, 10));
}

enum pyperf_status session_facts_read(const char *directory, struct session_facts *facts,
                                      struct pyperf_error *error)
{
    memset(facts, 0, sizeof *facts);
    FILE *file = open_description(directory, "re");
    if (!file)
        return pyperf_error_set_errno(error, errno, "%s is not a recorded session", directory);
    char line[3 * SESSION_PATH_SIZE];
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        char *value = strchr(line, '=');
        if (!value)
            continue;
        *value++ = '\0';
        take_value(facts, line, value);
    }
    fclose(file);
    return PYPERF_OK;
}

static bool is_ours(const char *name)
{
    for (size_t i = 0; i < sizeof session_files / sizeof *session_files; i++) {
        size_t length = strlen(session_files[i]);
        if (strncmp(name, session_files[i], length) == 0 &&
            (name[length] == '\0' || name[length] == '.'))
            return true;
    }
    return false;
}

void session_remove(const char *directory)
{
    char path[SESSION_PATH_SIZE];
    DIR *entries = opendir(directory);
    for (const struct dirent *entry; entries && (entry = readdir(entries)) != NULL;)
        if (is_ours(entry->d_name) && join(path, sizeof path, directory, entry->d_name))
            unlink(path);
    if (entries)
        closedir(entries);
    rmdir(directory);
}
