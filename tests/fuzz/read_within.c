/* Reads a file with no more memory than its reader is allowed: so many times its size and 1 MB.
 *
 * usage: read_within TIMES FILE
 *
 * Ends with status 0 when it was read, 1 when it was refused, 3 when memory was short; says
 * why.
 *
 * SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <pyperf/formats.h>

/* Bytes of address space that the process has, or 0. */
static unsigned long long address_space(void)
{
    unsigned long long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file)
        return 0;
    if (fscanf(file, "%llu", &pages) != 1)
        pages = 0;
    fclose(file);
    return pages * (unsigned long long)sysconf(_SC_PAGESIZE);
}

int main(int argc, char **argv)
{
    struct stat info;
    struct pyperf_import import = {0};
    struct pyperf_error error;
    unsigned long long before = address_space();
    if (argc != 3 || stat(argv[2], &info) != 0 || before == 0)
        return 2;
    rlim_t times = strtoul(argv[1], NULL, 10);
    rlim_t allowed = (rlim_t)before + times * (rlim_t)info.st_size + 1024 * 1024;
    const struct rlimit limit = {allowed, allowed};
    if (setrlimit(RLIMIT_AS, &limit) != 0)
        return 2;
    enum pyperf_status status = pyperf_format_read(argv[2], &import, &error);
    if (status == PYPERF_OK) {
        puts("read");
        pyperf_import_release(&import);
        return 0;
    }
    puts(error.message);
    return status == PYPERF_NO_MEMORY ? 3 : 1;
}
