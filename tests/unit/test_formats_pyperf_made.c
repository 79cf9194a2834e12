/* Our own files, made byte by byte: those of older versions can be read, of newer ones what can
 * be understood, and what nobody's pyperf wrote is refused.
 *
 * SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdlib.h>
#include <zlib.h>

#include <pyperf/summary.h>

#include "file_maker.h"
#include "formats/pyperf_file.h"

static enum pyperf_status read_bytes(const struct bytes *file, struct pyperf_import *import,
                                     struct pyperf_error *error)
{
    *import = (struct pyperf_import){0};
    enum pyperf_status status = format_pyperf.read(file->bytes, file->size, import, error);
    if (status != PYPERF_OK)
        pyperf_import_release(import);
    return status;
}

static struct pyperf_import must_read(const struct bytes *file)
{
    struct pyperf_import import;
    struct pyperf_error error = {.message = ""};
    assert_true(format_pyperf.recognises(file->bytes, file->size));
    enum pyperf_status status = read_bytes(file, &import, &error);
    assert_string_equal(error.message, "");
    assert_int_equal(status, PYPERF_OK);
    return import;
}

/* ---- A file of version 1, as docs/formats/pyperf.md describes it ---- */

#define PROF                                                                                   \
    "\3"                                                                                       \
    "\7program\3\1"                                                                            \
    "\x14nanoseconds_per_tick\2\0\0\0\0\0\0\xE0\x3F"                                           \
    "\7started\1\1"
#define STRS "\xE\0x.py\0f\0C.f\0M\0"
/* Three functions: the root, f in x.py with line 300, a built-in. */
#define FUNC                                                                                   \
    "\3"                                                                                       \
    "\0\2\0"       /* file: 0, 1, 1 */                                                         \
    "\0\xC\0"      /* name: 0, 6, 6 */                                                         \
    "\0\x10\3"     /* qualified name: 0, 8, 6 */                                               \
    "\0\xAC\2\0"   /* line: 0, 300, 0 */                                                       \
    "\3\0\1"       /* kind */                                                                  \
    "\0\0\0\0\0\0" /* folded */                                                                \
    "\0\x80\1\0"   /* longest: 0, 128, 0 */                                                    \
    "\0\0\0\0\0\0\xF0\x3F\0\0\0\0\0\0\xF0\x3F\0\0\0\0\0\0\xE0\x3F" /* scale: 1, 1, 0.5 */      \
    "\0\1\0" /* decorated: f */                                                                \
    "\0"                                                                                       \
    "\1\5\7\2\0" /* f: 5 of 0 to 1 ticks, 2 of 128 to 255 */                                   \
    "\0"
/* The root calls f, which calls the built-in; then the root calls that, too. */
#define NODE                                                                                   \
    "\4"                                                                                       \
    "\0\1\1\3"         /* parent: none, 0, 1, 0 */                                             \
    "\0\1\2\2"         /* function */                                                          \
    "\1\7\x81\1\2"     /* calls: 1, 7, 129, 2 */                                               \
    "\0\1\0\0"         /* resumes */                                                           \
    "\0\0\0\0"         /* folded */                                                            \
    "\0\2\0\0"         /* unrecorded */                                                        \
    "\0\0\3\0"         /* recording */                                                         \
    "\x14\xC8\1\x3C\1" /* left of inclusive: 10, 100, 30, -1 */
#define THRD                                                                                   \
    "\1"                                                                                       \
    "\x2A\0\0\0\x64\1\0\1" /* id 42; root, fold root; 0 to 100 ns; 1 open, the first of them   \
                            */                                                                 \
    "\1\x18\0\0\0\0"       /* end seen; name at 12; nothing known */
#define PROC "\1\5\4\2\2\0\1\x8A\1\x64\0"
#define OPEN "\1\2"

/* Lines 301 and 302 of f, of which the first called the built-in. */
#define LNFO                                                                                   \
    "\2"                                                                                       \
    "\xE"                                                                                      \
    "calls_recorded\1\1"                                                                       \
    "\4lost\1\5"
