/* SPDX-License-Identifier: MIT */
#include "formats/json.h"

#include "formats/json_file.h"
#include "formats/json_profile.h"

static enum pyperf_status write_json(const struct pyperf_export *content,
                                     struct output_file *file, struct pyperf_error *error)
{
    if (!content->summary)
        return pyperf_error_set(error, PYPERF_UNSUPPORTED,
                                "JSON holds the times of functions, and there are none");
    const struct json_profile document = {
        .creator = creator_of(content),
        .files = &content->source,
        .file_count = content->source ? 1 : 0,
        .profile = content->profile,
        .summary = content->summary,
        .tree = true,
    };
    struct json_writer json;
    json_file_init(&json, file);
    if (!json_profile_write(&json, &document))
        return pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory for the functions");
    json_writer_finish(&json);
    return PYPERF_OK;
}

static const char *const suffixes[] = {".json", NULL};

const struct pyperf_format format_json = {
    .name = "json",
    .suffixes = suffixes,
    .holds_lines = true,
    .write = write_json,
};
