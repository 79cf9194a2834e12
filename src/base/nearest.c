/* SPDX-License-Identifier: MIT */
#include "base/nearest.h"

#include <stdint.h>
#include <string.h>

enum { LONGEST_NAME = 64 };

static size_t smallest(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;
    return least < c ? least : c;
}

/* How many letters must be added, removed, changed or swapped with their neighbour. */
static size_t distance(const char *left, const char *right)
{
    size_t left_length = strlen(left);
    size_t right_length = strlen(right);
    if (left_length > LONGEST_NAME || right_length > LONGEST_NAME)
        return SIZE_MAX;
    size_t rows[3][LONGEST_NAME + 1];
    for (size_t j = 0; j <= right_length; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= left_length; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i + 2) % 3];
        const size_t *two_above = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= right_length; j++) {
            size_t change = left[i - 1] == right[j - 1] ? 0 : 1;
            row[j] = smallest(above[j] + 1, row[j - 1] + 1, above[j - 1] + change);
            if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1] &&
                two_above[j - 2] + 1 < row[j])
                row[j] = two_above[j - 2] + 1;
        }
    }
    return rows[left_length % 3][right_length];
}

/* The same for a word that may be the beginning of the name, cut short: one more than the
 * distance to that beginning. */
static size_t distance_to_beginning(const char *word, size_t length, const char *name)
{
    char beginning[LONGEST_NAME + 1];
    if (length < 2 || length >= strlen(name) || length > LONGEST_NAME)
        return SIZE_MAX;
    memcpy(beginning, name, length);
    beginning[length] = '\0';
    return distance(word, beginning) + 1;
}

const char *nearest_name(const char *word, const char *const *names, size_t count)
{
    size_t length = strlen(word);
    const char *nearest = NULL;
    /* About a third of the letters may be wrong; beyond that a guess is noise. */
    size_t limit = length / 3 + 2 < length ? length / 3 + 2 : length;
    for (size_t i = 0; i < count; i++) {
        size_t apart = distance(word, names[i]);
        size_t begun = distance_to_beginning(word, length, names[i]);
        if (begun < apart)
            apart = begun;
        if (apart < limit) {
            limit = apart;
            nearest = names[i];
        }
    }
    return nearest;
}
