/* Writes pages of profiles made by hand, for tests in a browser:
 *
 *     write_page shop FILE           a small program with two threads, recursion and libraries
 *     write_page rows FILE           the same, of which only the rows of functions are known
 *     write_page lines FILE          the same, with lines and source text
 *     write_page lines-alone FILE    lines and source text, and no calls
 *     write_page compared FILE       the same as shop, before which job took 6 ms more and
 * there was no hook write_page hostile FILE        names and source text that try to be markup
 *     write_page large NODES FILE    as many call paths
 *     write_page empty FILE          a program that called nothing
 *
 * Times are milliseconds; tests/browser/checks.js knows them.
 *
 * SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pyperf/formats.h>

#include "lines_builder.h"
#include "profile_builder.h"

static uint32_t library(struct pyperf_profile *profile, const char *file, uint32_t line,
                        const char *name)
{
    return build_function(profile, PYPERF_FUNCTION_PYTHON, file, line, name);
}

static uint32_t own(struct pyperf_profile *profile, uint32_t line, const char *name)
{
    return build_function(profile, PYPERF_FUNCTION_PYTHON, "/home/me/app.py", line, name);
}

static struct pyperf_profile *begin(const char *program)
{
    struct pyperf_profile *profile = build_profile(program);
    profile->run.nanoseconds_per_tick = 1e6;
    profile->run.python_version = build_string(profile, "3.11.2");
    profile->run.engine = build_string(profile, "setprofile");
    return profile;
}

/* <module> 61 ms, of it Shop.main 60: price 47 (json.loads 29), walk 11 (walk 5); and in
 * another thread job 12. */
static struct pyperf_profile *shop(bool earlier)
{
    struct pyperf_profile *profile = begin("app.py");
    uint32_t module = own(profile, 1, "<module>");
    uint32_t start = own(profile, 10, "main");
    uint32_t price = own(profile, 20, "price");
    uint32_t walk = own(profile, 30, "walk");
    uint32_t hook = own(profile, 50, "hook");
    uint32_t job = own(profile, 60, "job");
    uint32_t loads = library(profile, "/usr/lib/python3.11/json/__init__.py", 299, "loads");
    uint32_t decode = library(profile, "/usr/lib/python3.11/json/decoder.py", 332, "decode");
    uint32_t run = library(profile, "/usr/lib/python3.11/threading.py", 1000, "run");
    uint32_t sleep = build_function(profile, PYPERF_FUNCTION_BUILTIN, "~", 0,
                                    "<built-in method time.sleep>");
    profile->functions[start].qualified_name = build_string(profile, "Shop.main");
    uint32_t at = build_thread(profile, 0);
    profile->threads[0].name = build_string(profile, "MainThread");
    at = build_node(profile, at, module, 1, 1);
    uint32_t shop_main = build_node(profile, at, start, 1, 2);
    uint32_t priced = build_node(profile, shop_main, price, 3, 10);
    build_node(profile, priced, sleep, 3, 8);
    at = build_node(profile, priced, loads, 3, 5);
    at = build_node(profile, at, decode, 3, 20);
    if (!earlier)
        build_node(profile, at, hook, 9, 4);
    at = build_node(profile, shop_main, walk, 1, 6);
    at = build_node(profile, at, walk, 2, 3);
    build_node(profile, at, price, 1, 2);
    at = build_thread(profile, 0);
    profile->threads[1].name = build_string(profile, "worker");
    at = build_node(profile, at, run, 1, 0);
    build_node(profile, at, job, 1, earlier ? 18 : 12);
    build_inclusive(profile);
    return profile;
}

/* ---- Lines ---- */

static const char source_text[] = "import json\n"
                                  "\n\n\n\n\n\n\n\n"
                                  "def main(self):\n"
                                  "    pass\n"
                                  "\n\n\n\n\n\n\n\n"
                                  "def price(\n"
                                  "    order,\n"
                                  "):\n"
                                  "    rate = json.loads(order)\n"
                                  "    if not rate:\n"
                                  "        return 0\n"
                                  "    return rate\n"
                                  "\n\n"
                                  "# not in price\n"
                                  "def walk(): pass\n";

