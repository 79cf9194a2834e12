/* Adding summaries up. Summaries are written as text here: "f=g,h g h?" has the rows f, called
 * by g and h, and g; h is a caller alone. Every number in them is 1, and described with the
 * rows: "f2=g2,h1 g1 h0?".
 *
 * SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include <pyperf/summary.h>

#include "analysis/summary.h"
#include "base/text_buffer.h"

enum { MOST = 64 };

static uint32_t row_of(const struct pyperf_summary *summary, char name)
{
    for (uint32_t i = 0; i < summary->row_count; i++)
        if (summary->rows[i].label.name[0] == name)
            return i;
    fail_msg("no row %c", name);
    return 0;
}

static struct pyperf_summary *build(const char *text)
{
    struct pyperf_summary *summary = summary_allocate(MOST, MOST);
    struct string_pool *strings = &summary->storage->strings;
    summary->row_count = 0;
    for (const char *at = text; *at; at += strcspn(at, " "), at += *at == ' ') {
        struct pyperf_summary_row *row = &summary->rows[summary->row_count++];
        char name[] = {*at, '\0'};
        row->label = (struct pyperf_label){string_pool_add(strings, "file"),
                                           string_pool_add(strings, name), 1};
        row->only_caller = at[1] == '?';
        row->calls = row->primitive_calls = !row->only_caller;
        row->self = row->cumulative = !row->only_caller;
    }
    struct pyperf_summary_edge *edge = summary->storage->edges;
    struct pyperf_summary_row *row = summary->rows;
    for (const char *at = text; *at; at += *at == ' ', row++) {
        row->callers = edge;
        for (at++; *at && *at != ' '; at++) {
            if (*at == '?' || *at == '=' || *at == ',')
                continue;
            bool only_calls = *at == '#';
            at += only_calls;
            *edge++ =
                (struct pyperf_summary_edge){row_of(summary, *at), only_calls, 1, 1, 1, 1};
            row->caller_count++;
        }
    }
    summary_add_totals(summary);
    return summary;
}

static void assert_described(const struct pyperf_summary *summary, const char *expected)
{
    struct text_buffer text = {0};
    for (uint32_t i = 0; i < summary->row_count; i++) {
        const struct pyperf_summary_row *row = &summary->rows[i];
        text_buffer_printf(&text, "%s%s%d%s", i ? " " : "", row->label.name, (int)row->calls,
                           row->only_caller ? "?" : "");
        assert_true(row->self == (double)row->calls && row->cumulative == row->self);
        for (uint32_t j = 0; j < row->caller_count; j++) {
            const struct pyperf_summary_edge *edge = &row->callers[j];
            assert_true(edge->self == (double)edge->calls && edge->cumulative == edge->self);
            text_buffer_printf(&text, "%s%s%d", j ? "," : "=",
                               summary->rows[edge->caller].label.name, (int)edge->calls);
        }
    }
    assert_string_equal(text_buffer_text(&text), expected);
    text_buffer_release(&text);
}

static enum pyperf_status add(struct pyperf_summary *summary, const char *text,
                              struct pyperf_error *error)
{
    struct pyperf_summary *other = build(text);
    enum pyperf_status status = pyperf_summary_add(summary, other, error);
    pyperf_summary_free(other);
    return status;
}

/* Adds texts up to the first NULL, and compares. */
static void check(const char *const *texts, const char *expected)
{
    struct pyperf_summary *summary = build(texts[0]);
    for (size_t i = 1; texts[i]; i++)
        assert_int_equal(add(summary, texts[i], NULL), PYPERF_OK);
    assert_described(summary, expected);
    pyperf_summary_free(summary);
}

#define CHECK(expected, ...) check((const char *const[]){__VA_ARGS__, NULL}, (expected))

