/* The clocks of recordings: the processor's time-stamp counter where it can be trusted, the
 * kernel's monotonic clock elsewhere, and the time that a thread has had a processor.
 *
 * Ticks mean nothing by themselves. Pairs of (ticks, CLOCK_MONOTONIC), taken at the start and
 * at the end of a run, give their length, so that start-up need not wait for a calibration and
 * the whole run is its baseline.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_BASE_CLOCK_H
#define PYPERF_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#if defined(__x86_64__) || defined(__i386__)
#include <x86intrin.h>
#endif

enum clock_kind {
    CLOCK_KIND_MONOTONIC, /* ticks are nanoseconds of CLOCK_MONOTONIC */
    CLOCK_KIND_COUNTER,   /* ticks of the TSC on x86, of the generic timer on aarch64 */
    CLOCK_KIND_CPU,       /* ticks are nanoseconds of the calling thread's CPU time */
};

/* "counter", "monotonic" or "cpu". */
const char *clock_kind_name(enum clock_kind kind);

/* One moment on both clocks. */
struct clock_pair {
    uint64_t ticks;
    uint64_t monotonic; /* nanoseconds */
};

static inline uint64_t clock_monotonic(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static inline uint64_t clock_counter(void)
{
#if defined(__x86_64__) || defined(__i386__)
    return __rdtsc();
#elif defined(__aarch64__)
    uint64_t ticks;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
    return ticks;
#else
    return clock_monotonic();
#endif
}

/* For clocks that the kernel is asked for. */
uint64_t clock_read_system(enum clock_kind kind);

static inline uint64_t clock_read(enum clock_kind kind)
{
    return __builtin_expect(kind == CLOCK_KIND_COUNTER, 1) ? clock_counter()
                                                           : clock_read_system(kind);
}

/* The counter where it ticks evenly and together on all processors, and the kernel itself
 * keeps time by it (which is what tells apart the machines whose counter drifts). */
enum clock_kind clock_choose(void);

/* Reads both clocks as close together as a few tries allow. Not for CLOCK_KIND_CPU. */
struct clock_pair clock_pair_read(enum clock_kind kind);

/* Nanoseconds per tick over the time between two pairs; 0 when they are too close together
 * (under a millisecond) to tell. 1 where ticks are nanoseconds. */
double clock_nanoseconds_per_tick(enum clock_kind kind, struct clock_pair from,
                                  struct clock_pair to);

#endif
