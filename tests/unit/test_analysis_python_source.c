/* Where statements and functions end, told by tokens alone.
 *
 * SPDX-License-Identifier: MIT */
#include "unit.h"

#include "analysis/python_source.h"
#include "base/text_buffer.h"

static uint32_t block_end(const char *text, uint32_t first)
{
    struct python_source source;
    assert_true(python_source_scan(&source, text));
    uint32_t end = python_source_block_end(&source, first);
    python_source_release(&source);
    return end;
}

static void test_blocks(void **state)
{
    (void)state;
    assert_int_equal(block_end("def f():\n    a\n    b\nc\n", 1), 3);
    assert_int_equal(block_end("def f(): a\nc\n", 1), 1);
    assert_int_equal(block_end("def f():\n    a\n\n\n    b\n\n\nc\n", 1), 5);
    assert_int_equal(block_end("def f():\n    if a:\n        b\n    c\nd\n", 1), 4);
    assert_int_equal(block_end("def f():\n  def g():\n    a\n  return g\n", 1), 4);
    assert_int_equal(block_end("def f():\n  def g():\n    a\n  return g\n", 2), 3);
    assert_int_equal(block_end("class C:\n  def f(self):\n    a\n\n  def g(self):\n    b\n", 2),
                     3);
    assert_int_equal(block_end("async def f():\n    await a\nb\n", 1), 2);
    assert_int_equal(block_end("def f():\n\tif a:\n\t\tb\n\tc\nd\n", 1), 4);
}

static void test_decorators_and_lambdas(void **state)
{
    (void)state;
    assert_int_equal(block_end("@a\n@b(lambda: 0,\n   1)\ndef f():\n    c\nd\n", 1), 5);
    assert_int_equal(block_end("f = lambda x: (\n    x)\ng = 1\n", 1), 2);
    assert_int_equal(block_end("call(1,\n     lambda: 2,\n     3)\nb\n", 2), 2);
}

static void test_comments_belong_to_the_body(void **state)
{
    (void)state;
    assert_int_equal(block_end("def f():\n    a\n    # last\nb\n", 1), 3);
    assert_int_equal(block_end("def f():\n    a\n# not any more\nb\n", 1), 2);
    assert_int_equal(block_end("def f():\n# early\n    a\nb\n", 1), 3);
}

static void test_strings_and_brackets(void **state)
{
    (void)state;
    assert_int_equal(block_end("def f():\n    '''\nx\n'''\n    a\nb\n", 1), 5);
    assert_int_equal(block_end("def f(a,\nb):\n    return '#', \"def\"\nc\n", 1), 3);
    assert_int_equal(block_end("def f():\n    a = \\\n1\n    b\nc\n", 1), 4);
    assert_int_equal(block_end("def f():\n    a = r'\\'' ; b = 0xdef\nc\n", 1), 2);
    assert_int_equal(block_end("def f():\n    a = {\n1: [\n2]}\nc\n", 1), 4);
    assert_int_equal(block_end("def f():\n    a = 'not closed\n    b\nc\n", 1), 3);
}

static void test_what_is_not_there(void **state)
{
    (void)state;
    assert_int_equal(block_end("", 1), 0);
    assert_int_equal(block_end("a\n", 5), 4);
    assert_int_equal(block_end("a\n", 0), 0);
    assert_int_equal(block_end("def f():\n        a\n    b\n", 1), 2);
    assert_int_equal(block_end("def f():\n    ((((", 1), 2);
    assert_int_equal(block_end("def f():\n    '''", 1), 2);
    assert_int_equal(block_end("def f():\n    \\", 1), 2);
}

static void test_deep_nesting_ends(void **state)
{
    (void)state;
    struct text_buffer text = {0};
    text_buffer_add(&text, "def f():\n");
    for (size_t depth = 1; depth < 300; depth++) {
        text_buffer_add_repeated(&text, ' ', depth);
        text_buffer_add(&text, "if a:\n");
    }
    assert_true(block_end(text_buffer_text(&text), 1) >= 1);
    text_buffer_release(&text);
}

static void test_statements(void **state)
{
    (void)state;
    struct python_source source;
    size_t length;
    assert_true(python_source_scan(&source, "a = [\n  1,\n  2]\n\nif (b or\n    c):\n  '''x\n"
                                            "y'''; d\nlast"));
    static const uint32_t expected[] = {1, 1, 1, 4, 5, 5, 7, 7, 9};
    assert_int_equal(source.line_count, 9);
    assert_memory_equal(source.statements, expected, sizeof expected);
    assert_string_equal(python_source_line(&source, 9, &length), "last");
    assert_int_equal(length, 4);
    python_source_line(&source, 1, &length);
    assert_int_equal(length, 5);
    python_source_line(&source, 10, &length);
    assert_int_equal(length, 0);
    python_source_release(&source);
}

static void collect(const char *name, void *context)
{
    text_buffer_printf(context, "%s ", name);
}

static void test_names(void **state)
{
    (void)state;
    struct text_buffer names = {0};
    assert_true(python_source_functions("class A:\n  def f(self):\n    def g(): pass\n"
                                        "  class B:\n    async def h(self): pass\n"
                                        "def i(x=lambda: 1): pass\n# def j():\n'def k():'\n",
                                        collect, &names));
    assert_string_equal(text_buffer_text(&names), "A.f A.f.<locals>.g A.B.h i ");
    text_buffer_release(&names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_decorators_and_lambdas),
        cmocka_unit_test(test_comments_belong_to_the_body),
        cmocka_unit_test(test_strings_and_brackets),
        cmocka_unit_test(test_what_is_not_there),
        cmocka_unit_test(test_deep_nesting_ends),
        cmocka_unit_test(test_statements),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
