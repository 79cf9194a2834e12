/* Reading marshalled profiles: what is taken, what is refused, and where.
 *
 * SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "analysis/summary.h"
#include "formats/marshal.h"
#include "formats/pstats_read.h"

/* A stream in a block of its own, so that sanitizers see every byte too far. */
static enum pyperf_status read_bytes(const char *bytes, size_t size,
                                     struct pyperf_import *import, struct pyperf_error *error)
{
    unsigned char *copy = malloc(size ? size : 1);
    memcpy(copy, bytes, size);
    *import = (struct pyperf_import){0};
    enum pyperf_status status = pstats_read(copy, size, import, error);
    free(copy);
    return status;
}

static struct pyperf_summary *summary_of(const char *bytes, size_t size)
{
    struct pyperf_import import = {0};
    struct pyperf_error error = {.message = ""};
    if (read_bytes(bytes, size, &import, &error) != PYPERF_OK)
        fail_msg("refused: %s", error.message);
    return import.summary;
}

#define READ(literal) summary_of((literal), sizeof(literal) - 1)

static void assert_refused(const char *bytes, size_t size, const char *reason)
{
    struct pyperf_import import = {0};
    struct pyperf_error error = {.message = ""};
    assert_int_equal(read_bytes(bytes, size, &import, &error), PYPERF_BAD_DATA);
    assert_string_equal(error.message, reason);
    assert_null(import.summary);
}

#define REFUSED(literal, reason) assert_refused((literal), sizeof(literal) - 1, (reason))

/* Version 4 writes them so: short tuples, short ASCII texts. */
#define KEY(line, name) ")\3z\4a.pyi" line "\0\0\0z\1" name
#define COUNT(n)        "i" n "\0\0\0"
#define HALF            "g\0\0\0\0\0\0\xE0\x3F"
#define ONE             "g\0\0\0\0\0\0\xF0\x3F"
#define ROW(callers)    ")\5" COUNT("\1") COUNT("\2") HALF ONE callers
#define EDGE            ")\4" COUNT("\3") COUNT("\2") ONE HALF
#define NO_CALLERS      "{0"

static const struct pyperf_summary_row *row_named(const struct pyperf_summary *summary,
                                                  const char *name)
{
    for (uint32_t i = 0; i < summary->row_count; i++)
        if (strcmp(summary->rows[i].label.name, name) == 0)
            return &summary->rows[i];
    fail_msg("there is no row '%s'", name);
    return NULL;
}

static void rows_and_edges(void **state)
{
    (void)state;
    struct pyperf_summary *summary = READ("{" KEY("\1", "f") ROW("{" KEY("\2", "g") EDGE "0")
                                              KEY("\2", "g") ROW(NO_CALLERS) "0");
    assert_int_equal(summary->row_count, 2);
    const struct pyperf_summary_row *f = &summary->rows[0];
    assert_string_equal(f->label.file, "a.py");
    assert_string_equal(f->label.name, "f");
    assert_int_equal(f->label.line, 1);
    assert_int_equal(f->primitive_calls, 1);
    assert_int_equal(f->calls, 2);
    assert_true(f->self == 0.5 && f->cumulative == 1);
    assert_int_equal(f->caller_count, 1);
    assert_int_equal(f->callers[0].caller, 1);
    assert_int_equal(f->callers[0].calls, 3);
    assert_int_equal(f->callers[0].primitive_calls, 2);
    assert_true(f->callers[0].self == 1 && f->callers[0].cumulative == 0.5);
    assert_false(f->callers[0].only_calls);
    assert_int_equal(summary->total_calls, 4);
    assert_int_equal(summary->total_primitive_calls, 2);
    assert_true(summary->total_self == 1);
    pyperf_summary_free(summary);
}

