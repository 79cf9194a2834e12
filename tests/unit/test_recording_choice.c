/* Which code objects patterns choose.
 *
 * SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "recording/choice.h"
#include "recording/session.h"

static const char *const library = "/usr/lib/python3.11";

static void check_own(const char *file, bool expected)
{
    const struct choice nothing = {0};
    const struct choice_place place = {.file = file, .module = "m"};
    if (choice_has_place(&nothing, &place, library) != expected)
        fail_msg("%s: %s", file, expected ? "is the program's own" : "is not");
}

static void test_own_files(void **state)
{
    (void)state;
    check_own("/home/me/script.py", true);
    check_own("/home/me/app.zip/__main__.py", true);
    check_own("/usr/lib/python3.11x/mine.py", true);
    check_own("/usr/lib/python3.11/json/decoder.py", false);
    check_own("/home/me/.venv/lib/python3.11/site-packages/a/b.py", false);
    check_own("/usr/lib/python3/dist-packages/a.py", false);
    check_own("/home/me/my-site-packages/a.py", true);
    check_own("<frozen importlib._bootstrap>", false);
    check_own("<string>", false);
    const struct choice nothing = {0};
    const struct choice_place text = {"<string>", "__main__", true};
    assert_true(choice_has_place(&nothing, &text, library));
}

/* The code of lines 10 to 20. */
static bool has_lines(const void *context, uint32_t from, uint32_t to)
{
    (void)context;
    return from <= 20 && to >= 10;
}

struct subject {
    const char *file, *module, *qualified_name, *name;
    bool is_part, is_class;
};

static const struct subject method = {
    "/p/app/orders.py", "app.orders", "Order.total", "total", false, false};
static const struct subject inner = {
    "/p/app/orders.py", "app.orders", "load.<locals>.total", "total", false, false};
static const struct subject part = {
    "/p/app/orders.py", "app.orders", "load.<locals>.<listcomp>", "<listcomp>", true, false};
static const struct subject body = {
    "/p/app/orders.py", "app.orders", "Order", "Order", false, true};

static void check(const char *pattern, const struct subject *subject, bool expected)
{
    char directory[] = "/tmp/choice-XXXXXX", path[64];
    struct pyperf_error error;
    struct choice choice;
    const struct choice_place place = {.file = subject->file, .module = subject->module};
    const struct choice_code code = {.place = &place,
                                     .qualified_name = subject->qualified_name,
                                     .name = subject->name,
                                     .is_part = subject->is_part,
                                     .is_class = subject->is_class,
                                     .has_lines = has_lines};
    assert_int_equal(choice_check(pattern, &error), PYPERF_OK);
    assert_non_null(mkdtemp(directory));
    assert_int_equal(choice_write(directory, &pattern, 1, &error), PYPERF_OK);
    assert_int_equal(choice_read(directory, &choice, &error), PYPERF_OK);
    assert_int_equal(choice.count, 1);
    bool found = choice_has_place(&choice, &place, library) && choice_has(&choice, &code);
    if (found != expected)
        fail_msg("'%s' %s %s", pattern, found ? "means" : "does not mean",
                 subject->qualified_name);
    choice_release(&choice);
    snprintf(path, sizeof path, "%s/" SESSION_CHOICE_FILE, directory);
    unlink(path);
    rmdir(directory);
}

static void test_patterns(void **state)
{
    (void)state;
    check("app.orders:Order.total", &method, true);
    check("app.orders:total", &method, false);
    check("app.orders:*.total", &method, true);
    check("app.*:*", &method, true);
    check("app.orders", &method, true);
    check("app", &method, false);
    check("app.order?", &method, true);
    check("*:Order.total", &method, true);
    check("app.orders:load.<locals>.total", &inner, true);
    check("orders.py", &method, true);
    check("rders.py", &method, false);
    check("*ders.py", &method, true);
    check("app/orders.py", &method, true);
    check("./app/orders.py", &method, true);
    check("pp/orders.py", &method, false);
    check("/p/app/orders.py", &method, true);
    check("/app/orders.py", &method, false);
    check("/p/*.py", &method, true);
    check("orders.py:total", &method, true);
    check("orders.py:total", &inner, true);
    check("orders.py:Order.total", &method, true);
    check("orders.py:Order.*", &inner, false);
    check("orders.py:10", &method, true);
    check("orders.py:20-30", &method, true);
    check("orders.py:1-9", &method, false);
    check("orders.py:21", &method, false);
    check("other.py:10", &method, false);
}

static void test_what_is_no_function(void **state)
{
    (void)state;
    check("orders.py", &part, false);
    check("orders.py:*", &part, false);
    check("orders.py:10", &part, false);
    check("orders.py:<listcomp>", &part, true);
    check("app.orders:load.<locals>.<listcomp>", &part, true);
    check("orders.py", &body, false);
    check("orders.py:Order", &body, false);
    check("orders.py:15", &body, true);
}

static void test_what_is_no_pattern(void **state)
{
    static const char *const wrong[] = {
        "", ":name", "file.py:", "file.py:0", "file.py:9-3", "file.py\nother", ":"};
    struct pyperf_error error;
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        if (choice_check(wrong[i], &error) != PYPERF_USAGE)
            fail_msg("'%s' is accepted", wrong[i]);
        assert_contains(error.message, "FILE.py:10-40");
    }
    assert_int_equal(choice_check("file.py:10x", &error), PYPERF_OK); /* a name */
}

static void test_many_patterns(void **state)
{
    static const char *const patterns[] = {"a.py:one", "b:*", "/c/d.py:3-4"};
    char directory[] = "/tmp/choice-XXXXXX", path[64];
    struct pyperf_error error;
    struct choice choice;
    (void)state;
    assert_non_null(mkdtemp(directory));
    assert_int_equal(choice_read(directory, &choice, &error), PYPERF_OK);
    assert_int_equal(choice.count, 0);
    assert_int_equal(choice_write(directory, patterns, 3, &error), PYPERF_OK);
    assert_int_equal(choice_read(directory, &choice, &error), PYPERF_OK);
    assert_int_equal(choice.count, 3);
    assert_string_equal(choice.patterns[0].place, "a.py");
    assert_string_equal(choice.patterns[0].name, "one");
    assert_true(choice.patterns[0].is_file);
    assert_string_equal(choice.patterns[1].place, "b");
    assert_false(choice.patterns[1].is_file);
    assert_int_equal(choice.patterns[2].from, 3);
    assert_int_equal(choice.patterns[2].to, 4);
    assert_null(choice.patterns[2].name);
    choice_release(&choice);
    snprintf(path, sizeof path, "%s/" SESSION_CHOICE_FILE, directory);
    unlink(path);
    rmdir(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_own_files),           cmocka_unit_test(test_patterns),
        cmocka_unit_test(test_what_is_no_function), cmocka_unit_test(test_what_is_no_pattern),
        cmocka_unit_test(test_many_patterns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
