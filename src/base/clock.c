/* SPDX-License-Identifier: MIT */
#include "base/clock.h"

#include <stdio.h>
#include <string.h>

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>

static bool kernel_uses_counter(void)
{
    char name[32] = "";
    FILE *file =
        fopen("/sys/devices/system/clocksource/clocksource0/current_clocksource", "re");
    if (!file)
        return false;
    bool read = fgets(name, sizeof name, file) != NULL;
    fclose(file);
    return read && strcmp(name, "tsc\n") == 0;
}

/* CPUID 0x80000007, EDX bit 8: the counter runs at a constant rate in every power state
 * (what Linux calls constant_tsc and nonstop_tsc). */
static bool counter_is_invariant(void)
{
    unsigned eax, ebx, ecx, edx;
    return __get_cpuid(0x80000007, &eax, &ebx, &ecx, &edx) && (edx & (1u << 8));
}

enum clock_kind clock_choose(void)
{
    return counter_is_invariant() && kernel_uses_counter() ? CLOCK_KIND_COUNTER
                                                           : CLOCK_KIND_MONOTONIC;
}
#elif defined(__aarch64__)
enum clock_kind clock_choose(void)
{
    return CLOCK_KIND_COUNTER; /* architected: constant, system-wide */
}
#else
enum clock_kind clock_choose(void)
{
    return CLOCK_KIND_MONOTONIC;
}
#endif

const char *clock_kind_name(enum clock_kind kind)
{
    static const char *const names[] = {
        [CLOCK_KIND_MONOTONIC] = "monotonic",
        [CLOCK_KIND_COUNTER] = "counter",
        [CLOCK_KIND_CPU] = "cpu",
    };
    return names[kind];
}

uint64_t clock_read_system(enum clock_kind kind)
{
    struct timespec now = {0, 0};
    clock_gettime(kind == CLOCK_KIND_CPU ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

struct clock_pair clock_pair_read(enum clock_kind kind)
{
    struct clock_pair best = {0, 0};
    if (kind == CLOCK_KIND_MONOTONIC) {
        best.ticks = best.monotonic = clock_monotonic();
        return best;
    }
    uint64_t narrowest = UINT64_MAX;
    for (int i = 0; i < 8; i++) {
        uint64_t before = clock_counter();
        uint64_t monotonic = clock_monotonic();
        uint64_t width = clock_counter() - before;
        if (width < narrowest) {
            narrowest = width;
            best.ticks = before + width / 2;
            best.monotonic = monotonic;
        }
    }
    return best;
}

double clock_nanoseconds_per_tick(enum clock_kind kind, struct clock_pair from,
                                  struct clock_pair to)
{
    if (kind != CLOCK_KIND_COUNTER)
        return 1.0;
    if (to.monotonic < from.monotonic + 1000000u || to.ticks <= from.ticks)
        return 0.0;
    return (double)(to.monotonic - from.monotonic) / (double)(to.ticks - from.ticks);
}
