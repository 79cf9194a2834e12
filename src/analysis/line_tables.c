/* SPDX-License-Identifier: MIT */
#include "analysis/line_tables.h"

#include <stdlib.h>
#include <string.h>

#include "base/saturating.h"

/* The tables in the making. */
struct making {
    const struct pyperf_profile *profile;
    uint32_t thread;
    double scale;          /* nanoseconds in a tick */
    uint32_t *ranks;       /* of a function: equal for those that are one, by label */
    uint32_t *first;       /* of a rank: the function of it that came first */
    uint32_t *table_ranks; /* of a table */
    uint32_t *lines;       /* indices of the lines that count, by rank and number */
    uint32_t line_count;
    struct line_tables *tables;
};

/* ---- Order ---- */

static int compare_numbers(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int compare_labels(const struct pyperf_profile *profile, uint32_t left, uint32_t right)
{
    const struct pyperf_function *a = &profile->functions[left];
    const struct pyperf_function *b = &profile->functions[right];
    int order = strcmp(pyperf_profile_string(profile, a->file),
                       pyperf_profile_string(profile, b->file));
    if (order == 0)
        order = compare_numbers(a->line, b->line);
    if (order == 0)
        order = strcmp(pyperf_profile_string(profile, a->qualified_name),
                       pyperf_profile_string(profile, b->qualified_name));
    return order;
}

static int order_functions(const void *left, const void *right, void *context)
{
    const uint32_t *a = left, *b = right;
    int order = compare_labels(context, *a, *b);
    return order ? order : compare_numbers(*a, *b);
}

/* Gives all functions their ranks. */
static bool rank_functions(struct making *making)
{
    const struct pyperf_profile *profile = making->profile;
    uint32_t count = profile->function_count, rank = 0;
    uint32_t *order = malloc(((size_t)count + 1) * sizeof *order);
    making->ranks = malloc(((size_t)count + 1) * sizeof *making->ranks);
    making->first = malloc(((size_t)count + 1) * sizeof *making->first);
    if (!order || !making->ranks || !making->first) {
        free(order);
        return false;
    }
    for (uint32_t i = 0; i < count; i++)
        order[i] = i;
    qsort_r(order, count, sizeof *order, order_functions, (void *)profile);
    for (uint32_t i = 0; i < count; i++) {
        bool same = i > 0 && compare_labels(profile, order[i - 1], order[i]) == 0;
        if (i > 0 && !same)
            rank++;
        if (!same)
            making->first[rank] = order[i];
        making->ranks[order[i]] = rank;
    }
    free(order);
    return true;
}

static int order_lines(const void *left, const void *right, void *context)
{
    const struct making *making = context;
    const struct pyperf_line *a = &making->profile->lines->lines[*(const uint32_t *)left];
    const struct pyperf_line *b = &making->profile->lines->lines[*(const uint32_t *)right];
    int order = compare_numbers(making->ranks[a->function], making->ranks[b->function]);
    return order ? order : compare_numbers(a->number, b->number);
}

static bool is_wanted(const struct making *making, uint32_t thread)
{
    return making->thread == PYPERF_NO_INDEX || making->thread == thread;
}

static bool sort_lines(struct making *making)
{
    const struct pyperf_lines *lines = making->profile->lines;
    making->lines = malloc(((size_t)lines->line_count + 1) * sizeof *making->lines);
    if (!making->lines)
        return false;
    for (uint32_t i = 0; i < lines->line_count; i++)
        if (is_wanted(making, lines->lines[i].thread))
            making->lines[making->line_count++] = i;
    qsort_r(making->lines, making->line_count, sizeof *making->lines, order_lines, making);
    return true;
}

/* ---- Rows ---- */

static int order_calls_by_callee(const void *left, const void *right)
{
    const struct line_call *a = left, *b = right;
    return compare_numbers(a->callee, b->callee);
}

static int order_calls_by_time(const void *left, const void *right)
{
    const struct line_call *a = left, *b = right;
    int order = compare_numbers(b->time, a->time);
    return order ? order : compare_numbers(a->callee, b->callee);
}

static uint64_t nanoseconds(const struct making *making, uint64_t ticks)
{
    return making->scale == 1 ? ticks : saturating_from((double)ticks * making->scale + 0.5);
}

/* Makes one of the calls of the same callee, turns ticks into time, and sorts. */
static uint32_t settle_calls(const struct making *making, struct line_call *calls,
                             uint32_t count)
{
    uint32_t kept = 0;
    qsort(calls, count, sizeof *calls, order_calls_by_callee);
    for (uint32_t i = 0; i < count; i++) {
        if (kept > 0 && calls[kept - 1].callee == calls[i].callee) {
            saturating_add(&calls[kept - 1].calls, calls[i].calls);
            saturating_add(&calls[kept - 1].time, calls[i].time);
        } else {
            calls[kept++] = calls[i];
        }
    }
    for (uint32_t i = 0; i < kept; i++)
        calls[i].time = nanoseconds(making, calls[i].time);
    qsort(calls, kept, sizeof *calls, order_calls_by_time);
    return kept;
}

/* Adds up the lines from `from` on that have one rank and number; returns where they end. */
static uint32_t add_row(struct making *making, struct line_row *row, uint32_t *call_count,
                        uint32_t from)
{
    const struct pyperf_lines *lines = making->profile->lines;
    uint32_t at = from;
    *row = (struct line_row){.number = lines->lines[making->lines[from]].number,
                             .first_call = *call_count};
    for (; at < making->line_count &&
           order_lines(&making->lines[from], &making->lines[at], making) == 0;
         at++) {
        const struct pyperf_line *line = &lines->lines[making->lines[at]];
        saturating_add(&row->hits, line->hits);
        saturating_add(&row->time, line->inclusive);
        saturating_add(&row->callees, line->callees);
        for (uint32_t i = 0; i < line->call_count; i++) {
            const struct pyperf_line_call *call = &lines->calls[line->first_call + i];
            making->tables->calls[(*call_count)++] =
                (struct line_call){call->callee, call->calls, call->inclusive};
        }
    }
    row->time = nanoseconds(making, row->time);
    row->callees = nanoseconds(making, row->callees);
    row->call_count = settle_calls(making, making->tables->calls + row->first_call,
                                   *call_count - row->first_call);
    *call_count = row->first_call + row->call_count;
    return at;
}

/* ---- Tables ---- */

static const struct pyperf_source *find_source(const struct pyperf_profile *profile,
                                               const char *file)
{
    const struct pyperf_lines *lines = profile->lines;
    for (uint32_t i = 0; i < lines->source_count; i++)
        if (strcmp(pyperf_profile_string(profile, lines->sources[i].file), file) == 0)
            return &lines->sources[i];
    return NULL;
}

static void begin_table(struct making *making, uint32_t rank, struct line_row *rows)
{
    const struct pyperf_profile *profile = making->profile;
    const struct pyperf_function *function = &profile->functions[making->first[rank]];
    const char *file = pyperf_profile_string(profile, function->file);
    making->table_ranks[making->tables->count] = rank;
    making->tables->tables[making->tables->count++] = (struct line_table){
        .file = file,
        .name = pyperf_profile_string(profile, function->qualified_name),
        .first_line = function->line,
        .source = find_source(profile, file),
        .rows = rows,
    };
}

/* Adds the rows of the table's lines, from `at` on; returns where they end. */
static uint32_t add_rows(struct making *making, struct line_table *table, uint32_t rank,
                         uint32_t *call_count, uint32_t at)
{
    const struct pyperf_line *lines = making->profile->lines->lines;
    while (at < making->line_count &&
           making->ranks[lines[making->lines[at]].function] == rank) {
        struct line_row *row = &table->rows[table->row_count++];
        at = add_row(making, row, call_count, at);
        saturating_add(&table->hits, row->hits);
        saturating_add(&table->time, row->time);
        saturating_add(&table->own,
                       row->time - (row->callees < row->time ? row->callees : row->time));
    }
    return at;
}

/* `present`: the ranks of functions that have a table. */
static void fill_tables(struct making *making, const bool *present)
{
    struct line_tables *tables = making->tables;
    struct line_row *rows = tables->rows;
    uint32_t call_count = 0, at = 0;
    for (uint32_t rank = 0; rank < making->profile->function_count; rank++) {
        if (!present[rank])
            continue;
        begin_table(making, rank, rows);
        struct line_table *table = &tables->tables[tables->count - 1];
        at = add_rows(making, table, rank, &call_count, at);
        rows += table->row_count;
    }
}

/* Functions have a table where they have lines, or are known to have none. */
static bool make_tables(struct making *making)
{
    const struct pyperf_lines *lines = making->profile->lines;
    bool *present = calloc((size_t)making->profile->function_count + 1, sizeof *present);
    if (!present)
        return false;
    for (uint32_t i = 0; i < lines->function_count; i++)
        if (is_wanted(making, lines->functions[i].thread))
            present[making->ranks[lines->functions[i].function]] = true;
    for (uint32_t i = 0; i < making->line_count; i++)
        present[making->ranks[lines->lines[making->lines[i]].function]] = true;
    fill_tables(making, present);
    free(present);
    return true;
}

static struct line_table *find_table(const struct making *making, uint32_t rank)
{
    uint32_t low = 0, high = making->tables->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (making->table_ranks[middle] < rank)
            low = middle + 1;
        else
            high = middle;
    }
    return low < making->tables->count && making->table_ranks[low] == rank
               ? &making->tables->tables[low]
               : NULL;
}

