/* SPDX-License-Identifier: MIT */
#include "recording/line_switch.h"

#include <stdlib.h>
#include <string.h>

#include "recording/line_thread.h"

/* A stack that was put aside, from the outermost frame on. */
struct line_parked {
    struct line_parked *next;
    uint64_t key;
    size_t count;
    struct line_frame frames[];
};

enum { PARKING_LISTS = 1024 };

/* Lists by key: there may be very many greenlets. */
struct line_parking {
    struct line_parked *lists[PARKING_LISTS];
};

static struct line_parked **list_of(struct line_parking *parking, uint64_t key)
{
    return &parking->lists[hash_mix(key) % PARKING_LISTS];
}

/* Takes what is put aside under a key out of its list; NULL: nothing is. */
static struct line_parked *take(struct line_parking *parking, uint64_t key)
{
    struct line_parked **link = list_of(parking, key);
    while (*link && (*link)->key != key)
        link = &(*link)->next;
    struct line_parked *found = *link;
    if (found)
        *link = found->next;
    return found;
}

static struct line_parking *parking_of(struct line_thread *lines)
{
    if (!lines->parking)
        lines->parking = calloc(1, sizeof *lines->parking);
    return lines->parking;
}

/* Without room to put them aside, their later lines are seen to begin unentered. */
static void park(struct line_thread *lines, uint64_t key, uint64_t now)
{
    size_t count = (size_t)(lines->top - lines->frames);
    struct line_parking *parking = count ? parking_of(lines) : NULL;
    struct line_parked *parked =
        parking ? malloc(sizeof *parked + count * sizeof *parked->frames) : NULL;
    if (parked) {
        struct line_parked **list = list_of(parking, key);
        *parked = (struct line_parked){.next = *list, .key = key, .count = count};
        memcpy(parked->frames, lines->frames + 1, count * sizeof *parked->frames);
        *list = parked;
    }
    while (lines->top > lines->frames)
        line_pop(lines, now);
}

void line_switch(struct line_thread *lines, uint64_t from, uint64_t to)
{
    if (from == to)
        return;
    uint64_t now = clock_read(lines->clock);
    if (lines->parking)
        free(take(lines->parking, from)); /* what went by this name ended unseen */
    park(lines, from, now);
    struct line_parked *parked = lines->parking ? take(lines->parking, to) : NULL;
    if (parked)
        line_thread_put_back(lines, parked->frames, parked->count);
    free(parked);
}

void line_switch_release(struct line_thread *lines)
{
    for (int i = 0; lines->parking && i < PARKING_LISTS; i++)
        for (struct line_parked *parked = lines->parking->lists[i], *next; parked;
             parked = next) {
            next = parked->next;
            free(parked);
        }
    free(lines->parking);
    lines->parking = NULL;
}
