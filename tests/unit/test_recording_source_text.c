/* Source text as Python reads it, and whether a file has changed.
 *
 * SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "recording/source_text.h"

static void check(const char *raw, const char *expected)
{
    size_t length;
    char *text = source_text_decode(raw, true, &length);
    assert_non_null(text);
    assert_string_equal(text, expected);
    assert_int_equal(length, strlen(expected));
    free(text);
}

static void test_encodings(void **state)
{
    (void)state;
    check("", "");
    check("a = '\xC3\xA4'\n", "a = '\xC3\xA4'\n");
    check("\xEF\xBB\xBF"
          "a\n",
          "a\n");
    check("# -*- coding: latin-1 -*-\n'\xE4'\n", "# -*- coding: latin-1 -*-\n'\xC3\xA4'\n");
    check("#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n'\x80'\n",
          "#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n'\xE2\x82\xAC'\n");
    check("\n# coding: iso-8859-15\n'\xA4'\n", "\n# coding: iso-8859-15\n'\xE2\x82\xAC'\n");
    check("x = 1\n# coding: latin-1\n'\xC3\xA4'\n", "x = 1\n# coding: latin-1\n'\xC3\xA4'\n");
    check("s = 'coding: latin-1'\n'\xC3\xA4'\n", "s = 'coding: latin-1'\n'\xC3\xA4'\n");
    check("# coding: no-such-thing\n'\xC3\xA4'\n", "# coding: no-such-thing\n'\xC3\xA4'\n");
}

static void test_what_is_not_in_the_encoding(void **state)
{
    (void)state;
    check("'\xE4'\n", "'\xEF\xBF\xBD'\n");
    check("'\xC3", "'\xEF\xBF\xBD");
}

static void test_line_ends(void **state)
{
    size_t length;
    (void)state;
    check("a\r\nb\rc\n\r\nd", "a\nb\nc\n\nd");
    char *text = source_text_decode("a\r\n\xE4", false, &length);
    assert_string_equal(text, "a\n\xE4"); /* not raw: it is UTF-8, or what there is */
    free(text);
}

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void test_changes(void **state)
{
    char path[] = "/tmp/source-XXXXXX";
    struct stat facts;
    (void)state;
    close(mkstemp(path));
    write_text(path, "abc\n");
    assert_int_equal(stat(path, &facts), 0);
    int64_t modified = (int64_t)facts.st_mtim.tv_sec * 1000000000 + facts.st_mtim.tv_nsec;
    assert_false(source_text_changed(path, "abc\n", 4, modified));
    assert_false(source_text_changed(path, "abc\n", 4, modified - 1)); /* touched only */
    assert_true(source_text_changed(path, "abd\n", 4, modified - 1));
    assert_true(source_text_changed(path, "abcd\n", 5, modified));
    unlink(path);
    assert_true(source_text_changed(path, "abc\n", 4, modified));
    assert_true(source_text_changed("/tmp", "abc\n", 4, modified));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_encodings),
        cmocka_unit_test(test_what_is_not_in_the_encoding),
        cmocka_unit_test(test_line_ends),
        cmocka_unit_test(test_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