/* What is known of functions as wholes. Under recursion a moment is in the time of several of a
 * function's lines, but in the function's once. */
static bool add_functions(struct making *making)
{
    const struct pyperf_lines *lines = making->profile->lines;
    struct line_tables *tables = making->tables;
    uint64_t *wholes = calloc((size_t)tables->count + 1, sizeof *wholes);
    if (!wholes)
        return false;
    for (uint32_t i = 0; i < lines->function_count; i++) {
        const struct pyperf_line_function *function = &lines->functions[i];
        struct line_table *table = find_table(making, making->ranks[function->function]);
        if (!table || !is_wanted(making, function->thread))
            continue;
        saturating_add(&wholes[table - tables->tables], function->inclusive);
    }
    for (uint32_t i = 0; i < tables->count; i++) {
        uint64_t whole = nanoseconds(making, wholes[i]);
        if (whole > 0 && whole < tables->tables[i].time)
            tables->tables[i].time = whole;
        if (tables->tables[i].own > tables->tables[i].time)
            tables->tables[i].own = tables->tables[i].time;
    }
    free(wholes);
    return true;
}

struct ranked_table {
    struct line_table table;
    uint32_t first; /* function */
};

static int order_tables_by_function(const void *left, const void *right)
{
    const struct ranked_table *a = left, *b = right;
    return compare_numbers(a->first, b->first);
}

