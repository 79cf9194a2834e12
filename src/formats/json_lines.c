/* SPDX-License-Identifier: MIT */
#include "formats/json_lines.h"

#include "analysis/line_tables.h"
#include "analysis/python_source.h"

static double seconds(uint64_t time)
{
    return (double)time * LINE_TABLES_UNIT;
}

static void add_call(struct json_writer *json, const struct pyperf_profile *profile,
                     const struct line_call *call)
{
    const struct pyperf_function *callee = &profile->functions[call->callee];
    json_begin_object(json);
    json_member_string(json, "file", pyperf_profile_string(profile, callee->file));
    json_member_unsigned(json, "line", callee->line);
    json_member_string(json, "name", pyperf_profile_string(profile, callee->qualified_name));
    json_member_unsigned(json, "calls", call->calls);
    json_member_double(json, "time", seconds(call->time));
    json_end_object(json);
}

static void add_calls(struct json_writer *json, const struct pyperf_profile *profile,
                      const struct line_tables *tables, const struct line_row *row)
{
    json_key(json, "calls");
    if (!profile->lines->calls_recorded) {
        json_null(json);
        return;
    }
    json_begin_array(json);
    for (uint32_t i = 0; i < row->call_count; i++)
        add_call(json, profile, &tables->calls[row->first_call + i]);
    json_end_array(json);
}

static void add_text(struct json_writer *json, const struct python_source *source,
                     uint32_t number)
{
    json_key(json, "text");
    if (number > source->line_count) {
        json_null(json);
        return;
    }
    size_t length;
    const char *text = python_source_line(source, number, &length);
    json_string_bytes(json, text, length);
}

static bool add_table(struct json_writer *json, const struct pyperf_profile *profile,
                      const struct line_tables *tables, const struct line_table *table)
{
    struct python_source source;
    if (!python_source_scan(&source, table->source
                                         ? pyperf_profile_string(profile, table->source->text)
                                         : "")) {
        python_source_release(&source);
        return false;
    }
    json_line(json);
    json_begin_object(json);
    json_member_string(json, "file", table->file);
    json_member_unsigned(json, "line", table->first_line);
    json_member_string(json, "name", table->name);
    json_member_double(json, "time", seconds(table->time));
    json_member_double(json, "own", seconds(table->own));
    json_key(json, "lines");
    json_begin_array(json);
    for (uint32_t i = 0; i < table->row_count; i++) {
        const struct line_row *row = &table->rows[i];
        json_line(json);
        json_begin_object(json);
        json_member_unsigned(json, "line", row->number);
        json_member_unsigned(json, "hits", row->hits);
        json_member_double(json, "time", seconds(row->time));
        json_member_double(json, "callees", seconds(row->callees));
        add_text(json, &source, row->number);
        add_calls(json, profile, tables, row);
        json_end_object(json);
    }
    json_end_array(json);
    json_end_object(json);
    python_source_release(&source);
    return true;
}

bool json_lines_write(struct json_writer *json, const struct pyperf_profile *profile)
{
    struct line_tables tables;
    struct pyperf_error error;
    bool done = line_tables_create(profile, PYPERF_NO_INDEX, LINE_ORDER_LABEL, &tables,
                                   &error) == PYPERF_OK;
    json_line(json);
    json_key(json, "lines");
    json_begin_array(json);
    for (uint32_t i = 0; i < tables.count && done; i++)
        done = add_table(json, profile, &tables, &tables.tables[i]);
    json_line(json);
    json_end_array(json);
    line_tables_release(&tables);
    return done;
}
