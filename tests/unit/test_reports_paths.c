/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include <pyperf/reports.h>

#include "base/csv.h"
#include "base/text_buffer.h"
#include "profile_builder.h"

typedef enum pyperf_status path_report(const struct pyperf_profile *,
                                       const struct pyperf_summary *,
                                       const struct pyperf_path_options *, struct text_buffer *,
                                       struct pyperf_error *);

static struct text_buffer report(path_report *print, struct pyperf_profile *profile,
                                 struct pyperf_path_options options)
{
    struct text_buffer text = {0};
    struct pyperf_summary *summary;
    options.thread_count = profile->thread_count;
    assert_int_equal(pyperf_summary_create(profile, &summary, NULL), PYPERF_OK);
    assert_int_equal(print(profile, summary, &options, &text, NULL), PYPERF_OK);
    pyperf_summary_free(summary);
    return text;
}

static void assert_report(path_report *print, struct pyperf_profile *profile,
                          struct pyperf_path_options options, const char *expected)
{
    struct text_buffer text = report(print, profile, options);
    assert_string_equal(text_buffer_text(&text), expected);
    text_buffer_release(&text);
}

/* main(1) calls load(2) and Order.total(60), which resumes a generator(7) and calls len(30);
 * a second thread does a part of the same. */
static struct pyperf_profile *shop(void)
{
    struct pyperf_profile *profile = build_profile("shop.py");
    uint32_t main_function = build_python(profile, "main", 1);
    uint32_t load = build_python(profile, "load", 5);
    uint32_t total = build_python(profile, "total", 9);
    profile->functions[total].qualified_name = build_string(profile, "Order.total");
    uint32_t generator = build_python(profile, "parts", 14);
    uint32_t len = build_function(profile, PYPERF_FUNCTION_BUILTIN, "~", 0,
                                  "<built-in method builtins.len>");
    uint32_t node = build_node(profile, build_thread(profile, 0), main_function, 1, 1);
    build_node(profile, node, load, 1, 2);
    uint32_t outer = build_node(profile, node, total, 4, 40);
    uint32_t inner = build_node(profile, outer, generator, 4, 7);
    profile->nodes[inner].resumes = 12;
    build_node(profile, outer, len, 9, 30);
    node = build_node(profile, build_thread(profile, 0), main_function, 1, 0);
    build_node(profile, node, total, 2, 20);
    build_inclusive(profile);
    return profile;
}

#define HEADING(minimum)                                                                       \
    "   Call tree, calls of at least " minimum " % of 100.000 seconds\n\n"                     \
    "  inclusive       %      self       calls  function\n"

static void whole_trees(void **state)
{
    (void)state;
    struct pyperf_profile *profile = shop();
    assert_report(
        pyperf_report_tree, profile, (struct pyperf_path_options){.minimum = 0},
        HEADING(
            "0") "    100.000 100.0 %     0.000              <program shop.py>\n"
                 "    100.000 100.0 %     1.000           2  \u2514\u2500 main  file.py:1\n"
                 "     97.000  97.0 %    60.000           6     \u251c\u2500 Order.total  "
                 "file.py:9\n"
                 "     30.000  30.0 %    30.000           9     \u2502  \u251c\u2500 "
                 "builtins.len\n"
                 "      7.000   7.0 %     7.000        4+12     \u2502  \u2514\u2500 parts  "
                 "file.py:14\n"
                 "      2.000   2.0 %     2.000           1     \u2514\u2500 load  file.py:5\n"
                 "\n\n");
    pyperf_profile_free(profile);
}

static void what_is_left_out_is_summed_up(void **state)
{
    (void)state;
    struct pyperf_profile *profile = shop();
    assert_report(
        pyperf_report_tree, profile, (struct pyperf_path_options){.minimum = 0.1},
        HEADING(
            "10") "    100.000 100.0 %     0.000              <program shop.py>\n"
                  "    100.000 100.0 %     1.000           2  \u2514\u2500 main  file.py:1\n"
                  "     97.000  97.0 %    60.000           6     \u251c\u2500 Order.total  "
                  "file.py:9\n"
                  "     30.000  30.0 %    30.000           9     \u2502  \u251c\u2500 "
                  "builtins.len\n"
                  "      7.000   7.0 %                           \u2502  \u2514\u2500 "
                  "[1 smaller]\n"
                  "      2.000   2.0 %                           \u2514\u2500 [1 smaller]\n"
                  "\n\n");
    assert_report(
        pyperf_report_tree, profile, (struct pyperf_path_options){.depth = 2},
        HEADING(
            "0") "    100.000 100.0 %     0.000              <program shop.py>\n"
                 "    100.000 100.0 %     1.000           2  \u2514\u2500 main  file.py:1\n"
                 "     97.000  97.0 %    60.000           6     \u251c\u2500 Order.total  "
                 "file.py:9\n"
                 "     37.000  37.0 %                           \u2502  \u2514\u2500 [2 "
                 "deeper]\n"
                 "      2.000   2.0 %     2.000           1     \u2514\u2500 load  file.py:5\n"
                 "\n\n");
    pyperf_profile_free(profile);
}