/* Of price: 40 ms in a line that calls, 9 in another. */
static void add_lines(struct pyperf_profile *profile)
{
    enum { PRICE = 2 };
    profile->lines = calloc(1, sizeof *profile->lines);
    build_line_function_again(profile, PRICE, 0, 49);
    build_line(profile, 23, 4, 40, 29);
    build_line(profile, 25, 0, 0, 0);
    build_line(profile, 26, 4, 9, 0);
}

/* Lines and no calls: main 50 ms, of it price 42. */
static struct pyperf_profile *lines_alone(void)
{
    static const char file[] = "/home/me/app.py";
    struct pyperf_profile *profile = build_lines("app.py");
    profile->run.nanoseconds_per_tick = 1e6;
    profile->nodes[0].inclusive = 90; /* of it 40 in functions without lines */
    build_line_function(profile, file, 10, "main", 0, 50);
    profile->lines->functions[0].calls = 1;
    build_line(profile, 11, 1, 50, 42);
    build_line_function(profile, file, 20, "price", 0, 42);
    profile->lines->functions[1].calls = 4;
    build_line(profile, 23, 4, 40, 0);
    build_line(profile, 26, 4, 2, 0);
    return profile;
}

/* ---- Hostile names ---- */

static const char hostile_file[] = "/tmp/<script>/\"'&.py";
static const char hostile_text[] =
    "def f():\n"
    "    </script><img src=x onerror=\"document.title='run'\"><!--\n"
    "    \x1B[31m\xE2\x80\xAE\n";

static struct pyperf_profile *hostile(void)
{
    static const char *const names[] = {
        "</script><img src=x onerror=\"document.title='run'\">",
        "<b>bold</b>",
        "--><!--<script>document.title='run'</script>",
        "' onclick='document.title=1",
        "\xE2\x80\xAEgnp.exe",
        "\xED\xB2\x80\xED\xB3\xBF",
        "new\nline\x1B[31m",
        "__proto__",
        "constructor",
    };
    struct pyperf_profile *profile = begin("</title><script>document.title='run'</script>");
    uint32_t at = build_thread(profile, 1);
    profile->threads[0].name = build_string(profile, "<i>thread</i>");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        uint32_t function = build_function(profile, PYPERF_FUNCTION_PYTHON, hostile_file,
                                           (uint32_t)i + 1, names[i]);
        if (i == 0) {
            profile->lines = calloc(1, sizeof *profile->lines);
            build_line_function_again(profile, function, 0, 90);
            build_line(profile, 2, 1, 90, 80);
        }
        at = build_node(profile, at, function, 1, 10);
    }
    build_inclusive(profile);
    return profile;
}

/* ---- As large as real ones get ---- */

static uint32_t random_below(uint64_t *state, uint32_t limit)
{
    *state += 0x9E3779B97F4A7C15u; /* splitmix64 */
    uint64_t mixed = *state;
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBu;
    return (uint32_t)((mixed ^ mixed >> 31) % limit);
}

static void add_functions(struct pyperf_profile *profile, uint32_t count)
{
    static const char *const folders[] = {"/home/me/project", "/usr/lib/python3.11",
                                          "/home/me/.venv/lib/python3.11/site-packages/astroid",
                                          "/home/me/.venv/lib/python3.11/site-packages/pylint"};
    for (uint32_t i = 0; i < count; i++) {
        char file[128], name[64];
        snprintf(file, sizeof file, "%s/module_%u.py", folders[i % 4], i / 40);
        snprintf(name, sizeof name, "function_%u", i);
        library(profile, file, 1 + i % 40 * 25, name);
    }
}

enum { FUNCTIONS = 5000, DEEPEST = 120 };

