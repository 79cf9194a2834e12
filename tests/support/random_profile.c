/* Writes and prints profiles of made-up programs, so that other programs can say whether they
 * are right:
 *
 *     random_profile SEED NODES tree           every node, for a model in another language
 *     random_profile SEED NODES prof FILE      the file, in the format that its suffix means
 *     random_profile SEED NODES stats|callers|callees [OPTION…]
 *
 * options: strip, reverse, escape, sort=KEYS, limit=RESTRICTION, heading=TEXT
 *
 * The names are chosen to be awkward: labels that collide, equal names in several directories,
 * code points of every size, lone surrogates, quotes, addresses. Times are whole numbers of
 * ticks of 2^-20 seconds, so that sums are exact in any order.
 *
 * SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pyperf/formats.h>
#include <pyperf/reports.h>

#include "base/text_buffer.h"
#include "profile_builder.h"

static uint64_t next_random(uint64_t *state)
{
    *state += 0x9E3779B97F4A7C15u; /* splitmix64 */
    uint64_t mixed = *state;
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBu;
    return mixed ^ mixed >> 31;
}

static uint32_t below(uint64_t *state, uint32_t limit)
{
    return (uint32_t)(next_random(state) % limit);
}

static const struct {
    enum pyperf_function_kind kind;
    uint32_t line;
    const char *file;
    const char *name;
} functions[] = {
    {PYPERF_FUNCTION_PYTHON, 10, "/usr/lib/python3/a.py", "work"},
    {PYPERF_FUNCTION_PYTHON, 10, "/home/me/a.py", "work"},
    {PYPERF_FUNCTION_PYTHON, 10, "a.py", "work"},
    {PYPERF_FUNCTION_PYTHON, 9, "/home/me/a.py", "work"},
    {PYPERF_FUNCTION_PYTHON, 100, "/home/me/a.py", "<lambda>"},
    {PYPERF_FUNCTION_PYTHON, 100, "/home/me/a.py", "<lambda>"},
    {PYPERF_FUNCTION_PYTHON, 100, "/usr/lib/a.py", "<lambda>"},
    {PYPERF_FUNCTION_PYTHON, 1, "<string>", "<module>"},
    {PYPERF_FUNCTION_PYTHON, 1, "<string>", "<module>"},
    {PYPERF_FUNCTION_PYTHON, 3, "/a/trailing/", "slash"},
    {PYPERF_FUNCTION_PYTHON, 0, "", "nameless"},
    {PYPERF_FUNCTION_PYTHON, 7, "~", "<tilde>"},
    {PYPERF_FUNCTION_PYTHON, 4, "/home/m\xC3\xA9/\xE6\x96\x87.py", "na\xC3\xAFve"},
    {PYPERF_FUNCTION_PYTHON, 4, "/b/\xF0\x9F\x90\x8D.py", "snake_\xF0\x9F\x90\x8D"},
    {PYPERF_FUNCTION_PYTHON, 4, "/b/\xEF\xBF\xBD.py", "replaced"},
    {PYPERF_FUNCTION_PYTHON, 5, "/b/lone_\xED\xB3\xBF.py", "surrogate_\xED\xA0\x80"},
    {PYPERF_FUNCTION_PYTHON, 6, "/b/quote's \"file\".py", "it's"},
    {PYPERF_FUNCTION_PYTHON, 12345678, "/b/a_rather_long_name_of_a_module_in_a_package.py",
     "and_a_function_with_a_name_that_is_longer_than_anything_else_here"},
    {PYPERF_FUNCTION_PYTHON, 2147483647u, "/b/c.py", "last_line"},
    {PYPERF_FUNCTION_BUILTIN, 0, "~", "<built-in method builtins.len>"},
    {PYPERF_FUNCTION_BUILTIN, 0, "~", "<method 'append' of 'list' objects>"},
    {PYPERF_FUNCTION_BUILTIN, 0, "~", "<built-in method __new__ of type object at 0x8a2b40>"},
    {PYPERF_FUNCTION_BUILTIN, 0, "~", "<built-in method __new__ of type object at 0x9FF>"},
    {PYPERF_FUNCTION_BUILTIN, 0, "~", "<method 'read' of 'x' objects at 0xZZ>"},
    {PYPERF_FUNCTION_BUILTIN, 0, "~", "unbracketed"},
    {PYPERF_FUNCTION_BUILTIN, 0, "~", "<>"},
};

enum { FUNCTION_COUNT = sizeof functions / sizeof *functions };

/* Parents are recent nodes more often than not: deep trees with much recursion. */
static uint32_t choose_parent(uint64_t *state, uint32_t count, uint32_t root)
{
    uint32_t available = count - root;
    if (below(state, 4) == 0)
        return root + below(state, available);
    uint32_t back = below(state, available < 5 ? available : 5);
    return count - 1 - back;
}

static uint64_t choose_calls(uint64_t *state)
{
    static const uint32_t limits[] = {1, 1, 3, 40, 5000};
    uint64_t calls = 1 + below(state, limits[below(state, 5)]);
    return below(state, 500) == 0 ? calls << 34 : calls; /* beyond 32 bits */
}

static void add_tree(struct pyperf_profile *profile, uint64_t *state, uint32_t nodes)
{
    uint32_t root = build_thread(profile, below(state, 1000));
    for (uint32_t i = 0; i < nodes; i++) {
        uint32_t parent = choose_parent(state, profile->node_count, root);
        uint32_t function = below(state, FUNCTION_COUNT);
        uint64_t self = below(state, 3) == 0 ? 0 : below(state, 1u << below(state, 24));
        uint32_t node = build_node(profile, parent, function, choose_calls(state), self);
        if (below(state, 8) == 0)
            profile->nodes[node].resumes = below(state, 100);
    }
}

