/* What is in the files of other tools' formats, on a small profile with awkward names.
 *
 * SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include <pyperf/formats.h>

#include "profile_builder.h"

static const char HOSTILE[] = "a;b\n</script>\"\\\x1b\xED\xA0\x80";

/* The program calls main, which calls a function with a hostile name twice, and len; the second
 * thread calls main as well; something was folded. Ticks are seconds. */
static struct pyperf_profile *build(void)
{
    struct pyperf_profile *profile = build_profile("x.py");
    uint32_t main_function = build_python(profile, "main", 1);
    profile->functions[main_function].qualified_name = build_string(profile, "App.main");
    uint32_t hostile = build_python(profile, HOSTILE, 5);
    uint32_t len = build_function(profile, PYPERF_FUNCTION_BUILTIN, "~", 0,
                                  "<built-in method builtins.len>");
    uint32_t root = build_thread(profile, 1);
    uint32_t node = build_node(profile, root, main_function, 1, 2);
    build_node(profile, node, len, 4, 3);
    build_node(profile, node, hostile, 2, 10);
    profile->nodes[node].folded = 7;
    uint32_t folded = build_fold_root(profile);
    build_node(profile, folded, hostile, 3, 7);
    profile->functions[hostile].folded_primitive_calls = 3;
    profile->functions[hostile].folded_primitive_ticks = 7;
    uint32_t second = build_thread(profile, 0);
    profile->threads[1].name = build_string(profile, "worker");
    build_node(profile, second, main_function, 1, 20);
    profile->run.pid = 77;
    build_inclusive(profile);
    return profile;
}

/* The file that a format makes of a profile; the caller frees it. */
static char *written(const struct pyperf_profile *profile, const char *format,
                     const struct pyperf_export *wishes, size_t *size)
{
    enum { MOST = 1 << 16 };
    struct pyperf_export content = *wishes;
    struct pyperf_error error = {.message = ""};
    char path[] = "/tmp/pyperf-test-XXXXXX";
    close(mkstemp(path));
    struct pyperf_summary *summary;
    assert_int_equal(pyperf_summary_create(profile, &summary, NULL), PYPERF_OK);
    content.profile = profile;
    content.summary = summary;
    if (pyperf_format_write(pyperf_format_by_name(format, NULL), &content, path, &error) !=
        PYPERF_OK)
        fail_msg("%s", error.message);
    pyperf_summary_free(summary);
    FILE *stream = fopen(path, "r");
    char *text = calloc(1, MOST);
    *size = fread(text, 1, MOST - 1, stream);
    fclose(stream);
    unlink(path);
    return text;
}

/* The same of the profile above. */
static char *exported(const char *format, const struct pyperf_export *wishes, size_t *size)
{
    struct pyperf_profile *profile = build();
    char *text = written(profile, format, wishes, size);
    pyperf_profile_free(profile);
    return text;
}

static void check(const char *format, const struct pyperf_export *wishes, const char *expected)
{
    size_t size;
    char *text = exported(format, wishes, &size);
    assert_string_equal(text, expected);
    free(text);
}

static const struct pyperf_export plain;

#define SHOWN "a;b\\x0a</script>\"\\\\x1b\\ud800" /* HOSTILE on one line of UTF-8 */
#define STACK "a:b\\x0a</script>\"\\\\x1b\\ud800 (file.py:5)"

static void collapsed(void **state)
{
    (void)state;
    check("collapsed", &plain,
          "<program x.py> 1000000000\n"
          "<program x.py>;App.main (file.py:1) 2000000000\n"
          "<program x.py>;App.main (file.py:1);" STACK " 10000000000\n"
          "<program x.py>;App.main (file.py:1);<built-in method builtins.len> 3000000000\n"
          "<program x.py>;<folded contexts>;" STACK " 7000000000\n"
          "<thread worker>;App.main (file.py:1) 20000000000\n");
    const struct pyperf_export calls = {.weighing = PYPERF_WEIGH_CALLS};
    check("collapsed", &calls,
          "<program x.py>;App.main (file.py:1) 1\n"
          "<program x.py>;App.main (file.py:1);<built-in method builtins.len> 4\n"
          "<program x.py>;App.main (file.py:1);" STACK " 2\n"
          "<program x.py>;<folded contexts>;" STACK " 3\n"
          "<thread worker>;App.main (file.py:1) 1\n");
}

