/* SPDX-License-Identifier: MIT */
#include "recording/process.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

/* Reads the start of a small file; an empty string when that fails. Returns its length. */
static size_t read_text(const char *path, char *text, size_t size)
{
    ssize_t got = -1;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file >= 0) {
        got = read(file, text, size - 1);
        close(file);
    }
    text[got > 0 ? got : 0] = '\0';
    return got > 0 ? (size_t)got : 0;
}

void process_command_line(char *text, size_t size)
{
    size_t length = read_text("/proc/self/cmdline", text, size);
    for (size_t i = 0; i + 1 < length; i++)
        if ((unsigned char)text[i] < ' ')
            text[i] = ' ';
}

uint64_t process_start_time(int64_t pid)
{
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%" PRId64 "/stat", pid);
    read_text(path, text, sizeof text);
    /* The second field is the program's name in parentheses and may hold anything. */
    const char *field = strrchr(text, ')');
    char state = '\0';
    unsigned long long start = 0;
    if (!field || sscanf(field + 1,
                         " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d "
                         "%*d %*d %llu",
                         &state, &start) != 2)
        return 0;
    return state == 'Z' || state == 'X' ? 0 : start;
}

void process_boot_id(char id[PROCESS_BOOT_ID_SIZE])
{
    read_text("/proc/sys/kernel/random/boot_id", id, PROCESS_BOOT_ID_SIZE);
    id[strcspn(id, "\n")] = '\0';
}

struct thread_usage process_own_usage(void)
{
    struct rusage usage;
    getrusage(RUSAGE_THREAD, &usage);
    return (struct thread_usage){
        .cpu = clock_read_system(CLOCK_KIND_CPU),
        .voluntary = (uint64_t)usage.ru_nvcsw,
        .involuntary = (uint64_t)usage.ru_nivcsw,
    };
}

/* The clock of a thread's CPU time, as the kernel numbers them (CPUCLOCK_PERTHREAD and
 * CPUCLOCK_SCHED below the thread's number, inverted). */
static clockid_t cpu_clock_of(uint64_t os_id)
{
    return (clockid_t)(~(unsigned)os_id << 3 | 6);
}

bool process_thread_usage(uint64_t os_id, struct thread_usage *usage)
{
    char path[64], text[4096];
    struct timespec cpu;
    unsigned long long voluntary, involuntary;
    if (clock_gettime(cpu_clock_of(os_id), &cpu) != 0)
        return false;
    snprintf(path, sizeof path, "/proc/self/task/%" PRIu64 "/status", os_id);
    read_text(path, text, sizeof text);
    const char *line = strstr(text, "\nvoluntary_ctxt_switches:");
    if (!line ||
        sscanf(line, "\nvoluntary_ctxt_switches: %llu nonvoluntary_ctxt_switches: %llu",
               &voluntary, &involuntary) != 2)
        return false;
    *usage = (struct thread_usage){
        .cpu = (uint64_t)cpu.tv_sec * 1000000000u + (uint64_t)cpu.tv_nsec,
        .voluntary = voluntary,
        .involuntary = involuntary,
    };
    return true;
}
