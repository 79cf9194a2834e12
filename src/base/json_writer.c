/* SPDX-License-Identifier: MIT */
#include "base/json_writer.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

static void flush(struct json_writer *json)
{
    if (json->buffered > 0)
        json->sink(json->context, json->buffer, json->buffered);
    json->buffered = 0;
}

static void put(struct json_writer *json, const char *bytes, size_t size)
{
    if (size > sizeof json->buffer - json->buffered)
        flush(json);
    if (size > sizeof json->buffer) {
        json->sink(json->context, bytes, size);
        return;
    }
    memcpy(json->buffer + json->buffered, bytes, size);
    json->buffered += size;
}

static void put_text(struct json_writer *json, const char *text)
{
    put(json, text, strlen(text));
}

void json_writer_init(struct json_writer *json, json_sink *sink, void *context)
{
    json->sink = sink;
    json->context = context;
    json->buffered = 0;
    json->wants_comma = false;
    json->wants_line = false;
}

void json_writer_finish(struct json_writer *json)
{
    put(json, "\n", 1);
    flush(json);
}

/* ---- Structure ---- */

static void break_line(struct json_writer *json)
{
    if (json->wants_line)
        put(json, "\n", 1);
    json->wants_line = false;
}

static void separate(struct json_writer *json)
{
    if (json->wants_comma)
        put(json, ",", 1);
    json->wants_comma = false;
    break_line(json);
}

/* A value of any kind, given as text. */
static void put_value(struct json_writer *json, const char *text)
{
    separate(json);
    put_text(json, text);
    json->wants_comma = true;
}

static void begin(struct json_writer *json, const char *bracket)
{
    separate(json);
    put(json, bracket, 1);
}

static void end(struct json_writer *json, const char *bracket)
{
    break_line(json);
    put(json, bracket, 1);
    json->wants_comma = true;
}

void json_begin_object(struct json_writer *json)
{
    begin(json, "{");
}

void json_end_object(struct json_writer *json)
{
    end(json, "}");
}

void json_begin_array(struct json_writer *json)
{
    begin(json, "[");
}

void json_end_array(struct json_writer *json)
{
    end(json, "]");
}

void json_key(struct json_writer *json, const char *name)
{
    json_string(json, name);
    put(json, ": ", 2);
    json->wants_comma = false;
}

void json_line(struct json_writer *json)
{
    json->wants_line = true;
}

/* ---- Strings ---- */

static bool needs_escape(uint32_t code_point)
{
    bool control = code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0);
    bool surrogate = code_point >= 0xD800 && code_point < 0xE000;
    /* Line separators, which JavaScript once took for ends of lines. */
    bool separator = code_point == 0x2028 || code_point == 0x2029;
    return control || surrogate || separator || code_point == '"' || code_point == '\\';
}

static void put_escaped(struct json_writer *json, uint32_t code_point)
{
    static const char letters[][2] = {"\"\"", "\\\\", "\bb", "\ff", "\nn", "\rr", "\tt"};
    char text[8];
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++) {
        if ((unsigned char)letters[i][0] == code_point) {
            const char escape[2] = {'\\', letters[i][1]};
            put(json, escape, sizeof escape);
            return;
        }
    }
    snprintf(text, sizeof text, "\\u%04x", (unsigned)code_point & 0xFFFF);
    put_text(json, text);
}

/* The length of the character at `text`, and what it is; a byte that is no UTF-8 is one. */
static size_t next_character(const char *text, size_t left, uint32_t *code_point)
{
    /* utf8_decode stops at a NUL only, which is not where our text ends. */
    char bytes[5] = "";
    memcpy(bytes, text, left < 4 ? left : 4);
    size_t size = utf8_decode(bytes, code_point);
    if (size == 0)
        *code_point = 0xDC00u + (unsigned char)*text;
    return size ? size : 1;
}

static bool ends_script(const char *text, size_t left)
{
    return left > 1 && text[0] == '<' && (text[1] == '/' || text[1] == '!');
}

void json_string_bytes(struct json_writer *json, const char *text, size_t size)
{
    separate(json);
    put(json, "\"", 1);
    size_t plain = 0; /* characters before `at` that are to be written as they are */
    size_t at = 0;
    while (at < size) {
        uint32_t code_point;
        size_t length = next_character(text + at, size - at, &code_point);
        if (needs_escape(code_point) || ends_script(text + at, size - at)) {
            put(json, text + at - plain, plain);
            put_escaped(json, code_point);
            plain = 0;
        } else {
            plain += length;
        }
        at += length;
    }
    put(json, text + at - plain, plain);
    put(json, "\"", 1);
    json->wants_comma = true;
}

void json_string(struct json_writer *json, const char *text)
{
    json_string_bytes(json, text, strlen(text));
}

/* ---- Other values ---- */

void json_unsigned(struct json_writer *json, uint64_t number)
{
    char text[32];
    snprintf(text, sizeof text, "%" PRIu64, number);
    put_value(json, text);
}

void json_signed(struct json_writer *json, int64_t number)
{
    char text[32];
    snprintf(text, sizeof text, "%" PRId64, number);
    put_value(json, text);
}

void json_double(struct json_writer *json, double number)
{
    char text[40];
    if (!isfinite(number)) {
        json_null(json);
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, number);
        if (strtod(text, NULL) == number)
            break;
    }
    put_value(json, text);
}

void json_boolean(struct json_writer *json, bool value)
{
    put_value(json, value ? "true" : "false");
}

void json_null(struct json_writer *json)
{
    put_value(json, "null");
}

/* ---- Members ---- */

void json_member_string(struct json_writer *json, const char *name, const char *text)
{
    json_key(json, name);
    json_string(json, text);
}

void json_member_unsigned(struct json_writer *json, const char *name, uint64_t number)
{
    json_key(json, name);
    json_unsigned(json, number);
}

void json_member_index(struct json_writer *json, const char *name, uint32_t index)
{
    json_key(json, name);
    if (index == UINT32_MAX)
        json_null(json);
    else
        json_unsigned(json, index);
}

void json_member_double(struct json_writer *json, const char *name, double number)
{
    json_key(json, name);
    json_double(json, number);
}

void json_member_boolean(struct json_writer *json, const char *name, bool value)
{
    json_key(json, name);
    json_boolean(json, value);
}
