/* The page's data, read back byte for byte as docs/formats/html.md describes them.
 *
 * SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include <pyperf/formats.h>

#include "lines_builder.h"
#include "profile_builder.h"

/* ---- Reading a page ---- */

struct payload {
    unsigned char *bytes;
    size_t size;
    size_t at;
};

static char *write_page(const struct pyperf_export *content)
{
    char path[] = "/tmp/pyperf-test-XXXXXX";
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    close(descriptor);
    const struct pyperf_format *html = pyperf_format_by_name("html", NULL);
    assert_non_null(html);
    assert_int_equal(pyperf_format_write(html, content, path, NULL), PYPERF_OK);
    FILE *stream = fopen(path, "r");
    assert_non_null(stream);
    fseek(stream, 0, SEEK_END);
    size_t size = (size_t)ftell(stream);
    rewind(stream);
    char *text = malloc(size + 1);
    assert_non_null(text);
    assert_int_equal(fread(text, 1, size, stream), size);
    text[size] = '\0';
    fclose(stream);
    unlink(path);
    return text;
}

static const char data_begins[] = "<script id=\"data\" type=\"text/plain\">";

static char *data_of(char *page)
{
    char *data = strstr(page, data_begins);
    assert_non_null(data);
    return data + sizeof data_begins - 1;
}

static unsigned digit_value(char digit)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *found = strchr(digits, digit);
    assert_non_null(found);
    return (unsigned)(found - digits);
}

static struct payload payload_from(const char *data)
{
    size_t length = strcspn(data, "<\n");
    assert_int_equal(length % 4, 0);
    unsigned char *packed = malloc(length);
    size_t packed_size = 0;
    for (size_t i = 0; i < length; i += 4) {
        unsigned bits = 0, known = 0;
        for (size_t k = 0; k < 4 && data[i + k] != '='; k++, known++)
            bits |= digit_value(data[i + k]) << (18 - 6 * k);
        for (size_t k = 0; k + 1 < known; k++)
            packed[packed_size++] = (unsigned char)(bits >> (16 - 8 * k));
    }
    enum { ROOM = 1 << 20 };
    struct payload payload = {.bytes = malloc(ROOM)};
    uLongf size = ROOM;
    assert_int_equal(uncompress(payload.bytes, &size, packed, packed_size), Z_OK);
    payload.size = size;
    free(packed);
    return payload;
}

static struct payload payload_of(char *page)
{
    return payload_from(data_of(page));
}

static uint64_t number(struct payload *payload)
{
    uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
        assert_true(payload->at < payload->size);
        unsigned char byte = payload->bytes[payload->at++];
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80)
            return value;
    }
}

static double real(struct payload *payload)
{
    double value;
    assert_true(payload->at + sizeof value <= payload->size);
    memcpy(&value, payload->bytes + payload->at, sizeof value);
    payload->at += sizeof value;
    return value;
}

static void expect_text(struct payload *payload, const char *expected)
{
    size_t size = (size_t)number(payload);
    assert_int_equal(size, strlen(expected));
    assert_true(payload->at + size <= payload->size);
    assert_memory_equal(payload->bytes + payload->at, expected, size);
    payload->at += size;
}

static void expect_numbers(struct payload *payload, const uint64_t *expected, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_int_equal(number(payload), expected[i]);
}

#define EXPECT_NUMBERS(payload, ...)                                                           \
    do {                                                                                       \
        const uint64_t expected_[] = {__VA_ARGS__};                                            \
        expect_numbers((payload), expected_, sizeof expected_ / sizeof *expected_);            \
    } while (0)

static void expect_reals(struct payload *payload, const double *expected, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_float_equal(real(payload), expected[i], 1e-12);
}

#define EXPECT_REALS(payload, ...)                                                             \
    do {                                                                                       \
        const double expected_[] = {__VA_ARGS__};                                              \
        expect_reals((payload), expected_, sizeof expected_ / sizeof *expected_);              \
    } while (0)

/* ---- Profiles ---- */