/* What a number is rounded off by, the next ones get: 5 times 0.4 s are 2 s. */
static void whole_units_keep_the_sum(void **state)
{
    (void)state;
    static const char *const names[] = {"a", "b", "c", "d", "e"};
    struct pyperf_profile *profile = build_profile("x");
    uint32_t root = build_thread(profile, 0);
    for (uint32_t i = 0; i < 5; i++)
        build_node(profile, root, build_python(profile, names[i], i), 1, 1);
    build_inclusive(profile);
    profile->run.nanoseconds_per_tick = 4e8;
    const struct pyperf_export seconds = {.unit = PYPERF_SECONDS};
    size_t size;
    char *text = written(profile, "collapsed", &seconds, &size);
    assert_string_equal(text, "<program x>;b (file.py:1) 1\n<program x>;d (file.py:3) 1\n");
    free(text);
    pyperf_profile_free(profile);
}

static void callgrind(void **state)
{
    (void)state;
    check("callgrind", &plain,
          "# callgrind format\nversion: 1\ncreator: pyperf\npid: 77\ncmd: x.py\n"
          "positions: line\nevent: ns : Nanoseconds\nevents: ns\nsummary: 43000000000\n"
          "\nfl=(1) ~\nfn=(1) <program x.py>\n0 1000000000\n"
          "cfl=(2) dir/file.py\ncfn=(2) App.main\ncalls=2 1\n0 42000000000\n"
          "cfl=(1)\ncfn=(5) <folded contexts>\ncalls=1 0\n0 0\n"
          "\nfl=(2)\nfn=(2)\n1 22000000000\n"
          "cfl=(1)\ncfn=(3) <built-in method builtins.len>\ncalls=4 0\n1 3000000000\n"
          "cfl=(2)\ncfn=(4) " SHOWN "\ncalls=2 5\n1 10000000000\n"
          "\nfl=(1)\nfn=(3)\n0 3000000000\n"
          "\nfl=(2)\nfn=(4)\n5 17000000000\n"
          "\nfl=(1)\nfn=(5)\n0 0\n"
          "cfl=(2)\ncfn=(4)\ncalls=3 5\n0 7000000000\n");
}

#define JSON_HOSTILE "a;b\\\\x0a\\u003c/script>\\\"\\\\\\\\x1b\\\\ud800"

static void speedscope(void **state)
{
    (void)state;
    size_t size;
    char *text = exported("speedscope", &plain, &size);
    assert_contains(text, "{\"name\": \"App.main\",\"file\": \"dir/file.py\",\"line\": 1}");
    assert_contains(text, "{\"name\": \"" JSON_HOSTILE "\",");
    assert_contains(text, "{\"name\": \"<built-in method builtins.len>\"}");
    assert_contains(text, "\"name\": \"<thread worker>\",\"unit\": \"nanoseconds\","
                          "\"startValue\": 0,\"endValue\": 20000000000,");
    assert_contains(text, "\"type\": \"O\",\"frame\": 2,\"at\": 10000000000}");
    assert_null(strstr(text, "</script>"));
    free(text);
}

static void chrome(void **state)
{
    (void)state;
    size_t size;
    char *text = exported("chrome", &plain, &size);
    assert_contains(text, "{\"name\": \"thread_name\",\"ph\": \"M\",\"pid\": 77,\"tid\": 2,"
                          "\"args\": {\"name\": \"worker\"}}");
    assert_contains(text, "{\"name\": \"App.main (file.py:1)\",\"cat\": \"python\",\"ph\": "
                          "\"X\",\"pid\": 77,\"tid\": 1,\"ts\": 0,\"dur\": 15000000,"
                          "\"args\": {\"calls\": 1}}");
    free(text);
}

#define CSV_HOSTILE "\"a;b\\x0a</script>\"\"\\\\x1b\\ud800\""

