/* SPDX-License-Identifier: MIT */
#include "recording/unrecorded.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "recording/options.h"
#include "recording/session.h"

static const char prefix[] = SESSION_UNRECORDED_FILE ".";

void unrecorded_note(const char *directory, const char *reason)
{
    char path[RECORD_DIRECTORY_SIZE + 64];
    snprintf(path, sizeof path, "%s/%s%d", directory, prefix, (int)getpid());
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        return;
    (void)!write(file, reason, strlen(reason)); /* a full disk may be the reason itself */
    close(file);
}

static void read_reason(int directory, const char *name, char reason[UNRECORDED_REASON_SIZE])
{
    int file = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ssize_t length = file >= 0 ? read(file, reason, UNRECORDED_REASON_SIZE - 1) : 0;
    reason[length > 0 ? length : 0] = '\0';
    if (file >= 0)
        close(file);
}

uint64_t unrecorded_count(const char *directory, char reason[UNRECORDED_REASON_SIZE])
{
    uint64_t count = 0;
    reason[0] = '\0';
    DIR *entries = opendir(directory);
    if (!entries)
        return 0;
    for (const struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        if (strncmp(entry->d_name, prefix, sizeof prefix - 1) != 0)
            continue;
        count++;
        if (!reason[0])
            read_reason(dirfd(entries), entry->d_name, reason);
    }
    closedir(entries);
    return count;
}