#define LFUN "\1\2\0\0\2\7\x82\1\3\1" /* 7 calls, 130 ticks, 3 of them overhead; decorated */
#define LINE                                                                                   \
    "\2"                                                                                       \
    "\2\0"       /* function: 1, 1 */                                                          \
    "\0\0"       /* thread */                                                                  \
    "\xDA\4\2"   /* number: 301, 302 */                                                        \
    "\0\2\1\0"   /* calls: one from 0, none from 1 */                                          \
    "\7\6"       /* hits */                                                                    \
    "\x64\x1E"   /* inclusive: 100, 30 */                                                      \
    "\x1D\0"     /* in callees: 29, 0 */                                                       \
    "\2\0\1\0" /* entries, overhead */
#define LCAL "\1\2\x81\1\x1D"
#define SRCS "\1\2\xC\1"

static struct bytes version_1(void)
{
    struct bytes file;
    make_file(&file, 1);
    make_section(&file, "prof", 1, PROF, sizeof PROF - 1);
    make_section(&file, "strs", 1, STRS, sizeof STRS - 1);
    make_section(&file, "func", 1, FUNC, sizeof FUNC - 1);
    make_section(&file, "node", 1, NODE, sizeof NODE - 1);
    make_section(&file, "thrd", 1, THRD, sizeof THRD - 1);
    make_section(&file, "proc", 1, PROC, sizeof PROC - 1);
    make_section(&file, "open", 1, OPEN, sizeof OPEN - 1);
    return file;
}

/* The same with lines, of which one section is another one. */
static struct bytes with_lines(const char *id, const char *contents, size_t size)
{
    const struct {
        const char *id, *contents;
        size_t size;
    } sections[] = {
        {"lnfo", LNFO, sizeof LNFO - 1}, {"lfun", LFUN, sizeof LFUN - 1},
        {"line", LINE, sizeof LINE - 1}, {"lcal", LCAL, sizeof LCAL - 1},
        {"srcs", SRCS, sizeof SRCS - 1},
    };
    struct bytes file = version_1();
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
        bool replaced = strcmp(sections[i].id, id) == 0;
        make_section(&file, sections[i].id, 0, replaced ? contents : sections[i].contents,
                     replaced ? size : sections[i].size);
    }
    make_end(&file, 12);
    return file;
}

static void lines_of_version_1(void **state)
{
    (void)state;
    struct bytes file = with_lines("", NULL, 0);
    struct pyperf_import import = must_read(&file);
    const struct pyperf_profile *profile = import.profile;
    const struct pyperf_lines *lines = profile->lines;
    assert_non_null(lines);
    assert_true(lines->calls_recorded && lines->lost == 5);
    assert_int_equal(lines->function_count, 1);
    assert_int_equal(lines->functions[0].function, 1);
    assert_int_equal(lines->functions[0].line_count, 2);
    assert_int_equal(lines->functions[0].calls, 7);
    assert_int_equal(lines->functions[0].inclusive, 130);
    assert_int_equal(lines->functions[0].overhead, 3);
    assert_true(lines->functions[0].decorated);

    assert_int_equal(lines->line_count, 2);
    assert_int_equal(lines->lines[0].number, 301);
    assert_int_equal(lines->lines[0].call_count, 1);
    assert_int_equal(lines->lines[0].callees, 29);
    assert_int_equal(lines->lines[0].entries, 2);
    assert_int_equal(lines->lines[0].overhead, 1);
    assert_int_equal(lines->lines[1].function, 1);
    assert_int_equal(lines->lines[1].number, 302);
    assert_int_equal(lines->lines[1].hits, 6);
    assert_int_equal(lines->lines[1].inclusive, 30);
    assert_int_equal(lines->calls[0].callee, 2);
    assert_int_equal(lines->calls[0].calls, 129);
    assert_int_equal(lines->calls[0].inclusive, 29);
    assert_string_equal(pyperf_profile_string(profile, lines->sources[0].file), "x.py");
    assert_string_equal(pyperf_profile_string(profile, lines->sources[0].text), "f");
    assert_true(lines->sources[0].changed);
    pyperf_import_release(&import);
    bytes_release(&file);
}