static void csv(void **state)
{
    (void)state;
    check(
        "csv", &plain,
        "file,line,name,qualified_name,group,calls,primitive_calls,resumes,self,cumulative\r\n"
        "~,0,<program x.py>,\"\",mine,1,1,0,1.000000000,43.000000000\r\n"
        "dir/file.py,1,main,App.main,mine,2,2,0,22.000000000,42.000000000\r\n"
        "~,0,<built-in method builtins.len>,\"\",builtins,4,4,0,3.000000000,3.000000000\r\n"
        "dir/file.py,5," CSV_HOSTILE "," CSV_HOSTILE ",mine,5,5,0,17.000000000,17.000000000\r\n"
        "~,0,<folded contexts>,\"\",mine,1,1,0,0.000000000,0.000000000\r\n");
}

static void dot(void **state)
{
    (void)state;
    size_t size;
    char *text = exported("dot", &plain, &size);
    assert_contains(text,
                    "f3 [label=\"a;b\\\\x0a</script>\\\"\\\\\\\\x1b\\\\ud800 (file.py:5)\\n"
                    "17.000 s (39.53%)\\n17.000 s of its own (39.53%)\\n5");
    assert_contains(text, "f1 -> f3 [label=\"10.000 s (23.26%)");
    assert_contains(text, "4 of 5 functions; the others take less than 0.5 % each");
    free(text);
    const struct pyperf_export most = {.has_least_share = true, .least_share = 0.5};
    text = exported("dot", &most, &size);
    assert_contains(text, "2 of 5 functions; the others take less than 50 % each");
    assert_null(strstr(text, "f3 "));
    free(text);
}

static size_t occurrences(const char *text, const char *part)
{
    size_t count = 0;
    for (; (text = strstr(text, part)); text += strlen(part))
        count++;
    return count;
}

static void svg(void **state)
{
    (void)state;
    size_t size;
    char *text = exported("svg", &plain, &size);
    /* The box around all, two roots, main twice, len, the folded and the hostile ones. */
    assert_int_equal(occurrences(text, "<g class=\"box\""), 9);
    assert_contains(text, "<title>a;b\\x0a&lt;/script&gt;&quot;\\\\x1b\\ud800 (file.py:5)\n"
                          "10.000 s (23.26 %), 10.000 s of its own, called 2");
    assert_contains(text, "x.py: 43.000 s of time on the wall");
    assert_int_equal(occurrences(text, "</script>"), 1);
    assert_contains(text, "]]></script>\n</svg>\n");
    free(text);
    const struct pyperf_export most = {.has_least_share = true, .least_share = 0.25};
    text = exported("svg", &most, &size);
    assert_int_equal(occurrences(text, "<g class=\"box\""), 5);
    free(text);
}

/* The whole is read by pprof itself in tests/formats. */
static void pprof(void **state)
{
    (void)state;
    size_t size;
    char *packed = exported("pprof", &plain, &size);
    char bytes[4096];
    z_stream stream = {.next_in = (unsigned char *)packed,
                       .avail_in = (unsigned)size,
                       .next_out = (unsigned char *)bytes,
                       .avail_out = sizeof bytes};
    assert_int_equal(inflateInit2(&stream, MAX_WBITS + 16), Z_OK);
    assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
    size_t length = stream.total_out;
    inflateEnd(&stream);
    free(packed);
    static const char empty_string_first[] = {'2', 0, '2', 5, 'c', 'a', 'l', 'l', 's'};
    assert_memory_equal(bytes, empty_string_first, sizeof empty_string_first);
    /* The root alone: location, values 0 and 10^9, labels. */
    static const char root[] = {'\n', 1, 4, 18, 6, 0, '\x80', '\x94', '\xEB', '\xDC', 3};
    assert_non_null(memmem(bytes, length, root, sizeof root));
}

