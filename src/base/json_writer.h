/* JSON (RFC 8259) written as it comes, without a document in memory.
 *
 *     struct json_writer json;
 *     json_writer_init(&json, sink, context);
 *     json_begin_object(&json);
 *     json_key(&json, "calls");
 *     json_unsigned(&json, 3);
 *     json_end_object(&json);
 *     json_writer_finish(&json);
 *
 * Commas come by themselves. That containers are closed and that keys stand where they belong
 * is the caller's business. What is written is ASCII but for printable text, so it is fit for
 * terminals, and for a <script> element.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_BASE_JSON_WRITER_H
#define PYPERF_BASE_JSON_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Takes what was written so far, in pieces. Remembering failures is its own business. */
typedef void json_sink(void *context, const char *bytes, size_t size);

enum { JSON_BUFFER_SIZE = 4096 }; /* bytes that are collected for a call of the sink */

struct json_writer {
    json_sink *sink;
    void *context;
    size_t buffered;
    bool wants_comma; /* a value stands before the place where the next one comes */
    bool wants_line;  /* what comes next stands on a line of its own */
    char buffer[JSON_BUFFER_SIZE];
};

void json_writer_init(struct json_writer *json, json_sink *sink, void *context);

/* Ends the text with a newline and hands what is left to the sink. */
void json_writer_finish(struct json_writer *json);

void json_begin_object(struct json_writer *json);
void json_end_object(struct json_writer *json);
void json_begin_array(struct json_writer *json);
void json_end_array(struct json_writer *json);

/* The name of the value that comes next. */
void json_key(struct json_writer *json, const char *name);

/* UTF-8. Lone surrogates are written as \uD8xx, and bytes that are not UTF-8 as the surrogates
 * \uDCxx that Python's "surrogateescape" makes of them, as Python's json module does and reads.
 */
void json_string(struct json_writer *json, const char *text);
void json_string_bytes(struct json_writer *json, const char *text, size_t size); /* no NUL */

void json_unsigned(struct json_writer *json, uint64_t number);
void json_signed(struct json_writer *json, int64_t number);

/* The shortest decimal that reads back as the same number; null for what is none (infinities).
 * The C library's locale must be "C" as far as numbers go. */
void json_double(struct json_writer *json, double number);
void json_boolean(struct json_writer *json, bool value);
void json_null(struct json_writer *json);

/* What comes next, be it a value, a key or the end of a container, starts a line: for people,
 * and for tools that go by lines. */
void json_line(struct json_writer *json);

/* A key with its value. */
void json_member_string(struct json_writer *json, const char *name, const char *text);
void json_member_unsigned(struct json_writer *json, const char *name, uint64_t number);
void json_member_index(struct json_writer *json, const char *name,
                       uint32_t index); /* null for UINT32_MAX, which is none */
void json_member_double(struct json_writer *json, const char *name, double number);
void json_member_boolean(struct json_writer *json, const char *name, bool value);

#endif