static void files_of_version_1(void **state)
{
    (void)state;
    struct bytes file = version_1();
    make_end(&file, 7);
    struct pyperf_import import = must_read(&file);
    const struct pyperf_profile *profile = import.profile;
    assert_string_equal(pyperf_profile_string(profile, profile->run.program), "x.py");
    assert_true(profile->run.nanoseconds_per_tick == 0.5 && profile->run.started);

    const struct pyperf_function *f = &profile->functions[1];
    assert_int_equal(profile->function_count, 3);
    assert_string_equal(pyperf_profile_string(profile, f->file), "x.py");
    assert_string_equal(pyperf_profile_string(profile, f->name), "f");
    assert_string_equal(pyperf_profile_string(profile, f->qualified_name), "C.f");
    assert_string_equal(pyperf_profile_string(profile, profile->functions[2].qualified_name),
                        "f");
    assert_int_equal(f->line, 300);
    assert_int_equal(f->longest, 128);
    assert_true(f->decorated && !profile->functions[2].decorated);
    assert_int_equal(f->durations[0], 5);
    assert_int_equal(f->durations[7], 2);
    assert_true(profile->functions[2].duration_scale == 0.5);
    assert_int_equal(profile->functions[2].kind, PYPERF_FUNCTION_BUILTIN);

    const struct pyperf_node *nodes = profile->nodes;
    assert_int_equal(profile->node_count, 4);
    assert_int_equal(nodes[0].parent, PYPERF_NO_INDEX);
    assert_int_equal(nodes[3].parent, 0);
    assert_int_equal(nodes[2].parent, 1);
    assert_int_equal(nodes[2].calls, 129);
    assert_int_equal(nodes[1].resumes, 1);
    assert_int_equal(nodes[1].unrecorded, 2);
    assert_int_equal(nodes[2].recording, 3);
    assert_int_equal(nodes[3].inclusive, UINT64_MAX);
    assert_int_equal(nodes[2].inclusive, 30);
    assert_int_equal(nodes[1].inclusive, 130);
    assert_int_equal(nodes[0].inclusive, 139);

    assert_int_equal(profile->threads[0].os_id, 42);
    assert_int_equal(profile->threads[0].fold_root, PYPERF_NO_INDEX);
    assert_int_equal(profile->threads[0].ended, 100);
    assert_string_equal(pyperf_profile_string(profile, profile->threads[0].name), "M");
    assert_int_equal(profile->processes[0].calls, 138);
    assert_string_equal(pyperf_profile_string(profile, profile->processes[0].command), "x.py");
    assert_int_equal(profile->open_calls[0], 1);
    pyperf_import_release(&import);
    bytes_release(&file);
}

/* ---- Newer files ---- */

static void assert_refused(struct bytes *file, enum pyperf_status expected, const char *why)
{
    struct pyperf_import import;
    struct pyperf_error error = {.message = "it was read"};
    enum pyperf_status status = read_bytes(file, &import, &error);
    assert_contains(error.message, why);
    assert_int_equal(status, expected);
    bytes_release(file);
}

static void what_is_new_is_skipped(void **state)
{
    (void)state;
    static const char facts[] = "\3\7newfact\2........\5other\1\x80\1\4text\3\1";
    struct bytes file = version_1();
    make_section(&file, "new ", 0, "whatever", 8);
    make_section(&file, "node", 4, "another way to store nodes", 26);
    make_section(&file, "outc", 0, facts, sizeof facts - 1);
    make_end(&file, 10);
    struct pyperf_import import = must_read(&file);
    assert_int_equal(import.profile->node_count, 4);
    assert_true(import.outcome_known);
    pyperf_import_release(&import);
    bytes_release(&file);
}