/* Formats of call paths cannot do with a summary; those of functions can. */
static void a_summary_alone(void **state)
{
    (void)state;
    static const struct {
        const char *format;
        bool possible;
    } cases[] = {{"callgrind", true}, {"csv", true},       {"dot", true},
                 {"pstats", true},    {"html", true},      {"json", true},
                 {"svg", false},      {"pprof", false},    {"speedscope", false},
                 {"chrome", false},   {"collapsed", false}};
    struct pyperf_profile *profile = build();
    struct pyperf_export content = {.profile = NULL};
    struct pyperf_summary *summary;
    struct pyperf_error error;
    assert_int_equal(pyperf_summary_create(profile, &summary, NULL), PYPERF_OK);
    content.summary = summary;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct pyperf_format *format = pyperf_format_by_name(cases[i].format, NULL);
        enum pyperf_status status = pyperf_format_write(format, &content, "/dev/null", &error);
        assert_int_equal(status, cases[i].possible ? PYPERF_OK : PYPERF_UNSUPPORTED);
        if (!cases[i].possible)
            assert_contains(error.message, "needs call paths");
    }
    pyperf_summary_free(summary);
    pyperf_profile_free(profile);
}

static void write_each(const struct pyperf_profile *profile)
{
    struct pyperf_export content = {.profile = profile};
    struct pyperf_summary *summary;
    struct pyperf_error error;
    assert_int_equal(pyperf_summary_create(profile, &summary, NULL), PYPERF_OK);
    content.summary = summary;
    for (size_t i = 0; pyperf_format_at(i); i++)
        if (pyperf_format_holds_calls(pyperf_format_at(i)))
            assert_int_equal(
                pyperf_format_write(pyperf_format_at(i), &content, "/dev/null", &error),
                PYPERF_OK);
    pyperf_summary_free(summary);
}

static void nothing_at_all(void **state)
{
    (void)state;
    struct pyperf_profile *profile = build_profile("x");
    write_each(profile);
    build_thread(profile, 0);
    write_each(profile);
    pyperf_profile_free(profile);
}

static void titles_of_files_with_the_same_name(void **state)
{
    (void)state;
    struct pyperf_profile *profile = build_profile("x");
    static const char *const files[] = {"/a/util.py", "/b/util.py", "/b/pkg/__init__.py",
                                        "<string>"};
    uint32_t root = build_thread(profile, 0);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        build_node(profile, root,
                   build_function(profile, PYPERF_FUNCTION_PYTHON, files[i], 3, "f"), 1, 4 - i);
    build_inclusive(profile);
    const struct pyperf_export seconds = {.unit = PYPERF_SECONDS};
    size_t size;
    char *text = written(profile, "collapsed", &seconds, &size);
    assert_string_equal(text, "<program x>;f (/a/util.py:3) 4\n"
                              "<program x>;f (/b/util.py:3) 3\n"
                              "<program x>;f (pkg/__init__.py:3) 2\n"
                              "<program x>;f (<string>:3) 1\n");
    free(text);
    pyperf_profile_free(profile);
}

static void choice_by_name(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"x.json.callgrind", "callgrind"},
        {"dir/callgrind.out.7", "callgrind"},
        {"x.FOLDED", "collapsed"},
        {"x.speedscope.json", "speedscope"},
        {"x.trace.json", "chrome"},
        {"x.pb.gz", "pprof"},
        {"x.svg", "svg"},
        {"x.csv", "csv"},
        {"x.gv", "dot"},
        {"x.json", "json"},
        {"x.html", "html"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(pyperf_format_name(pyperf_format_asked_by_path(cases[i][0])),
                            cases[i][1]);
    assert_null(pyperf_format_asked_by_path("callgrind.out.d/x"));
    assert_null(pyperf_format_asked_by_path("svg"));
    assert_true(pyperf_format_is_binary(pyperf_format_by_name("pprof", NULL)));
    assert_false(pyperf_format_is_binary(pyperf_format_by_name("svg", NULL)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(collapsed),
        cmocka_unit_test(whole_units_keep_the_sum),
        cmocka_unit_test(callgrind),
        cmocka_unit_test(speedscope),
        cmocka_unit_test(chrome),
        cmocka_unit_test(csv),
        cmocka_unit_test(dot),
        cmocka_unit_test(svg),
        cmocka_unit_test(pprof),
        cmocka_unit_test(a_summary_alone),
        cmocka_unit_test(nothing_at_all),
        cmocka_unit_test(titles_of_files_with_the_same_name),
        cmocka_unit_test(choice_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
