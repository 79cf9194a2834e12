/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdlib.h>

#include "profile_builder.h"

static void empty_profile(void **state)
{
    (void)state;
    struct pyperf_profile *profile = pyperf_profile_create();
    assert_string_equal(pyperf_profile_string(profile, 0), "");
    uint64_t *self = pyperf_profile_self_ticks(profile);
    assert_non_null(self);
    free(self);
    pyperf_profile_free(profile);
    pyperf_profile_free(NULL);
}

static void self_is_what_children_leave(void **state)
{
    (void)state;
    struct pyperf_profile *profile = build_profile("x");
    uint32_t function = build_python(profile, "f", 1);
    uint32_t root = build_thread(profile, 3);
    uint32_t parent = build_node(profile, root, function, 1, 5);
    uint32_t first = build_node(profile, parent, function, 1, 7);
    uint32_t second = build_node(profile, parent, function, 1, 11);
    profile->nodes[parent].folded = 100;
    uint32_t fold_root = build_fold_root(profile);
    uint32_t folded = build_node(profile, fold_root, function, 1, 100);
    build_inclusive(profile);
    assert_int_equal(profile->nodes[root].inclusive, 126);

    uint64_t *self = pyperf_profile_self_ticks(profile);
    assert_int_equal(self[root], 3);
    assert_int_equal(self[parent], 5);
    assert_int_equal(self[first], 7);
    assert_int_equal(self[second], 11);
    assert_int_equal(self[fold_root], 0);
    assert_int_equal(self[folded], 100);
    free(self);
    pyperf_profile_free(profile);
}

static void self_is_never_negative(void **state)
{
    (void)state;
    struct pyperf_profile *profile = build_profile("x");
    uint32_t function = build_python(profile, "f", 1);
    uint32_t root = build_thread(profile, 10);
    build_node(profile, root, function, 1, 7);
    build_node(profile, root, function, 1, 7);
    uint32_t child = build_node(profile, root, function, 1, 1);
    profile->nodes[child].folded = UINT64_MAX;
    uint64_t *self = pyperf_profile_self_ticks(profile);
    assert_int_equal(self[root], 0);
    assert_int_equal(self[child], 0);
    free(self);
    pyperf_profile_free(profile);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_profile),
        cmocka_unit_test(self_is_what_children_leave),
        cmocka_unit_test(self_is_never_negative),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