static void what_is_essential_is_not_skipped(void **state)
{
    (void)state;
    struct bytes file = version_1();
    make_section(&file, "new ", 1, "whatever", 8);
    make_end(&file, 8);
    assert_refused(&file, PYPERF_UNSUPPORTED, "does not know");
    file = version_1();
    make_section(&file, "open", 4 | 1, OPEN, sizeof OPEN - 1);
    make_end(&file, 8);
    assert_refused(&file, PYPERF_UNSUPPORTED, "does not know");
    make_file(&file, 2);
    make_end(&file, 0);
    assert_refused(&file, PYPERF_UNSUPPORTED, "version 2");
}

/* ---- Damaged files ---- */

static void structure(void **state)
{
    (void)state;
    struct bytes file;
    make_file(&file, 0);
    assert_refused(&file, PYPERF_BAD_DATA, "version 0");
    make_file(&file, 1);
    assert_refused(&file, PYPERF_BAD_DATA, "damaged at byte 12: it ends here");
    make_file(&file, 1);
    make_end(&file, 0);
    assert_refused(&file, PYPERF_BAD_DATA, "no profile");
    make_file(&file, 1);
    make_section(&file, "open", 1, OPEN, sizeof OPEN - 1);
    make_end(&file, 1);
    assert_refused(&file, PYPERF_BAD_DATA, "before any profile");
    file = version_1();
    make_section(&file, "open", 1, OPEN, sizeof OPEN - 1);
    make_end(&file, 8);
    assert_refused(&file, PYPERF_BAD_DATA, "has a part twice");
    file = version_1();
    make_section(&file, "strs", 1, STRS, sizeof STRS - 1);
    make_end(&file, 8);
    assert_refused(&file, PYPERF_BAD_DATA, "has a part twice");
    file = version_1();
    make_section(&file, "srcs", 0, SRCS, sizeof SRCS - 1);
    make_end(&file, 8);
    assert_refused(&file, PYPERF_BAD_DATA, "lacks some of its parts");
    file = version_1();
    make_section(&file, "lnfo", 0, LNFO, sizeof LNFO - 1);
    make_section(&file, "lnfo", 0, LNFO, sizeof LNFO - 1);
    make_end(&file, 9);
    assert_refused(&file, PYPERF_BAD_DATA, "has a part twice");
    file = version_1();
    make_section(&file, "prof", 1, PROF, sizeof PROF - 1);
    make_end(&file, 8);
    assert_refused(&file, PYPERF_BAD_DATA, "lacks some of its parts");
    file = version_1();
    make_end(&file, 8);
    assert_refused(&file, PYPERF_BAD_DATA, "sections are missing");
    file = version_1();
    make_end(&file, 7);
    bytes_add(&file, "x", 1);
    assert_refused(&file, PYPERF_BAD_DATA, "behind its end");
}

/* The file of version 1 with one of its sections replaced. */
static struct bytes with(const char *id, const char *contents, size_t size)
{
    const struct {
        const char *id, *contents;
        size_t size;
    } sections[] = {
        {"prof", PROF, sizeof PROF - 1}, {"strs", STRS, sizeof STRS - 1},
        {"func", FUNC, sizeof FUNC - 1}, {"node", NODE, sizeof NODE - 1},
        {"thrd", THRD, sizeof THRD - 1}, {"proc", PROC, sizeof PROC - 1},
        {"open", OPEN, sizeof OPEN - 1},
    };
    struct bytes file;
    make_file(&file, 1);
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
        bool replaced = strcmp(sections[i].id, id) == 0;
        make_section(&file, sections[i].id, 1, replaced ? contents : sections[i].contents,
                     replaced ? size : sections[i].size);
    }
    make_end(&file, 7);
    return file;
}

static void assert_bad_section(const char *id, const char *contents, size_t size,
                               const char *why)
{
    struct bytes file = with(id, contents, size);
    assert_refused(&file, PYPERF_BAD_DATA, why);
}