static int order_tables_by_time(const void *left, const void *right)
{
    const struct ranked_table *a = left, *b = right;
    int order = compare_numbers(a->table.time, b->table.time);
    return order ? order : order_tables_by_function(left, right);
}

/* By label they are as they are made. */
static bool sort_tables(const struct making *making, enum line_order order)
{
    struct line_tables *tables = making->tables;
    if (order == LINE_ORDER_LABEL)
        return true;
    struct ranked_table *ranked = malloc(((size_t)tables->count + 1) * sizeof *ranked);
    if (!ranked)
        return false;
    for (uint32_t i = 0; i < tables->count; i++)
        ranked[i] =
            (struct ranked_table){tables->tables[i], making->first[making->table_ranks[i]]};
    qsort(ranked, tables->count, sizeof *ranked,
          order == LINE_ORDER_TIME ? order_tables_by_time : order_tables_by_function);
    for (uint32_t i = 0; i < tables->count; i++)
        tables->tables[i] = ranked[i].table;
    free(ranked);
    return true;
}

static bool reserve(struct making *making)
{
    const struct pyperf_lines *lines = making->profile->lines;
    struct line_tables *tables = making->tables;
    size_t count = (size_t)making->line_count + 1, calls = 1;
    for (uint32_t i = 0; i < making->line_count; i++)
        calls += lines->lines[making->lines[i]].call_count;
    if (calls > UINT32_MAX)
        return false;
    size_t functions = (size_t)making->profile->function_count + 1;
    tables->tables = malloc(functions * sizeof *tables->tables);
    tables->rows = malloc(count * sizeof *tables->rows);
    tables->calls = malloc(calls * sizeof *tables->calls);
    making->table_ranks = malloc(functions * sizeof *making->table_ranks);
    return tables->tables && tables->rows && tables->calls && making->table_ranks;
}

enum pyperf_status line_tables_create(const struct pyperf_profile *profile, uint32_t thread,
                                      enum line_order order, struct line_tables *tables,
                                      struct pyperf_error *error)
{
    *tables = (struct line_tables){NULL};
    struct making making = {.profile = profile,
                            .thread = thread,
                            .scale = profile->run.nanoseconds_per_tick,
                            .tables = tables};
    bool made = rank_functions(&making) && sort_lines(&making) && reserve(&making);
    made =
        made && make_tables(&making) && add_functions(&making) && sort_tables(&making, order);
    free(making.ranks);
    free(making.first);
    free(making.table_ranks);
    free(making.lines);
    return made ? PYPERF_OK : pyperf_error_set(error, PYPERF_NO_MEMORY, "out of memory");
}

void line_tables_release(struct line_tables *tables)
{
    free(tables->tables);
    free(tables->rows);
    free(tables->calls);
}