/* main (1 s) calls f (300 s, of which 100 in itself) and g (2 s); f calls g (200 s). */
static struct pyperf_profile *small_profile(void)
{
    struct pyperf_profile *profile = build_profile("x");
    uint32_t f = build_python(profile, "f", 3);
    uint32_t g = build_python(profile, "g", 300);
    profile->functions[g].qualified_name = build_string(profile, "C.g");
    uint32_t root = build_thread(profile, 1);
    uint32_t node = build_node(profile, root, f, 1, 100);
    build_node(profile, root, g, 4, 2);
    build_node(profile, node, g, 1000, 200);
    profile->threads[0].name = build_string(profile, "MainThread");
    build_inclusive(profile);
    return profile;
}

static struct pyperf_summary *summary_of(const struct pyperf_profile *profile)
{
    struct pyperf_summary *summary;
    assert_int_equal(pyperf_summary_create(profile, &summary, NULL), PYPERF_OK);
    return summary;
}

static void expect_rows(struct payload *payload)
{
    assert_int_equal(number(payload), 3);
    EXPECT_NUMBERS(payload, 0);
    expect_text(payload, "~");
    EXPECT_NUMBERS(payload, 0);
    expect_text(payload, "dir/file.py");
    EXPECT_NUMBERS(payload, 11); /* as before */
    expect_text(payload, "");
    expect_text(payload, "<program x>");
    expect_text(payload, "f");
    expect_text(payload, "g");
    EXPECT_NUMBERS(payload, 0, 3, 300);
    EXPECT_NUMBERS(payload, 1, 1, 1004); /* calls */
    EXPECT_NUMBERS(payload, 1, 1, 1004); /* primitive calls */
    EXPECT_REALS(payload, 1, 100, 202);
    EXPECT_REALS(payload, 303, 300, 202);
    EXPECT_NUMBERS(payload, 0, 0, 0); /* durations are not known */
    EXPECT_NUMBERS(payload, 0);       /* nobody calls the program */
    EXPECT_NUMBERS(payload, 1, 0, 1, 1);
    EXPECT_REALS(payload, 100, 300);
}

/* From a callee's edges to the end of the rows: g, called by f and by the program. */
static void expect_edges_of_g(struct payload *payload)
{
    assert_int_equal(number(payload), 2);
    for (int i = 0; i < 2; i++) {
        bool by_program = number(payload) == 0;
        EXPECT_NUMBERS(payload, by_program ? 4 : 1000, by_program ? 4 : 1000);
        EXPECT_REALS(payload, by_program ? 2 : 200, by_program ? 2 : 200);
    }
}

static void expect_functions(struct payload *payload)
{
    assert_int_equal(number(payload), 3);
    EXPECT_NUMBERS(payload, PYPERF_FUNCTION_PYTHON, 2); /* its row, and one */
    expect_text(payload, "");
    EXPECT_NUMBERS(payload, PYPERF_FUNCTION_PYTHON, 3);
    expect_text(payload, "C.g");
    EXPECT_NUMBERS(payload, PYPERF_FUNCTION_ROOT, 0);
    expect_text(payload, "");
    expect_text(payload, "");
    expect_text(payload, "");
    EXPECT_NUMBERS(payload, 0);
}

static void skip_run(struct payload *payload)
{
    expect_text(payload, "x");
    expect_text(payload, "");
    expect_text(payload, "");
    EXPECT_NUMBERS(payload, 0);
    EXPECT_REALS(payload, 0, 0);
    EXPECT_NUMBERS(payload, 0, 0);
    EXPECT_REALS(payload, 1); /* seconds in a tick */
}

static void expect_threads(struct payload *payload)
{
    EXPECT_NUMBERS(payload, 0, 1, 0); /* processes; threads; the first one's id */
    expect_text(payload, "MainThread");
}

/* ---- Tests ---- */

