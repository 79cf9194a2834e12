/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "recording/preload_list.h"

#define OURS "/opt/pyperf-preload.so"

static void takes_ours_out(void **state)
{
    (void)state;
    static const struct {
        const char *list, *left;
        bool others;
    } cases[] = {
        {"", "", true},
        {OURS, "", false},
        {OURS ":/b/" PRELOAD_LINK, "", false},
        {OURS ":/x.so", "/x.so", true},
        {"/x.so:" OURS, "/x.so", true},
        {"/x.so " OURS ":/y.so", "/x.so:/y.so", true},
        {"/x.so:/y.so", "/x.so:/y.so", true},
        {PRELOAD_LIBRARY, PRELOAD_LIBRARY, true}, /* somebody's own, found by its name */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char list[100];
        strcpy(list, cases[i].list);
        assert_int_equal(preload_list_remove(list), cases[i].others);
        assert_string_equal(list, cases[i].left);
    }
}

static void puts_ours_first(void **state)
{
    (void)state;
    static const struct {
        const char *others, *list;
    } cases[] = {
        {NULL, OURS},
        {"/x.so", OURS ":/x.so"},
        {"/x.so:/old" OURS " /y.so", OURS ":/x.so /y.so"},
        {OURS, OURS},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char list[100];
        assert_true(preload_list_size(OURS, cases[i].others) <= sizeof list);
        const char *end = preload_list_join(list, OURS, cases[i].others);
        assert_string_equal(list, cases[i].list);
        assert_ptr_equal(end, list + strlen(list));
    }
}

static void knows_what_a_list_can_hold(void **state)
{
    (void)state;
    assert_true(preload_list_can_hold(OURS));
    assert_false(preload_list_can_hold("/my tools/" PRELOAD_LIBRARY));
    assert_false(preload_list_can_hold("/a:b/" PRELOAD_LIBRARY));
    assert_false(preload_list_can_hold("/$LIB/" PRELOAD_LIBRARY));
}

static void leaves_the_environment(void **state)
{
    (void)state;
    setenv(PRELOAD_LIST_VARIABLE, "/x.so:" OURS, 1);
    preload_list_leave_environment();
    assert_string_equal(getenv(PRELOAD_LIST_VARIABLE), "/x.so");
    setenv(PRELOAD_LIST_VARIABLE, OURS, 1);
    preload_list_leave_environment();
    assert_null(getenv(PRELOAD_LIST_VARIABLE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_ours_out),
        cmocka_unit_test(puts_ours_first),
        cmocka_unit_test(knows_what_a_list_can_hold),
        cmocka_unit_test(leaves_the_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