/* Every way to write a number or a text, and a container that others may refer to. */
static void kinds_of_values(void **state)
{
    (void)state;
    struct pyperf_summary *summary =
        READ("{(\3\0\0\0u\2\0\0\0\xC3\xA9I\0\0\0\x80\0\0\0\0Z\1n"
             "[\5\0\0\0l\1\0\0\0\7\0l\5\0\0\0\1\0\0\0\0\0\0\0\7\0i\xFF\xFF\xFF\xFF"
             "l\xFF\xFF\xFF\xFF\3\0>\0\0\0\0"
             "(\3\0\0\0t\3\0\0\0\xED\xA0\x80i\2\0\0\0A\1\0\0\0a)\5" COUNT("\1") COUNT("\1") HALF
             "g\0\0\0\0\0\0\0\x80N"
             "\xA9\3\xE1\1\0\0\0bi\3\0\0\0a\1\0\0\0c" ROW("(\0\0\0\0") "0");
    assert_int_equal(summary->row_count, 3);
    assert_string_equal(summary->rows[0].label.file, "\xC3\xA9");
    assert_int_equal(summary->rows[0].label.line, 0x80000000u);
    assert_int_equal(summary->rows[0].primitive_calls, 7);
    assert_true(summary->rows[0].calls == (UINT64_C(7) << 60) + 1);
    assert_true(summary->rows[0].self == -1 && summary->rows[0].cumulative == -3);
    assert_string_equal(summary->rows[1].label.file, "\xED\xA0\x80");
    assert_string_equal(summary->rows[2].label.file, "b");
    pyperf_summary_free(summary);
}

/* References to a label (0), the text (1) and the integer (2) in it, and an edge (4). */
static void references(void **state)
{
    (void)state;
    struct pyperf_summary *summary =
        READ("{\xA9\3\xFA\1x\xE9\5\0\0\0\xFA\1y" ROW("{r\0\0\0\0\xA9\4" COUNT("\1") COUNT(
            "\1") HALF HALF "0") ")\3r\1\0\0\0r\2\0\0\0z\1z" ROW("{r\0\0\0\0r\4\0\0\0"
                                                                 "0") "0");
    assert_int_equal(summary->row_count, 2);
    assert_ptr_equal(summary->rows[0].label.file, summary->rows[1].label.file);
    assert_string_equal(summary->rows[1].label.file, "x");
    assert_int_equal(summary->rows[1].label.line, 5);
    assert_string_equal(summary->rows[1].label.name, "z");
    assert_int_equal(summary->rows[0].callers[0].caller, 0);
    assert_int_equal(summary->rows[1].callers[0].caller, 0);
    assert_true(summary->rows[1].callers[0].cumulative == 0.5);
    pyperf_summary_free(summary);
}

/* As in a dictionary, the last value counts, in the place of the first. */
static void keys_that_come_twice(void **state)
{
    (void)state;
#define SECOND ")\5" COUNT("\5") COUNT("\6") ONE ONE
    struct pyperf_summary *summary =
        READ("{" KEY("\1", "f") ROW("{" KEY("\3", "h") EDGE "0") KEY("\2", "g") ROW(NO_CALLERS)
                 KEY("\1", "f") SECOND "{" KEY("\2", "g") EDGE KEY("\1", "f")
                     EDGE KEY("\2", "g") ")\4" COUNT("\x09") COUNT("\x09") HALF HALF "0"
                                                                                     "0");
    assert_string_equal(summary->rows[0].label.name, "f");
    assert_int_equal(summary->rows[0].primitive_calls, 5);
    assert_int_equal(summary->rows[0].caller_count, 2);
    assert_int_equal(summary->rows[0].callers[0].caller, 1);
    assert_int_equal(summary->rows[0].callers[0].calls, 9);
    assert_int_equal(summary->rows[0].callers[1].calls, 3);
    assert_string_equal(summary->rows[1].label.name, "g");
    assert_int_equal(summary->total_calls, 8);
    pyperf_summary_free(summary);
}