static void hidden_functions_leave_their_callees(void **state)
{
    (void)state;
    struct pyperf_profile *profile = shop();
    struct pyperf_row_filter *filter = pyperf_row_filter_create();
    assert_int_equal(pyperf_row_filter_exclude(filter, "Order.*", NULL), PYPERF_OK);
    assert_report(
        pyperf_report_tree, profile, (struct pyperf_path_options){.filter = filter},
        HEADING(
            "0") "    100.000 100.0 %     0.000              <program shop.py>\n"
                 "    100.000 100.0 %     1.000           2  \u2514\u2500 main  file.py:1\n"
                 "     30.000  30.0 %    30.000           9     \u251c\u2500 builtins.len\n"
                 "      7.000   7.0 %     7.000        4+12     \u251c\u2500 parts  "
                 "file.py:14\n"
                 "      2.000   2.0 %     2.000           1     \u251c\u2500 load  file.py:5\n"
                 "     60.000  60.0 %                           \u2514\u2500 "
                 "[hidden by --select or --exclude]\n"
                 "\n\n");
    pyperf_row_filter_free(filter);
    pyperf_profile_free(profile);
}

static void folded_time_is_shown(void **state)
{
    (void)state;
    struct pyperf_profile *profile = build_profile("x");
    uint32_t f = build_python(profile, "f", 1);
    uint32_t node = build_node(profile, build_thread(profile, 0), f, 1, 10);
    profile->nodes[node].folded = 90;
    build_node(profile, build_fold_root(profile), f, 5, 200); /* nested, so more than 90 */
    build_inclusive(profile);
    assert_report(pyperf_report_tree, profile, (struct pyperf_path_options){.minimum = 0},
                  HEADING("0") "    100.000 100.0 %     0.000              <program x>\n"
                               "    100.000 100.0 %    10.000           1  \u2514\u2500 f  "
                               "file.py:1\n"
                               "     90.000  90.0 %                           \u2514\u2500 "
                               "[folded: beyond --max-nodes]\n\n\n");
    pyperf_profile_free(profile);
}

/* A line for each level, and each no longer than the levels that are drawn. */
static void deep_trees_stay_readable(void **state)
{
    (void)state;
    enum { DEPTH = 20000 };
    struct pyperf_profile *profile = build_profile("x");
    uint32_t functions[2] = {build_python(profile, "even", 1), build_python(profile, "odd", 2)};
    uint32_t node = build_thread(profile, 0);
    for (uint32_t i = 0; i < DEPTH; i++)
        node = build_node(profile, node, functions[i % 2], 1, i + 1 == DEPTH);
    build_inclusive(profile);
    struct text_buffer text =
        report(pyperf_report_tree, profile, (struct pyperf_path_options){.minimum = 0});
    assert_contains(text.text, "(level 20000) odd");
    assert_in_range(text.length, 0, DEPTH * 200);
    text_buffer_release(&text);
    text = report(pyperf_report_hot, profile, (struct pyperf_path_options){.minimum = 0});
    assert_contains(text.text, "<program x> > even > (19993 more) > even > odd > ");
    text_buffer_release(&text);
    pyperf_profile_free(profile);
}

static void hot_paths_hold_most_of_the_time(void **state)
{
    (void)state;
    struct pyperf_profile *profile = shop();
    assert_report(pyperf_report_hot, profile, (struct pyperf_path_options){.minimum = 0},
                  "   Hottest paths, which hold 80 % of 100.000 seconds of own time\n\n"
                  "     self       %   so far       calls  path\n"
                  "   60.000  60.0 %   60.0 %           6  <program shop.py> > main > "
                  "Order.total  file.py:9\n"
                  "   30.000  30.0 %   90.0 %           9  <program shop.py> > main > "
                  "Order.total > builtins.len\n"
                  "   10.000  10.0 %  in 3 other paths\n"
                  "\n\n");
    pyperf_profile_free(profile);
}

/* One of many paths to the same function is made heavy: it comes first. */
static void planted_paths_come_first(void **state)
{
    (void)state;
    struct pyperf_profile *profile = build_profile("x");
    uint32_t leaf = build_python(profile, "leaf", 1);
    uint32_t root = build_thread(profile, 0);
    for (uint32_t i = 0; i < 300; i++) {
        char name[32];
        snprintf(name, sizeof name, "caller_%u", i);
        uint32_t caller = build_node(profile, root, build_python(profile, name, i + 2), 1, 1);
        build_node(profile, caller, leaf, 1, i == 217 ? 50 : 10);
    }
    build_inclusive(profile);
    struct text_buffer text =
        report(pyperf_report_hot, profile, (struct pyperf_path_options){.minimum = 0});
    const char *first = strchr(strstr(text.text, "path\n"), '\n') + 1;
    assert_true(strncmp(first,
                        "   50.000   1.5 %    1.5 %           1  <program x> > "
                        "caller_217 > leaf  file.py:1\n",
                        80) == 0);
    text_buffer_release(&text);
    pyperf_profile_free(profile);
}

