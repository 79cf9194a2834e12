/* That intervals keep what they promise, on made-up measurements that are the same in every
 * run.
 *
 * SPDX-License-Identifier: MIT */
#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/bootstrap.h"

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13; /* xorshift: not the generator that the draws are made with */
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* About normal, with mean 1: the sum of twelve uniform variables. */
static double noisy(uint64_t *state, double deviation)
{
    double sum = -6;
    for (int i = 0; i < 12; i++)
        sum += (double)(next_random(state) >> 11) / (double)(UINT64_C(1) << 53);
    return 1 + deviation * sum;
}

/* What machines do to times: most are near the least, a few far above. */
static double skewed(uint64_t *state, double deviation)
{
    double uniform = (double)((next_random(state) >> 11) + 1) / (double)(UINT64_C(1) << 53);
    return 1 - deviation * log(uniform);
}

static int compare_doubles(const void *left, const void *right)
{
    double a = *(const double *)left;
    double b = *(const double *)right;
    return (a > b) - (a < b);
}

typedef double noise(uint64_t *state, double deviation);

/* In how many of `trials` comparisons the interval leaves 1 out. */
static int count_alarms(size_t size, double factor, double deviation, noise *make, int trials)
{
    struct bootstrap bootstrap;
    uint64_t state = 88172645463325252u;
    double before[32];
    double after[32];
    int alarms = 0;
    assert_true(bootstrap_init(&bootstrap, size, size));
    for (int trial = 0; trial < trials; trial++) {
        for (size_t i = 0; i < size; i++) {
            before[i] = make(&state, deviation);
            after[i] = factor * make(&state, deviation);
        }
        qsort(before, size, sizeof *before, compare_doubles);
        qsort(after, size, sizeof *after, compare_doubles);
        double low;
        double high;
        bootstrap_interval(&bootstrap, before, after, 0.95, &low, &high);
        assert_true(low <= high);
        alarms += low > 1 || high < 1;
    }
    bootstrap_release(&bootstrap);
    return alarms;
}

static void false_alarms_are_rare(void **state)
{
    (void)state;
    static const size_t sizes[] = {5, 6, 7, 10, 20};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        assert_in_range(count_alarms(sizes[i], 1, 0.03, noisy, 2000), 0, 100);
        assert_in_range(count_alarms(sizes[i], 1, 0.03, skewed, 2000), 0, 100);
    }
}

static void true_differences_are_found(void **state)
{
    (void)state;
    assert_in_range(count_alarms(5, 1.1, 0.02, noisy, 400), 380, 400);
    assert_in_range(count_alarms(5, 1 / 1.1, 0.02, noisy, 400), 380, 400);
    assert_in_range(count_alarms(10, 1.1, 0.03, noisy, 400), 380, 400);
    assert_in_range(count_alarms(20, 1.1, 0.05, noisy, 400), 380, 400);
}

static void the_same_question_gets_the_same_answer(void **state)
{
    (void)state;
    static const double before[] = {1, 2, 3, 4, 5, 6};
    static const double after[] = {2, 3, 5, 7, 11};
    double low[2];
    double high[2];
    for (int i = 0; i < 2; i++) {
        struct bootstrap bootstrap;
        assert_true(bootstrap_init(&bootstrap, 6, 5));
        bootstrap_interval(&bootstrap, before, after, 0.95, &low[i], &high[i]);
        bootstrap_release(&bootstrap);
    }
    assert_true(low[0] == low[1] && high[0] == high[1]);
    double ratio = sorted_median(after, 5) / sorted_median(before, 6);
    assert_true(low[0] < ratio && ratio < high[0]);
}

static void certain_and_impossible_ratios(void **state)
{
    (void)state;
    static const double zeros[5] = {0, 0, 0, 0, 0};
    static const double ones[5] = {1, 1, 1, 1, 1};
    static const double twos[5] = {2, 2, 2, 2, 2};
    struct bootstrap bootstrap;
    double low;
    double high;
    assert_true(bootstrap_init(&bootstrap, 5, 5));
    bootstrap_interval(&bootstrap, ones, twos, 0.95, &low, &high);
    assert_true(low == 2 && high == 2);
    bootstrap_interval(&bootstrap, zeros, zeros, 0.95, &low, &high);
    assert_true(low == 1 && high == 1);
    bootstrap_interval(&bootstrap, zeros, ones, 0.95, &low, &high);
    assert_true(isinf(low) && isinf(high));
    bootstrap_interval(&bootstrap, ones, zeros, 0.95, &low, &high);
    assert_true(low == 0 && high == 0);
    bootstrap_release(&bootstrap);
}

static void more_confidence_is_wider(void **state)
{
    (void)state;
    double values[10];
    double low[2];
    double high[2];
    uint64_t random = 1;
    struct bootstrap bootstrap;
    for (int i = 0; i < 10; i++)
        values[i] = noisy(&random, 0.1);
    qsort(values, 10, sizeof *values, compare_doubles);
    assert_true(bootstrap_init(&bootstrap, 10, 10));
    bootstrap_interval(&bootstrap, values, values, 0.95, &low[0], &high[0]);
    bootstrap_interval(&bootstrap, values, values, 0.999, &low[1], &high[1]);
    assert_true(low[1] < low[0] && low[0] < 1 && 1 < high[0] && high[0] < high[1]);
    bootstrap_release(&bootstrap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(false_alarms_are_rare),
        cmocka_unit_test(true_differences_are_found),
        cmocka_unit_test(the_same_question_gets_the_same_answer),
        cmocka_unit_test(certain_and_impossible_ratios),
        cmocka_unit_test(more_confidence_is_wider),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