#define BAD(id, contents, why) assert_bad_section(id, contents, sizeof contents - 1, why)

static void contents(void **state)
{
    (void)state;
    BAD("node", "\4\0\1\1\3\0", "in section 'node' it ends too early");
    BAD("node", NODE "\0", "more in it than there should be");
    BAD("node", "\xFF\xFF\xFF\xFF\xF\0\0\0\0\0\0\0\0", "too large for its place");
    BAD("node", "\x80\x80\x40\0\0\0\0\0\0\0\0", "claims to hold more than its size allows");
    BAD("func", "\xFF\xFF\xFF\x7F", "claims to hold more than its size allows");
    BAD("strs", "\xFF\xFF\xFF\x7F\0", "claims to hold more than its size allows");
    BAD("strs", "\3\0x", "it ends too early");
    BAD("open", "\1\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\2", "more than 64 bits");
    BAD("open", "\1\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\1", "more than 64 bits");
    BAD("node", "\1\1\0\0\0\0\0\0\0", "too large for its place"); /* its parent is before it */
    BAD("prof", "\1\x40", "too large for its place");             /* a name of 64 bytes */
    BAD("prof", "\1\1x\4\0", "a fact is of no known type");
    BAD("prof", "\1\7program\1\0", "a fact is of another type");
    BAD("prof", "\1\7started\1\2", "too large for its place");
    BAD("prof", "\xFF\xFF\xFF\x7F\1x\1\0", "it ends too early");
}

static void model(void **state)
{
    (void)state;
    BAD("strs", "\xE\1x.py\0f\0C.f\0M\0", "the strings are not terminated");
    BAD("strs", "\xE\0x.py\0f\0C.f\0MM", "the strings are not terminated");
    BAD("strs", "\0", "the strings are not terminated");
    BAD("prof", "\1\7started\1\1", "what it says of the run makes no sense");   /* no rate */
    BAD("prof", "\1\7program\3\x63", "what it says of the run makes no sense"); /* offset 99 */
    BAD("node", "\1\0\7\0\0\0\0\0\0", "node 0 makes no sense"); /* there is no function 7 */
    BAD("node", "\1\0\1\0\0\0\0\0\0", "node 0 makes no sense"); /* a root that calls */
    BAD("thrd", "\1\x2A\1\0\0\x64\1\0\1\1\x18\0\0\0\0", "thread 0 makes no sense");
    BAD("thrd", "\1\x2A\0\2\0\x64\1\0\1\1\x18\0\0\0\0", "thread 0 makes no sense");
    BAD("thrd", "\1\x2A\0\0\0\x64\1\1\1\1\x18\0\0\0\0", "thread 0 makes no sense");
    BAD("thrd", "\1\x2A\0\0\0\x64\1\0\1\1\x1C\0\0\0\0", "thread 0 makes no sense");
    BAD("proc", "\1\5\4\2\2\1\1\x8A\1\x64\0", "process 0 makes no sense");
    BAD("proc", "\0", "not every thread has one process");
    BAD("open", "\1\5", "open call 0 makes no sense");
}

static void assert_bad_lines(const char *id, const char *contents, size_t size,
                             const char *why)
{
    struct bytes file = with_lines(id, contents, size);
    assert_refused(&file, PYPERF_BAD_DATA, why);
}

#define BAD_LINES(id, contents, why) assert_bad_lines(id, contents, sizeof contents - 1, why)