static void nothing_was_recorded(void **state)
{
    (void)state;
    struct pyperf_profile *profile = build_profile("x");
    build_thread(profile, 0);
    struct text_buffer text =
        report(pyperf_report_tree, profile, (struct pyperf_path_options){.minimum = 0.01});
    assert_contains(text.text, "      0.000   0.0 %     0.000              <program x>\n");
    text_buffer_release(&text);
    text = report(pyperf_report_hot, profile, (struct pyperf_path_options){.minimum = 0});
    assert_contains(text.text, "of 0.000 seconds");
    text_buffer_release(&text);
    pyperf_profile_free(profile);
}

/* ---- Rows ---- */

static void csv_fields(void **state)
{
    (void)state;
    struct text_buffer text = {0};
    csv_add_name(&text, "");
    csv_add_name(&text, "plain");
    csv_add_name(&text, "a,\"b\"");
    csv_add_name(&text, "=SUM(A1)");
    csv_add_name(&text, "-x,y");
    csv_add(&text, "-1");
    csv_add(&text, "");
    csv_end(&text);
    csv_add(&text, "second");
    csv_end(&text);
    assert_string_equal(text_buffer_text(&text),
                        "\"\",plain,\"a,\"\"b\"\"\",'=SUM(A1),\"'-x,y\",-1,\r\nsecond\r\n");
    text_buffer_release(&text);
}

static void tables_fit_the_page(void **state)
{
    (void)state;
    struct pyperf_profile *profile = shop();
    profile->functions[0].name = profile->functions[0].qualified_name = build_string(
        profile, "a_function_with_a_name_that_is_longer_than_most_terminals_are_wide"
                 "_and_that_has_to_be_cut\xC3\xA9\x1b[31m");
    struct pyperf_summary *summary;
    struct text_buffer text = {0};
    const struct pyperf_table_options options = {.reverse = false};
    const struct pyperf_page page = {.width = 100};
    assert_int_equal(pyperf_summary_create(profile, &summary, NULL), PYPERF_OK);
    assert_int_equal(pyperf_report_functions(summary, profile, &options, &page, &text, NULL),
                     PYPERF_OK);
    assert_null(strchr(text.text, 0x1b));
    assert_contains(text.text, "Order.total");
    assert_contains(text.text, "file.py:9");
    assert_contains(text.text, "6 of 6 functions; ");
    for (const char *line = text.text; *line; line += strcspn(line, "\n") + 1)
        if (strcspn(line, "\n") > 100)
            fail_msg("'%.*s' is too long", (int)strcspn(line, "\n"), line);
    text_buffer_clear(&text);
    const struct pyperf_page file = {.width = 0};
    assert_int_equal(pyperf_report_functions(summary, profile, &options, &file, &text, NULL),
                     PYPERF_OK);
    assert_contains(text.text, "_has_to_be_cut\xC3\xA9\\x1b[31m");
    text_buffer_release(&text);
    pyperf_summary_free(summary);
    pyperf_profile_free(profile);
}

/* Of the whole remains what it was, but for the rows and their callers. */
static void filtered_summaries(void **state)
{
    (void)state;
    struct pyperf_profile *profile = shop();
    struct pyperf_summary *summary;
    struct pyperf_hidden hidden;
    struct text_buffer text = {0};
    struct pyperf_row_filter *filter = pyperf_row_filter_create();
    assert_int_equal(pyperf_row_filter_exclude(filter, "Order.total", NULL), PYPERF_OK);
    assert_int_equal(pyperf_row_filter_exclude(filter, "main", NULL), PYPERF_OK);
    assert_int_equal(pyperf_summary_create(profile, &summary, NULL), PYPERF_OK);
    assert_int_equal(pyperf_summary_filter(summary, profile, filter, &hidden, NULL), PYPERF_OK);
    assert_int_equal(hidden.functions, 2);
    assert_int_equal(hidden.calls, 8);
    assert_true(hidden.self == 61);
    assert_int_equal(summary->row_count, 4);
    assert_true(summary->total_self == 100);
    for (uint32_t i = 0; i < summary->row_count; i++)
        assert_int_equal(summary->rows[i].caller_count, 0);
    pyperf_report_hidden(&hidden, summary, &text);
    assert_string_equal(text.text,
                        "   Hidden by --select or --exclude: 2 functions with 8 calls "
                        "and 61.000 seconds of their own, 61.0 % of all.\n");
    text_buffer_release(&text);
    pyperf_row_filter_free(filter);
    pyperf_summary_free(summary);
    pyperf_profile_free(profile);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_trees),
        cmocka_unit_test(what_is_left_out_is_summed_up),
        cmocka_unit_test(hidden_functions_leave_their_callees),
        cmocka_unit_test(folded_time_is_shown),
        cmocka_unit_test(deep_trees_stay_readable),
        cmocka_unit_test(hot_paths_hold_most_of_the_time),
        cmocka_unit_test(planted_paths_come_first),
        cmocka_unit_test(nothing_was_recorded),
        cmocka_unit_test(csv_fields),
        cmocka_unit_test(tables_fit_the_page),
        cmocka_unit_test(filtered_summaries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
