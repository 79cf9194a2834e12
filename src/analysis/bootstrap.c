/* SPDX-License-Identifier: MIT */
#include "analysis/bootstrap.h"

#include <math.h>
#include <stdlib.h>

enum { DRAWS = 4000 };

static uint64_t next_random(uint64_t *state)
{
    *state += 0x9E3779B97F4A7C15u; /* splitmix64 */
    uint64_t mixed = *state;
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBu;
    return mixed ^ mixed >> 31;
}

/* Draws as often as there are members, and finds which ones are in the middle: whatever the
 * members are, those with these ranks. `drawn` has room for a count by rank. */
static void draw(uint64_t *state, size_t size, uint32_t *drawn, uint32_t middles[2])
{
    for (size_t i = 0; i < size; i++)
        drawn[i] = 0;
    for (size_t i = 0; i < size; i++)
        drawn[next_random(state) % size]++;
    const size_t places[2] = {(size - 1) / 2, size / 2};
    for (int i = 0; i < 2; i++) {
        uint32_t rank = 0;
        for (size_t passed = drawn[0]; passed <= places[i]; passed += drawn[rank])
            rank++;
        middles[i] = rank;
    }
}

static bool draw_all(struct bootstrap *bootstrap, uint64_t *state, int group)
{
    uint32_t *drawn = calloc(bootstrap->sizes[group], sizeof *drawn);
    bootstrap->middles[group] = calloc(DRAWS, sizeof *bootstrap->middles[group]);
    bool done = drawn && bootstrap->middles[group];
    for (size_t i = 0; done && i < DRAWS; i++)
        draw(state, bootstrap->sizes[group], drawn, bootstrap->middles[group][i]);
    free(drawn);
    return done;
}

bool bootstrap_init(struct bootstrap *bootstrap, size_t before, size_t after)
{
    uint64_t state = 0; /* the seed: the same question gets the same answer */
    *bootstrap = (struct bootstrap){.sizes = {before, after}};
    bootstrap->ratios = calloc(DRAWS, sizeof *bootstrap->ratios);
    return bootstrap->ratios && draw_all(bootstrap, &state, 0) &&
           draw_all(bootstrap, &state, 1);
}

void bootstrap_release(struct bootstrap *bootstrap)
{
    free(bootstrap->middles[0]);
    free(bootstrap->middles[1]);
    free(bootstrap->ratios);
    *bootstrap = (struct bootstrap){.ratios = NULL};
}

/* ---- Quantiles ---- */

/* The probability that a standard normal variable is below `z`. */
static double normal_below(double z)
{
    return 0.5 * erfc(-z * M_SQRT1_2);
}

static double normal_quantile(double probability)
{
    double low = -40;
    double high = 40;
    for (int i = 0; i < 100; i++) {
        double middle = (low + high) / 2;
        if (normal_below(middle) < probability)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

/* Student's, for at least 8 degrees of freedom: Fisher's expansion around the normal one. */
static double student_quantile(double probability, double freedom)
{
    double z = normal_quantile(probability);
    double cube = z * z * z;
    double fifth = cube * z * z;
    return z + (cube + z) / (4 * freedom) +
           (5 * fifth + 16 * cube + 3 * z) / (96 * freedom * freedom);
}

/* At which quantile of the draws the lower end of an interval is. */
static double expanded_tail(const struct bootstrap *bootstrap, double confidence)
{
    double before = (double)bootstrap->sizes[0];
    double after = (double)bootstrap->sizes[1];
    double smaller = before < after ? before : after;
    double student = student_quantile((1 - confidence) / 2, before + after - 2);
    return normal_below(student * sqrt(smaller / (smaller - 1)));
}

/* ---- Intervals ---- */

static void exchange(double *left, double *right)
{
    double kept = *left;
    *left = *right;
    *right = kept;
}

/* The value that would be at `place` if the values were sorted: Hoare's way, which puts smaller
 * ones before that place and larger ones behind it. */
static double select_value(double *values, size_t count, size_t place)
{
    size_t low = 0;
    size_t high = count - 1;
    while (low < high) {
        double pivot = values[low + (high - low) / 2];
        size_t i = low;
        size_t j = high;
        while (i <= j) {
            while (values[i] < pivot)
                i++;
            while (values[j] > pivot)
                j--;
            if (i > j)
                break;
            exchange(&values[i++], &values[j]);
            if (j == 0)
                break;
            j--;
        }
        if (place <= j)
            high = j;
        else if (place >= i)
            low = i;
        else
            break;
    }
    return values[place];
}

static double ratio(double after, double before)
{
    if (before > 0)
        return after / before;
    return after > 0 ? INFINITY : 1;
}

void bootstrap_interval(struct bootstrap *bootstrap, const double *before, const double *after,
                        double confidence, double *low, double *high)
{
    /* Counts of calls, as a rule: whatever is drawn, the ratio is the same. */
    if (before[0] == before[bootstrap->sizes[0] - 1] &&
        after[0] == after[bootstrap->sizes[1] - 1]) {
        *low = *high = ratio(after[0], before[0]);
        return;
    }
    for (size_t i = 0; i < DRAWS; i++) {
        const uint32_t *of_before = bootstrap->middles[0][i];
        const uint32_t *of_after = bootstrap->middles[1][i];
        bootstrap->ratios[i] = ratio(after[of_after[0]] + after[of_after[1]],
                                     before[of_before[0]] + before[of_before[1]]);
    }
    size_t cut = (size_t)(expanded_tail(bootstrap, confidence) * DRAWS);
    *low = select_value(bootstrap->ratios, DRAWS, cut);
    *high = select_value(bootstrap->ratios, DRAWS, DRAWS - 1 - cut);
}

double sorted_median(const double *values, size_t count)
{
    return (values[(count - 1) / 2] + values[count / 2]) / 2;
}