/* The module profile counts calls by caller; a caller need be no function of the file. */
static void callers_without_times_and_without_rows(void **state)
{
    (void)state;
    struct pyperf_summary *summary =
        READ("{" KEY("\1", "f") ROW("{" KEY("\2", "g") COUNT("\7") "0") "0");
    assert_int_equal(summary->row_count, 2);
    assert_true(summary->rows[1].only_caller);
    assert_false(summary->rows[0].only_caller);
    const struct pyperf_summary_edge *edge = &row_named(summary, "f")->callers[0];
    assert_int_equal(edge->caller, 1);
    assert_true(edge->only_calls);
    assert_int_equal(edge->calls, 7);
    assert_int_equal(summary->total_calls, 2);
    pyperf_summary_free(summary);
}

static void the_mark_of_samples(void **state)
{
    (void)state;
    struct pyperf_summary *summary = READ("{)\1\xFA\x0B__sampled__T"
                                          ")\3r\0\0\0\0i\1\0\0\0z\1f" ROW(NO_CALLERS) "0");
    assert_true(summary->sampled);
    assert_int_equal(summary->row_count, 1);
    assert_string_equal(summary->rows[0].label.file, "__sampled__");
    pyperf_summary_free(summary);
    REFUSED("{)\1z\3abcT0", "byte 1: a function is not named by file, line and name");
}

static void what_follows_is_ignored(void **state)
{
    (void)state;
    pyperf_summary_free(READ("{" KEY("\1", "f") ROW(NO_CALLERS) "0\n"));
}

static void other_objects_are_refused(void **state)
{
    (void)state;
    REFUSED("c\0\0\0\0", "byte 0: a code object, which no profile holds");
    REFUSED("{c\0\0\0\0", "byte 1: a code object, which no profile holds");
    REFUSED("{\xE3\0\0\0\0", "byte 1: a code object, which no profile holds");
    REFUSED("{)\3s\1\0\0\0x", "byte 3: a byte string, as Python 2 writes them, which no "
                              "profile holds");
    REFUSED("{)\3z\1xf\0010", "byte 6: a number written as text, which no profile holds");
    REFUSED("{?", "byte 1: an object that could not be written, which no profile holds");
    REFUSED("{\1", "byte 1: there is no object of type 0x01");
    REFUSED("[\0\0\0\0", "byte 0: it does not begin with a dictionary");
    REFUSED("{0", "byte 0: the profile is empty: no function was recorded");
    REFUSED("", "byte 0: the file is cut off here");
}

static void shapes_that_are_no_profile(void **state)
{
    (void)state;
#define F "{" KEY("\1", "f")
    static const char name[] = "a function is not named by file, line and name";
    char expected[128];
    snprintf(expected, sizeof expected, "byte 1: %s", name);
    REFUSED("{N", expected);
    REFUSED("{)\4", "byte 1: 4 items, of which the file has no more than 0");
    REFUSED("{)\2z\1xz\1y", expected);
    REFUSED("{)\3i\1\0\0\0i\1\0\0\0z\1x", "byte 3: a name is not a text");
    REFUSED("{)\3z\1xz\1xz\1x", "byte 6: a line number is not an integer");
    REFUSED("{)\3z\1xl\3\0\0\0\0\0\0\0\4\0z\1x", "byte 6: a line number is out of range");
    REFUSED(F "N", "byte 17: a function has not two counts, two times and its callers");
    REFUSED(F ")\4" COUNT("\1"),
            "byte 17: a function has not two counts, two times and its callers");
    REFUSED(F ")\5T", "byte 17: 5 items, of which the file has no more than 1");
    REFUSED(F ")\5TTTTT", "byte 19: a number of calls is not an integer");
    REFUSED(F ")\5i\xFF\xFF\xFF\xFF", "byte 19: a number of calls is negative");
    REFUSED(F ")\5" COUNT("\1") COUNT("\1") "g\0\0\0\0\0\0\xF8\x7F",
            "byte 29: a time is not a finite number");
    REFUSED(F ")\5" COUNT("\1") COUNT("\1") "I\1\0\0\0\0\0\x20\0",
            "byte 29: a time is not a finite number");
    REFUSED(F ROW("z\1x"), "byte 47: callers are not in a dictionary");
    REFUSED(F ROW(")\1N"), "byte 47: callers are not in a dictionary");
    REFUSED(F ROW("{N"), "byte 48: a function is not named by file, line and name");
    REFUSED(F ROW("{" KEY("\1", "f") ")\3NNN"),
            "byte 64: a caller has neither two counts and two times nor one count");
}