static void rows_and_callers(void **state)
{
    (void)state;
    CHECK("f2=g2 g2", "f=g g", "f=g g");
    CHECK("f2=g2,h1 g2 h1", "f=g g", "f=h,g h g");
    CHECK("f3=g1,h2 g2 h2 i1=f1", "f=g g", "h f=h", "g i=f f=h h");
    CHECK("f1 g1 h1 i1=h1", "f", "g", "h i=h");
    CHECK("f2=f2,g2,h2,j1,i1 g2 h2 i1 j1", "f=f,g,h g h", "f=j,f,h,g,i g h i j");
}

static void totals(void **state)
{
    (void)state;
    struct pyperf_summary *summary = build("f=g g");
    assert_int_equal(add(summary, "f i", NULL), PYPERF_OK);
    assert_int_equal(summary->total_calls, 4);
    assert_int_equal(summary->total_primitive_calls, 4);
    assert_true(summary->total_self == 4);
    pyperf_summary_free(summary);
}

/* What was a caller alone takes its place among the rows when it comes as one. */
static void callers_alone(void **state)
{
    (void)state;
    CHECK("f2=g2 g0?", "f=g g?", "f=g g?");
    CHECK("f2=g2 h1 g1", "f=g g?", "h g f=g");
    CHECK("f2=g2 g1", "f=g g", "f=g g?");
    CHECK("f3=g1,h2,j1 j0? i1=j1 h1 g1=h1", "f=g,h g? h?", "f=j j?", "i=j h g=h j? f=h");
    CHECK("f3=g3 h1 g2 i1", "f=g g?", "f=g h g", "g f=g i");
}

static void edges_of_two_kinds(void **state)
{
    (void)state;
    CHECK("f2=g2 g2", "f=#g g", "f=#g g");
    CHECK("f2=g1,h1 g1 h1", "f=#g g", "f=h h");
    struct pyperf_summary *summary = build("f=#g,h g h");
    struct pyperf_error error;
    assert_int_equal(add(summary, "i f=h,g h g", &error), PYPERF_UNSUPPORTED);
    assert_contains(error.message, "calls of f by g were counted without times");
    assert_described(summary, "f1=g1,h1 g1 h1");
    assert_int_equal(add(summary, "f=h h", &error), PYPERF_OK);
    assert_described(summary, "f2=g1,h2 g1 h2");
    pyperf_summary_free(summary);
}

/* Strings of sums are their own, and stripping directories finds all of it. */
static void sums_can_be_stripped_and_added(void **state)
{
    (void)state;
    struct pyperf_summary *summary = build("f=g g?");
    assert_int_equal(add(summary, "h=f,g f g?", NULL), PYPERF_OK);
    assert_int_equal(pyperf_summary_strip_directories(summary, NULL), PYPERF_OK);
    assert_described(summary, "f2=g1 h1=f1,g1 g0?");
    assert_int_equal(add(summary, "g f=h h", NULL), PYPERF_OK);
    assert_described(summary, "f3=g1,h1 h2=f1,g1 g1");
    pyperf_summary_free(summary);
}

static void many(void **state)
{
    (void)state;
    struct pyperf_summary *summary = build("f");
    char text[] = "f=x x";
    for (int i = 0; i < 1000; i++) {
        text[2] = text[4] = (char)('g' + i % 20);
        assert_int_equal(add(summary, text, NULL), PYPERF_OK);
    }
    assert_int_equal(summary->row_count, 21);
    assert_int_equal(summary->rows[0].calls, 1001);
    assert_int_equal(summary->rows[0].caller_count, 20);
    for (uint32_t i = 0; i < 20; i++)
        assert_int_equal(summary->rows[0].callers[i].calls, 50);
    assert_int_equal(summary->total_calls, 2001);
    pyperf_summary_free(summary);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_and_callers),
        cmocka_unit_test(totals),
        cmocka_unit_test(callers_alone),
        cmocka_unit_test(edges_of_two_kinds),
        cmocka_unit_test(sums_can_be_stripped_and_added),
        cmocka_unit_test(many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