/* The function that another one calls as its n-th: the same in every context. */
static uint32_t callee(uint32_t caller, uint32_t n)
{
    uint64_t state = (uint64_t)caller << 32 | n;
    return random_below(&state, FUNCTIONS);
}

/* A walk that goes deeper more often than up again, as programs do; most times are small. */
static struct pyperf_profile *large(uint32_t nodes)
{
    struct pyperf_profile *profile = begin("large");
    add_functions(profile, FUNCTIONS);
    uint64_t random = 1;
    uint32_t path[DEEPEST];
    uint32_t callees[DEEPEST] = {0};
    uint32_t depth = 0;
    path[0] = build_thread(profile, 100);
    profile->threads[0].name = build_string(profile, "MainThread");
    while (profile->node_count < nodes) {
        uint32_t up = random_below(&random, 100) < 55 ? 0 : random_below(&random, 5);
        if (random_below(&random, 100) == 0)
            up = random_below(&random, depth + 1);
        depth = up > depth ? 0 : depth - up;
        uint32_t function = callee(profile->nodes[path[depth]].function, callees[depth]++);
        uint64_t self = random_below(&random, 1u << (4 + random_below(&random, 16)));
        uint32_t node =
            build_node(profile, path[depth], function, 1 + random_below(&random, 1000), self);
        if (depth + 1 < DEEPEST) {
            path[++depth] = node;
            callees[depth] = 0;
        }
    }
    profile->run.nanoseconds_per_tick = 1;
    build_inclusive(profile);
    return profile;
}

/* ---- The program ---- */

static struct pyperf_profile *make(const char *kind, uint32_t nodes)
{
    if (strcmp(kind, "hostile") == 0)
        return hostile();
    if (strcmp(kind, "large") == 0)
        return large(nodes);
    if (strcmp(kind, "empty") == 0) {
        struct pyperf_profile *profile = begin("empty.py");
        build_thread(profile, 0);
        return profile;
    }
    if (strcmp(kind, "lines-alone") == 0)
        return lines_alone();
    struct pyperf_profile *profile = shop(false);
    if (strcmp(kind, "lines") == 0)
        add_lines(profile);
    return profile;
}

static struct pyperf_summary *summary_of(const struct pyperf_profile *profile)
{
    struct pyperf_summary *summary;
    if (pyperf_summary_create(profile, &summary, NULL) != PYPERF_OK)
        abort();
    return summary;
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    const char *kind = argv[1];
    struct pyperf_error error;
    struct pyperf_profile *profile =
        make(kind, argc > 3 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0);
    struct pyperf_profile *earlier = shop(true);
    struct pyperf_summary *summary = summary_of(profile);
    struct pyperf_summary *earlier_summary = summary_of(earlier);
    const struct pyperf_export before = {.profile = earlier, .summary = earlier_summary};
    const bool is_hostile = strcmp(kind, "hostile") == 0;
    const struct pyperf_page_source source = {
        .file = is_hostile ? hostile_file : "/home/me/app.py",
        .text = is_hostile ? hostile_text : source_text,
    };
    const struct pyperf_page_options page = {
        .sources = &source,
        .source_count = is_hostile || strncmp(kind, "lines", 5) == 0,
        .before = strcmp(kind, "compared") == 0 ? &before : NULL,
    };
    const struct pyperf_export content = {
        .profile = strcmp(kind, "rows") == 0 ? NULL : profile,
        .summary = summary,
        .page = &page,
    };
    enum pyperf_status status = pyperf_format_write(pyperf_format_by_name("html", NULL),
                                                    &content, argv[argc - 1], &error);
    if (status != PYPERF_OK)
        fprintf(stderr, "%s\n", error.message);
    pyperf_summary_free(summary);
    pyperf_summary_free(earlier_summary);
    pyperf_profile_free(profile);
    pyperf_profile_free(earlier);
    return status == PYPERF_OK ? 0 : 1;
}
