/* Growing arrays and the two hash tables of the recorder, against a plain model.
 *
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/hash_index.h"
#include "base/keyed_hash.h"
#include "recording/key_map.h"

static void test_array_grows_and_refuses_overflow(void **state)
{
    int *items = NULL;
    size_t capacity = 0;
    (void)state;
    for (size_t i = 0; i < 10000; i++) {
        assert_true(array_reserve((void **)&items, &capacity, i + 1, sizeof *items));
        items[i] = (int)i;
    }
    assert_int_equal(items[9999], 9999);
    int *before = items;
    assert_false(array_reserve((void **)&items, &capacity, SIZE_MAX / 2, sizeof *items));
    assert_ptr_equal(items, before);
    free(items);
}

static uint32_t hash_value(const void *context, uint32_t item)
{
    const uint64_t *values = context;
    return hash_mix(values[item]);
}

static void test_hash_index_finds_what_was_added(void **state)
{
    enum { COUNT = 5000 };
    static uint64_t values[COUNT];
    struct hash_index index;
    (void)state;
    assert_true(hash_index_init(&index, 4));
    for (uint32_t i = 0; i < COUNT; i++) {
        values[i] = (uint64_t)i * i + 7;
        assert_true(hash_index_add(&index, hash_mix(values[i]), i, hash_value, values));
    }
    for (uint32_t i = 0; i < COUNT; i++) {
        uint32_t found = HASH_INDEX_EMPTY;
        HASH_INDEX_FOR_EACH(&index, hash_mix(values[i]), candidate)
        {
            if (values[candidate] == values[i])
                found = candidate;
        }
        assert_int_equal(found, i);
    }
    hash_index_release(&index);
}

/* Random additions and removals, compared with an array; keys collide on purpose. */
static void test_key_map_agrees_with_an_array(void **state)
{
    enum { KEYS = 700, STEPS = 200000 };
    uint32_t expected[KEYS];
    struct key_map map;
    uint64_t random = 12345;
    (void)state;
    memset(expected, 0xff, sizeof expected);
    assert_true(key_map_init(&map, 2));
    for (int step = 0; step < STEPS; step++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        uint32_t key = (uint32_t)(random >> 40) % KEYS;
        if (random >> 63) {
            key_map_remove(&map, key + 1);
            expected[key] = UINT32_MAX;
        } else {
            assert_true(key_map_put(&map, key + 1, (uint32_t)step));
            expected[key] = (uint32_t)step;
        }
        if (step % 1000 == 0)
            for (uint32_t i = 0; i < KEYS; i++)
                assert_int_equal(key_map_find(&map, i + 1), expected[i]);
    }
    key_map_release(&map);
}

/* CPython's hash() of bytes is the same function; with PYTHONHASHSEED=0 the key is 0. */
static void test_keyed_hash_is_siphash(void **state)
{
    static const struct hash_key zero;
    static const char text[] = "abcdefghi";
    (void)state;
    assert_true(keyed_hash(&zero, text, 1) == 0x407448D2B89B1813u);
    assert_true(keyed_hash(&zero, text, 8) == 0x3F7B849C0B8E35EAu);
    assert_true(keyed_hash(&zero, text, 9) == 0xF89B34A3D11EB6E5u);
    unsigned char bytes[63];
    for (unsigned char i = 0; i < sizeof bytes; i++)
        bytes[i] = i;
    assert_true(keyed_hash(&zero, bytes, sizeof bytes) == 0x385D3E39E5F37359u);
    struct hash_key one = hash_key_random(), another = hash_key_random();
    assert_true(keyed_hash(&one, text, 9) != keyed_hash(&another, text, 9));
}

static void test_clock_agrees_with_the_kernel(void **state)
{
    enum clock_kind kind = clock_choose();
    struct clock_pair from = clock_pair_read(kind);
    (void)state;
    while (clock_monotonic() < from.monotonic + 20000000)
        ;
    struct clock_pair to = clock_pair_read(kind);
    double measured =
        (double)(to.ticks - from.ticks) * clock_nanoseconds_per_tick(kind, from, to);
    assert_true(measured > 19.9e6);
    assert_true(clock_nanoseconds_per_tick(CLOCK_KIND_COUNTER, from, from) == 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_array_grows_and_refuses_overflow),
        cmocka_unit_test(test_hash_index_finds_what_was_added),
        cmocka_unit_test(test_key_map_agrees_with_an_array),
        cmocka_unit_test(test_keyed_hash_is_siphash),
        cmocka_unit_test(test_clock_agrees_with_the_kernel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
