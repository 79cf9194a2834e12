/* SPDX-License-Identifier: MIT */
#include "cli/inherited.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void inherited_descriptors_note(struct inherited_descriptors *inherited)
{
    *inherited = (struct inherited_descriptors){NULL, 0};
    DIR *open_ones = opendir("/proc/self/fd");
    if (!open_ones)
        return;
    for (const struct dirent *entry; (entry = readdir(open_ones)) != NULL;) {
        int descriptor = atoi(entry->d_name); /* "." and "..": 0 */
        if (descriptor <= STDERR_FILENO || descriptor == dirfd(open_ones))
            continue;
        int *more = reallocarray(inherited->descriptors, inherited->count + 1, sizeof *more);
        if (!more)
            break;
        inherited->descriptors = more;
        inherited->descriptors[inherited->count++] = descriptor;
    }
    closedir(open_ones);
}

void inherited_descriptors_release(struct inherited_descriptors *inherited)
{
    free(inherited->descriptors);
    *inherited = (struct inherited_descriptors){NULL, 0};
}

static bool may_name_descriptor(const char *path)
{
    return path && (strncmp(path, "/dev/", 5) == 0 || strncmp(path, "/proc/", 6) == 0);
}

void inherited_descriptors_close(const struct inherited_descriptors *inherited,
                                 const char *output, const char *report)
{
    if (may_name_descriptor(output) || may_name_descriptor(report))
        return;
    for (size_t i = 0; i < inherited->count; i++)
        close(inherited->descriptors[i]);
}
