/* A JSON writer (base/json_writer.h) whose text goes to an output file.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_FORMATS_JSON_FILE_H
#define PYPERF_FORMATS_JSON_FILE_H

#include "base/json_writer.h"
#include "base/output_file.h"

static inline void json_file_sink(void *context, const char *bytes, size_t size)
{
    output_file_write(context, bytes, size);
}

static inline void json_file_init(struct json_writer *json, struct output_file *file)
{
    json_writer_init(json, json_file_sink, file);
}

#endif
