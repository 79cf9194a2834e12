/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "analysis/function_pattern.h"
#include "analysis/groups.h"
#include "analysis/row_details.h"
#include "analysis/row_filter.h"

static void paths_have_groups(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        enum pyperf_group group;
    } cases[] = {
        {"~", PYPERF_GROUP_BUILTINS},
        {"<frozen importlib._bootstrap>", PYPERF_GROUP_STDLIB},
        {"/usr/lib/python3.11/json/decoder.py", PYPERF_GROUP_STDLIB},
        {"/usr/lib64/python3.14t/threading.py", PYPERF_GROUP_STDLIB},
        {"/home/me/.pyenv/versions/3.13.0/lib/python3.13/re/_parser.py", PYPERF_GROUP_STDLIB},
        {"/usr/lib/python311.zip/json/__init__.py", PYPERF_GROUP_STDLIB},
        {"C:\\Python311\\Lib\\json\\decoder.py", PYPERF_GROUP_STDLIB},
        {"C:\\Python311\\Lib\\site-packages\\attr\\_make.py", PYPERF_GROUP_SITE_PACKAGES},
        {"/srv/app/.venv/lib/python3.11/site-packages/django/db.py",
         PYPERF_GROUP_SITE_PACKAGES},
        {"/usr/lib/python3/dist-packages/docutils/core.py", PYPERF_GROUP_SITE_PACKAGES},
        {"/home/me/shop/orders.py", PYPERF_GROUP_MINE},
        {"orders.py", PYPERF_GROUP_MINE},
        {"<string>", PYPERF_GROUP_MINE},
        {"", PYPERF_GROUP_MINE},
        {"/home/me/lib/python3/orders.py", PYPERF_GROUP_MINE},
        {"/home/me/lib/pythonic.tools/orders.py", PYPERF_GROUP_MINE},
        {"/home/me/python3.11/orders.py", PYPERF_GROUP_MINE},
        {"/home/me/lib/python3.11", PYPERF_GROUP_MINE}, /* a file of that name */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (group_of_path(cases[i].path) != cases[i].group)
            fail_msg("%s is in %s", cases[i].path,
                     pyperf_group_name(group_of_path(cases[i].path)));
}

static void builtins_have_dotted_names(void **state)
{
    (void)state;
    char name[600];
    assert_true(builtin_dotted_name("<built-in method builtins.len>", name, sizeof name));
    assert_string_equal(name, "builtins.len");
    assert_true(builtin_dotted_name("<method 'append' of 'list' objects>", name, sizeof name));
    assert_string_equal(name, "list.append");
    assert_false(builtin_dotted_name("<program x>", name, sizeof name));
    assert_false(builtin_dotted_name("<built-in method a b>", name, sizeof name));
    assert_false(builtin_dotted_name("len", name, sizeof name));
}

static bool matches(const char *text, const char *file, const char *name, const char *qualified)
{
    struct function_pattern pattern;
    struct function_identity function = {
        .file = file, .name = name, .qualified_name = qualified, .group = group_of_path(file)};
    assert_int_equal(function_pattern_parse(&pattern, text, strlen(text), NULL), PYPERF_OK);
    bool found = function_pattern_matches(&pattern, &function);
    function_pattern_release(&pattern);
    return found;
}

static void patterns_match(void **state)
{
    (void)state;
    static const char file[] = "/home/me/shop/orders.py";
    static const char *const fitting[] = {
        "total",
        "Order.total",
        "Order.*",
        "*.total",
        "orders:total",
        "shop.orders:total",
        "orders.py:total",
        "shop/orders.py:Order.total",
        "orders:*",
        "orders:",
        ":total",
        "orders.py",
        "shop/*.py",
        "/home/me/shop/*",
        "or*:t?tal",
        "mine",
        "*/shop/orders.py",
        "shop.*:[a-z]otal",
    };
    static const char *const others[] = {
        "Total",  "tota", "order:total", "rders.py",    "hop/orders.py", "orders:Order",
        "stdlib", "shop", "me:total",    "orders.py:x", "builtins",
    };
    for (size_t i = 0; i < sizeof fitting / sizeof *fitting; i++)
        if (!matches(fitting[i], file, "total", "Order.total"))
            fail_msg("'%s' does not match", fitting[i]);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (matches(others[i], file, "total", "Order.total"))
            fail_msg("'%s' matches", others[i]);
    assert_false(matches("Order.total", file, "total", NULL));
    assert_true(matches("shop:load", "/home/me/shop/__init__.py", "load", NULL));
    assert_true(matches("C:\\shop\\orders.py", "C:\\shop\\orders.py", "total", NULL));
    assert_true(matches("C:\\shop\\orders.py:total", "C:\\shop\\orders.py", "total", NULL));
}

static void patterns_match_builtins(void **state)
{
    (void)state;
    static const char len[] = "<built-in method builtins.len>";
    static const char append[] = "<method 'append' of 'list' objects>";
    assert_true(matches("len", "~", len, NULL));
    assert_true(matches("builtins:len", "~", len, NULL));
    assert_true(matches("builtins.len", "~", len, NULL));
    assert_true(matches("~:len", "~", len, NULL));
    assert_true(matches(len, "~", len, NULL));
    assert_true(matches("builtins", "~", len, NULL));
    assert_true(matches("list:append", "~", append, NULL));
    assert_true(matches("list.*", "~", append, NULL));
    assert_false(matches("builtins:append", "~", append, NULL));
    assert_false(matches("orders.py", "~", len, NULL));
    assert_false(matches("mine", "~", len, NULL));
}

static bool passes(const struct pyperf_row_filter *filter, const char *file, const char *name)
{
    const struct function_identity function = {
        .file = file, .name = name, .group = group_of_path(file)};
    return row_filter_passes(filter, &function);
}

static void filters_select_and_exclude(void **state)
{
    (void)state;
    struct pyperf_row_filter *filter = pyperf_row_filter_create();
    assert_non_null(filter);
    assert_true(passes(filter, "orders.py", "total"));
    assert_true(passes(NULL, "orders.py", "total"));
    assert_int_equal(pyperf_row_filter_exclude(filter, "total", NULL), PYPERF_OK);
    assert_false(passes(filter, "orders.py", "total"));
    assert_true(passes(filter, "orders.py", "other"));
    assert_int_equal(pyperf_row_filter_select(filter, "mine", NULL), PYPERF_OK);
    assert_int_equal(pyperf_row_filter_select(filter, "len", NULL), PYPERF_OK);
    assert_false(passes(filter, "orders.py", "total"));
    assert_true(passes(filter, "orders.py", "other"));
    assert_true(passes(filter, "~", "<built-in method builtins.len>"));
    assert_false(passes(filter, "~", "<built-in method builtins.max>"));
    struct pyperf_error error;
    assert_int_equal(pyperf_row_filter_select(filter, "", &error), PYPERF_USAGE);
    assert_contains(error.message, "empty");
    pyperf_row_filter_free(filter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_have_groups),
        cmocka_unit_test(builtins_have_dotted_names),
        cmocka_unit_test(patterns_match),
        cmocka_unit_test(patterns_match_builtins),
        cmocka_unit_test(filters_select_and_exclude),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