static void everything_can_be_read_back(void **state)
{
    (void)state;
    struct pyperf_profile *profile = small_profile();
    struct pyperf_summary *summary = summary_of(profile);
    const struct pyperf_page_source source = {.file = "dir/file.py", .text = "a\n"};
    const struct pyperf_page_options options = {.sources = &source, .source_count = 1};
    const struct pyperf_export content = {
        .profile = profile, .summary = summary, .page = &options};
    char *page = write_page(&content);
    struct payload payload = payload_of(page);
    EXPECT_NUMBERS(&payload, 2, 1); /* version, flags: a tree */
    expect_rows(&payload);
    expect_edges_of_g(&payload);
    skip_run(&payload);
    expect_functions(&payload);
    EXPECT_REALS(&payload, 0); /* least share */
    expect_threads(&payload);
    EXPECT_NUMBERS(&payload, 0, 0, 4);
    EXPECT_NUMBERS(&payload, 0, 0, 0, 2); /* levels up: root, f, its g, the other g */
    EXPECT_NUMBERS(&payload, 2, 0, 1, 1);
    EXPECT_NUMBERS(&payload, 1, 1, 1000, 4);
    EXPECT_NUMBERS(&payload, 0, 0, 0, 0);     /* resumes */
    EXPECT_NUMBERS(&payload, 1, 100, 200, 2); /* self */
    EXPECT_NUMBERS(&payload, 0, 0, 0, 0);     /* elsewhere */
    EXPECT_NUMBERS(&payload, 0, 0, 1);        /* functions with lines; lines; sources */
    expect_text(&payload, "dir/file.py");
    EXPECT_NUMBERS(&payload, 0);
    expect_text(&payload, "a\n");
    assert_int_equal(payload.at, payload.size);
    free(payload.bytes);
    free(page);
    pyperf_summary_free(summary);
    pyperf_profile_free(profile);
}

static void lines_come_after_the_tree(void **state)
{
    (void)state;
    struct pyperf_profile *profile = build_lines("x");
    build_line_function(profile, "dir/file.py", 3, "f", 0, 90);
    profile->lines->functions[0].calls = 5;
    build_line(profile, 4, 300, 80, 70);
    build_line(profile, 5, 0, 0, 0);
    struct pyperf_summary *summary = summary_of(profile);
    const struct pyperf_export content = {.profile = profile, .summary = summary};
    char *page = write_page(&content);
    struct payload payload = payload_of(page);
    /* Functions: number, calls, ticks; lines: function, number, hits, ticks, in callees; no
     * sources. */
    static const unsigned char lines[] = {1,  1,  5, 90, 2, 1, 4, 0xAC, 0x02,
                                          80, 70, 1, 5,  0, 0, 0, 0};
    assert_true(payload.size > sizeof lines);
    assert_memory_equal(payload.bytes + payload.size - sizeof lines, lines, sizeof lines);
    free(payload.bytes);
    free(page);
    pyperf_summary_free(summary);
    pyperf_profile_free(profile);
}

static void small_contexts_are_left_out_and_their_time_kept(void **state)
{
    (void)state;
    struct pyperf_profile *profile = small_profile();
    struct pyperf_summary *summary = summary_of(profile);
    const struct pyperf_export content = {
        .profile = profile, .summary = summary, .has_least_share = true, .least_share = 0.1};
    char *page = write_page(&content);
    struct payload payload = payload_of(page);
    EXPECT_NUMBERS(&payload, 2, 1);
    expect_rows(&payload);
    expect_edges_of_g(&payload);
    skip_run(&payload);
    expect_functions(&payload);
    EXPECT_REALS(&payload, 0.1);
    expect_threads(&payload);
    EXPECT_NUMBERS(&payload, 1, 0, 3);
    EXPECT_NUMBERS(&payload, 0, 0, 0);
    EXPECT_NUMBERS(&payload, 2, 0, 1);
    EXPECT_NUMBERS(&payload, 1, 1, 1000);
    EXPECT_NUMBERS(&payload, 0, 0, 0);
    EXPECT_NUMBERS(&payload, 1, 100, 200);
    EXPECT_NUMBERS(&payload, 2, 0, 0); /* of the g that is left out */
    free(payload.bytes);
    free(page);
    pyperf_summary_free(summary);
    pyperf_profile_free(profile);
}

static void without_a_tree_there_are_rows_alone(void **state)
{
    (void)state;
    struct pyperf_profile *profile = small_profile();
    struct pyperf_summary *summary = summary_of(profile);
    const struct pyperf_export content = {.summary = summary};
    char *page = write_page(&content);
    struct payload payload = payload_of(page);
    EXPECT_NUMBERS(&payload, 2, 0);
    expect_rows(&payload);
    expect_edges_of_g(&payload);
    EXPECT_NUMBERS(&payload, 0); /* sources */
    assert_int_equal(payload.at, payload.size);
    free(payload.bytes);
    free(page);
    pyperf_summary_free(summary);
    pyperf_profile_free(profile);
}