static void damaged_values(void **state)
{
    (void)state;
    REFUSED("{)\3u\7\0\0\0ab", "byte 3: a text of 7 bytes, of which the file has 2");
    REFUSED("{)\3u\xFF\xFF\xFF\xFF",
            "byte 3: a text of 4294967295 bytes, of which the file has 0");
    REFUSED("{)\3u\2\0\0\0\xC3(", "byte 3: a text that is not UTF-8");
    REFUSED("{)\3u\1\0\0\0\xC3", "byte 3: a text that is not UTF-8");
    REFUSED("{)\3z\2\xC3\xA9", "byte 3: a text that is not ASCII");
    REFUSED("{)\3z\3a\0b", "byte 3: a name with a NUL character in it");
    REFUSED("{)\3z\1xl\6\0\0\0", "byte 6: an integer of more than 63 bits");
    REFUSED("{)\3z\1xl\5\0\0\0\0\0\0\0\0\0\0\0\x08\0",
            "byte 6: an integer of more than 63 bits");
    REFUSED("{)\3z\1xl\5\0\0\0\0\0\0\0\0\0\0\0\x10\0",
            "byte 6: an integer of more than 63 bits");
    REFUSED("{)\3z\1xl\1\0\0\0\0\0", "byte 6: an integer with a wrong digit");
    REFUSED("{)\3z\1xl\1\0\0\0\0\x80", "byte 6: an integer with a wrong digit");
    REFUSED("{)\3z\1xl\0\0\0\x80", "byte 6: an integer of more than 63 bits");
    REFUSED("{(\xFF\xFF\xFF\x7F",
            "byte 1: 2147483647 items, of which the file has no more than 0");
}

static void wrong_references(void **state)
{
    (void)state;
    REFUSED("{r\0\0\0\0", "byte 1: a reference to object 0, of which there are 0 so far");
    REFUSED("{)\3\xFA\1xr\1\0\0\0",
            "byte 6: a reference to object 1, of which there are 1 so far");
    REFUSED("{\xA9\3r\0\0\0\0", "byte 3: a name is not a text");
    REFUSED("\xFB\xFB", "byte 1: a function is not named by file, line and name");
    /* callers that are all of the file, those of another function, those in another's row */
    REFUSED("\xFB" KEY("\1", "f") ROW("r\0\0\0\0"),
            "byte 47: several functions share their callers");
    REFUSED("{" KEY("\1", "f") ROW("\xFB" KEY("\1", "f") COUNT("\1") "0") KEY("\2", "g")
                ROW("r\0\0\0\0"),
            "byte 116: several functions share their callers");
    REFUSED("{" KEY("\1", "f") "\xA9\5" COUNT("\1") COUNT("\1") HALF HALF "{" KEY("\1", "f")
                COUNT("\1") "0" KEY("\2", "g") "r\0\0\0\0",
            "byte 47: several functions share their callers");
}

/* What is first named among callers that are left out, a label and the texts in it, is found
 * when a row refers to it; and what is damaged among them is refused. */
