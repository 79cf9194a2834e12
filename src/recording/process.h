/* Telling whether a process that wrote a recording is the one that has its number now.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_RECORDING_PROCESS_H
#define PYPERF_RECORDING_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PROCESS_BOOT_ID_SIZE = 40 /* bytes, NUL included */ };

/* When a process started, in clock ticks after boot; 0: there is no such process (a zombie
 * counts as none). */
uint64_t process_start_time(int64_t pid);

/* The words that this process was started with, as one line of at most `size` bytes, NUL
 * included. */
void process_command_line(char *text, size_t size);

/* The kernel's random name for this boot, or "". */
void process_boot_id(char id[PROCESS_BOOT_ID_SIZE]);

/* What a thread has used so far. */
struct thread_usage {
    uint64_t cpu;         /* nanoseconds */
    uint64_t voluntary;   /* context switches: it waited for something */
    uint64_t involuntary; /* context switches: it was preempted */
};

/* Of the calling thread. */
struct thread_usage process_own_usage(void);

/* Of another thread of this process, by its number in the kernel. False: it has ended, or the
 * kernel does not say. */
bool process_thread_usage(uint64_t os_id, struct thread_usage *usage);

#endif