static void model_of_lines(void **state)
{
    (void)state;
    /* There are no function 3, no thread 1, no third line. */
    BAD_LINES("lfun", "\1\6\0\0\2\7\0\0\0", "function with lines 0 makes no sense");
    BAD_LINES("lfun", "\1\2\2\0\2\7\0\0\0", "function with lines 0 makes no sense");
    BAD_LINES("lfun", "\1\2\0\0\3\7\0\0\0", "function with lines 0 makes no sense");
    /* Of another function than its lines are; one twice; two with the same lines. */
    BAD_LINES("lfun", "\1\4\0\0\2\7\0\0\0", "function with lines 0 makes no sense");
    BAD_LINES("lfun", "\2\2\0\0\0\0\0\1\1\0\0\0\0\0\0\0\0",
              "function with lines 1 makes no sense");
    BAD_LINES("lfun", "\2\2\2\0\0\0\0\2\1\0\0\0\0\0\0\0\0",
              "lines or their calls are shared");
    /* Out of order; with more calls than there are; two with the same calls. */
    BAD_LINES("line", "\2\2\0\0\0\xDC\4\1\0\2\1\0\7\6\0\0\0\0\0\0\0\0",
              "line 1 makes no sense");
    BAD_LINES("line", "\2\2\0\0\0\xDA\4\2\0\2\2\0\7\6\0\0\0\0\0\0\0\0",
              "line 0 makes no sense");
    BAD_LINES("line", "\2\2\0\0\0\xDA\4\2\0\0\1\1\7\6\0\0\0\0\0\0\0\0",
              "lines or their calls are shared");
    BAD_LINES("lcal", "\1\3\0\0", "call of a line 0 makes no sense");
    BAD_LINES("srcs", "\1\2\xC6\1\0", "source 0 makes no sense");
}

static void compressed_contents(void **state)
{
    (void)state;
    Bytef packed[64];
    uLongf size = sizeof packed - 1;
    assert_int_equal(compress(packed, &size, (const Bytef *)OPEN, sizeof OPEN - 1), Z_OK);
    for (size_t stored = size - 1; stored <= size + 1; stored++) {
        struct bytes file = version_1();
        file.size -= 20 + sizeof OPEN - 1; /* in the place of the last section */
        packed[size] = 'x';
        make_section(&file, "open", 1 | 2, packed, stored);
        make_end(&file, 7);
        if (stored < size) {
            assert_refused(&file, PYPERF_BAD_DATA, "it cannot be decompressed");
        } else if (stored > size) {
            assert_refused(&file, PYPERF_BAD_DATA, "bytes behind its compressed contents");
        } else {
            struct pyperf_import import = must_read(&file);
            assert_int_equal(import.profile->open_calls[0], 1);
            pyperf_import_release(&import);
            bytes_release(&file);
        }
    }
}

/* A reader must also survive damage that checksums do not show: somebody made it so. What is
 * accepted can be worked with. */
static void sealed_damage(void **state)
{
    (void)state;
    unsigned int random = 1;
    struct bytes file = with_lines("", NULL, 0);
    unsigned char *changed = malloc(file.size);
    assert_non_null(changed);
    size_t accepted = 0;
    for (int round = 0; round < 100000; round++) {
        memcpy(changed, file.bytes, file.size);
        for (int i = 1 + rand_r(&random) % 3; i > 0; i--)
            changed[12 + (size_t)rand_r(&random) % (file.size - 12)] =
                (unsigned char)rand_r(&random);
        seal_sections(changed, file.size);
        const struct bytes made = {changed, file.size};
        struct pyperf_import import;
        struct pyperf_error error;
        if (read_bytes(&made, &import, &error) != PYPERF_OK)
            continue;
        struct pyperf_summary *summary;
        assert_int_equal(pyperf_summary_create(import.profile, &summary, &error), PYPERF_OK);
        pyperf_summary_free(summary);
        pyperf_import_release(&import);
        accepted++;
    }
    assert_true(accepted > 1000);
    free(changed);
    bytes_release(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_of_version_1),
        cmocka_unit_test(lines_of_version_1),
        cmocka_unit_test(what_is_new_is_skipped),
        cmocka_unit_test(what_is_essential_is_not_skipped),
        cmocka_unit_test(structure),
        cmocka_unit_test(contents),
        cmocka_unit_test(model),
        cmocka_unit_test(model_of_lines),
        cmocka_unit_test(compressed_contents),
        cmocka_unit_test(sealed_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