static void without_callers(void **state)
{
    (void)state;
    static const char bytes[] =
        "{" KEY("\1", "f") ROW("{" /* object 0: g, with its file, 1, and its name, 2 */
                               "\xA9\3\xFA\4b.pyi\2\0\0\0\xFA\1g" EDGE
                               "0") "r\0\0\0\0" ROW("{" KEY("\1", "f") EDGE "0") /* g */
        ")\3r\1\0\0\0i\3\0\0\0r\2\0\0\0" ROW(NO_CALLERS) "0";
    struct pyperf_import import = {.without_callers = true};
    struct pyperf_error error = {.message = ""};
    assert_int_equal(
        pstats_read((const unsigned char *)bytes, sizeof bytes - 1, &import, &error),
        PYPERF_OK);
    const struct pyperf_summary *summary = import.summary;
    assert_int_equal(summary->row_count, 3);
    for (uint32_t i = 0; i < 3; i++) {
        assert_string_equal(summary->rows[i].label.file, i == 0 ? "a.py" : "b.py");
        assert_string_equal(summary->rows[i].label.name, i == 0 ? "f" : "g");
        assert_int_equal(summary->rows[i].label.line, i + 1);
        assert_int_equal(summary->rows[i].calls, 2);
        assert_int_equal(summary->rows[i].caller_count, 0);
    }
    pyperf_import_release(&import);
    import = (struct pyperf_import){.without_callers = true};
    static const char damaged[] = "{" KEY("\1", "f") ROW("{" KEY("\2", "g") ")\4NNNN0") "0";
    assert_int_equal(
        pstats_read((const unsigned char *)damaged, sizeof damaged - 1, &import, &error),
        PYPERF_BAD_DATA);
    assert_string_equal(error.message, "byte 66: a number of calls is not an integer");
    assert_null(import.summary);
}

/* Small objects that many others refer to ask for much memory: not without bound. */
static void memory_is_bounded(void **state)
{
    (void)state;
    enum { ROWS = 400000 };
    static const char head[] = "{\xA9\3\xFA\1xi\0\0\0\0z\0"
                               "\xA9\5" COUNT("\1") COUNT("\1") HALF HALF NO_CALLERS;
    size_t size = sizeof head - 1 + (size_t)ROWS * 16 + 1;
    char *bytes = malloc(size), *next = bytes + sizeof head - 1;
    memcpy(bytes, head, sizeof head - 1);
    for (uint32_t i = 1; i <= ROWS; i++, next += 16) {
        memcpy(next, ")\3z\0i\0\0\0\0z\0r\2\0\0\0", 16);
        memcpy(next + 5, &i, sizeof i);
    }
    *next = '0';
    struct pyperf_import import = {0};
    struct pyperf_error error = {.message = ""};
    enum pyperf_status status = read_bytes(bytes, size, &import, &error);
    assert_int_equal(status, PYPERF_BAD_DATA);
    assert_contains(error.message, "it asks for more memory than a profile of this size needs");
    free(bytes);
}

static void what_looks_like_a_profile(void **state)
{
    (void)state;
    assert_true(pstats_recognises((const unsigned char *)"{)\3", 3));
    assert_true(pstats_recognises((const unsigned char *)"\xFB\xA9\3", 3));
    assert_true(pstats_recognises((const unsigned char *)"{", 1));
    assert_false(pstats_recognises((const unsigned char *)"{\"a\": 1}", 8));
    assert_false(pstats_recognises((const unsigned char *)"\x80\4", 2));
    assert_false(pstats_recognises(NULL, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_and_edges),
        cmocka_unit_test(kinds_of_values),
        cmocka_unit_test(references),
        cmocka_unit_test(keys_that_come_twice),
        cmocka_unit_test(callers_without_times_and_without_rows),
        cmocka_unit_test(the_mark_of_samples),
        cmocka_unit_test(what_follows_is_ignored),
        cmocka_unit_test(other_objects_are_refused),
        cmocka_unit_test(shapes_that_are_no_profile),
        cmocka_unit_test(damaged_values),
        cmocka_unit_test(wrong_references),
        cmocka_unit_test(without_callers),
        cmocka_unit_test(memory_is_bounded),
        cmocka_unit_test(what_looks_like_a_profile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