static struct pyperf_profile *random_profile(uint64_t seed, uint32_t nodes)
{
    uint64_t state = seed;
    struct pyperf_profile *profile = build_profile("dir/script.py");
    profile->run.nanoseconds_per_tick = 1e9 / (1 << 20);
    for (size_t i = 0; i < FUNCTION_COUNT; i++)
        build_function(profile, functions[i].kind, functions[i].file, functions[i].line,
                       functions[i].name);
    uint32_t threads = 1 + below(&state, 3);
    for (uint32_t i = 0; i < threads; i++)
        add_tree(profile, &state, nodes / threads);
    build_process(profile, "script.py");
    build_inclusive(profile);
    return profile;
}

static void print_hexadecimal(const char *text)
{
    putchar('"'); /* so that no field is empty */
    for (; *text; text++)
        printf("%02x", (unsigned char)*text);
}

static void print_tree(const struct pyperf_profile *profile)
{
    static const char *const kinds[] = {"python", "builtin", "builtin", "root", "fold-root"};
    for (uint32_t i = 0; i < profile->node_count; i++) {
        const struct pyperf_node *node = &profile->nodes[i];
        const struct pyperf_function *function = &profile->functions[node->function];
        long long parent = node->parent == PYPERF_NO_INDEX ? -1 : (long long)node->parent;
        printf("%lld %s %" PRIu64 " %" PRIu64 " %" PRIu64 " %u ", parent, kinds[function->kind],
               node->calls, node->resumes, node->inclusive, function->line);
        print_hexadecimal(pyperf_profile_string(profile, function->file));
        putchar(' ');
        print_hexadecimal(pyperf_profile_string(profile, function->name));
        putchar('\n');
    }
}

struct request {
    struct pyperf_table_options table;
    struct pyperf_selection *selection;
    bool strip;
};

static const char *value_of(const char *argument, const char *name)
{
    size_t length = strlen(name);
    return strncmp(argument, name, length) == 0 ? argument + length : NULL;
}

static enum pyperf_status read_option(struct request *request, const char *argument,
                                      struct pyperf_error *error)
{
    const char *value;
    if (strcmp(argument, "strip") == 0)
        request->strip = true;
    else if (strcmp(argument, "reverse") == 0)
        request->table.reverse = true;
    else if (strcmp(argument, "escape") == 0)
        request->table.escape_controls = true;
    else if ((value = value_of(argument, "sort=")))
        return pyperf_sort_parse(&request->table.sort, value, error);
    else if ((value = value_of(argument, "limit=")))
        return pyperf_selection_add(request->selection, value, error);
    else if ((value = value_of(argument, "heading=")))
        request->table.heading = value;
    else
        return pyperf_error_set(error, PYPERF_USAGE, "unknown option '%s'", argument);
    return PYPERF_OK;
}

static enum pyperf_status print_table(struct pyperf_summary *summary, const char *which,
                                      const struct request *request, struct pyperf_error *error)
{
    struct text_buffer text = {0};
    enum pyperf_status status = PYPERF_OK;
    if (request->strip)
        status = pyperf_summary_strip_directories(summary, error);
    if (status == PYPERF_OK)
        status = strcmp(which, "callers") == 0
                     ? pyperf_report_callers(summary, &request->table, &text, error)
                 : strcmp(which, "callees") == 0
                     ? pyperf_report_callees(summary, &request->table, &text, error)
                     : pyperf_report_stats(summary, &request->table, &text, error);
    fwrite(text_buffer_text(&text), 1, text.length, stdout);
    text_buffer_release(&text);
    return status;
}

static enum pyperf_status act(const struct pyperf_profile *profile, int count, char **arguments,
                              struct pyperf_error *error)
{
    struct pyperf_summary *summary = NULL;
    enum pyperf_status status = pyperf_summary_create(profile, &summary, error);
    struct request request = {.selection = pyperf_selection_create()};
    request.table.selection = request.selection;
    if (status == PYPERF_OK && strcmp(arguments[0], "prof") == 0 && count == 2) {
        struct pyperf_export content = {.profile = profile, .summary = summary};
        status = pyperf_format_write(pyperf_format_for_path(arguments[1]), &content,
                                     arguments[1], error);
    } else if (status == PYPERF_OK) {
        for (int i = 1; i < count && status == PYPERF_OK; i++)
            status = read_option(&request, arguments[i], error);
        if (status == PYPERF_OK)
            status = print_table(summary, arguments[0], &request, error);
    }
    pyperf_selection_free(request.selection);
    pyperf_summary_free(summary);
    return status;
}

int main(int count, char **arguments)
{
    if (count < 4) {
        fprintf(stderr, "usage: random_profile SEED NODES tree|prof|stats|callers|callees …\n");
        return 2;
    }
    struct pyperf_profile *profile = random_profile(strtoull(arguments[1], NULL, 10),
                                                    (uint32_t)strtoul(arguments[2], NULL, 10));
    struct pyperf_error error = {.status = PYPERF_OK};
    if (strcmp(arguments[3], "tree") == 0)
        print_tree(profile);
    else
        (void)act(profile, count - 3, arguments + 3, &error);
    pyperf_profile_free(profile);
    if (error.status != PYPERF_OK)
        fprintf(stderr, "%s\n", error.message);
    return error.status == PYPERF_OK ? 0 : 1;
}