static void a_profile_to_compare_with_comes_second(void **state)
{
    (void)state;
    struct pyperf_profile *profile = small_profile();
    struct pyperf_summary *summary = summary_of(profile);
    const struct pyperf_export before = {.summary = summary};
    const struct pyperf_page_options options = {.before = &before};
    const struct pyperf_export content = {
        .profile = profile, .summary = summary, .page = &options};
    char *page = write_page(&content);
    char *second = strchr(data_of(page), '\n');
    assert_non_null(second);
    struct payload payload = payload_from(second + 1);
    EXPECT_NUMBERS(&payload, 2, 0);
    expect_rows(&payload);
    free(payload.bytes);
    free(page);
    pyperf_summary_free(summary);
    pyperf_profile_free(profile);
}

/* Long texts are longer than the buffers they pass through. */
static void any_amount_of_text_comes_through(void **state)
{
    (void)state;
    enum { LENGTH = 200000 };
    char *text = malloc(LENGTH + 1);
    uint32_t noise = 1;
    for (size_t i = 0; i < LENGTH; i++) {
        noise = noise * 1664525u + 1013904223u;
        text[i] = (char)(' ' + (noise >> 24) % 90);
    }
    text[LENGTH] = '\0';
    struct pyperf_profile *profile = build_profile(text);
    build_thread(profile, 1);
    struct pyperf_summary *summary = summary_of(profile);
    const struct pyperf_export content = {.profile = profile, .summary = summary};
    char *page = write_page(&content);
    struct payload payload = payload_of(page);
    payload.bytes[payload.size - 1] = '\0';
    bool found = false;
    for (size_t i = 0; i + LENGTH < payload.size && !found; i++)
        found = memcmp(payload.bytes + i, text, LENGTH) == 0;
    assert_true(found);
    free(payload.bytes);
    free(page);
    free(text);
    pyperf_summary_free(summary);
    pyperf_profile_free(profile);
}

/* The page around the data is the same for every profile, whatever its texts are. */
static void no_text_of_the_profile_is_in_the_markup(void **state)
{
    (void)state;
    const char *programs[] = {"x", "</script><img src=x onerror=alert(1)>"};
    char *pages[2];
    for (size_t i = 0; i < 2; i++) {
        struct pyperf_profile *profile = build_profile(programs[i]);
        uint32_t function = build_function(profile, PYPERF_FUNCTION_PYTHON, programs[i], 1,
                                           i ? "--><!--<script>" : "f");
        build_node(profile, build_thread(profile, 1), function, 1, 1);
        build_inclusive(profile);
        struct pyperf_summary *summary = summary_of(profile);
        const struct pyperf_export content = {.profile = profile, .summary = summary};
        pages[i] = write_page(&content);
        pyperf_summary_free(summary);
        pyperf_profile_free(profile);
    }
    char *first = data_of(pages[0]), *second = data_of(pages[1]);
    assert_int_equal(first - pages[0], second - pages[1]);
    assert_memory_equal(pages[0], pages[1], (size_t)(first - pages[0]));
    assert_string_equal(strchr(first, '<'), strchr(second, '<'));
    assert_contains(pages[0], "Content-Security-Policy");
    free(pages[0]);
    free(pages[1]);
}

static void a_page_needs_the_times_of_functions(void **state)
{
    (void)state;
    const struct pyperf_export nothing = {0};
    struct pyperf_error error;
    assert_int_equal(pyperf_format_write(pyperf_format_for_path("x.html"), &nothing,
                                         "/tmp/pyperf-test-not-written.html", &error),
                     PYPERF_UNSUPPORTED);
    assert_contains(error.message, "there are none");
    assert_int_not_equal(access("/tmp/pyperf-test-not-written.html", F_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_can_be_read_back),
        cmocka_unit_test(lines_come_after_the_tree),
        cmocka_unit_test(small_contexts_are_left_out_and_their_time_kept),
        cmocka_unit_test(without_a_tree_there_are_rows_alone),
        cmocka_unit_test(a_profile_to_compare_with_comes_second),
        cmocka_unit_test(any_amount_of_text_comes_through),
        cmocka_unit_test(no_text_of_the_profile_is_in_the_markup),
        cmocka_unit_test(a_page_needs_the_times_of_functions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
