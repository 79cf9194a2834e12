/* Reads our own files, which are untrusted: every length is held against what is there, every
 * number against its place, and every index against the profile once it is complete.
 *
 * SPDX-License-Identifier: MIT */
#include "formats/pyperf_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/pyperf_decode.h"
#include "formats/section_reader.h"
#include "model/check.h"

/* One section as it lies in the file. */
struct section {
    size_t offset; /* of its header */
    const unsigned char *id;
    uint32_t flags;
    const unsigned char *contents;
    size_t size;
};

struct reading {
    const unsigned char *bytes;
    size_t size;
    size_t at;
    struct pyperf_import *import;
    struct pyperf_profile *profile; /* being read, or NULL */
    size_t profile_offset;          /* where it begins */
    unsigned parts;                 /* those of its parts that were read, by bit */
    uint64_t section_count;
    bool ended;
    struct pyperf_error *error;
};

static enum pyperf_status damaged(struct reading *reading, size_t offset, const char *what)
{
    return pyperf_error_set(reading->error, PYPERF_BAD_DATA, "damaged at byte %zu: %s", offset,
                            what);
}

static enum pyperf_status no_memory(struct reading *reading)
{
    return pyperf_error_set(reading->error, PYPERF_NO_MEMORY, "no memory to read the profile");
}

static uint64_t load_number(const unsigned char *bytes, size_t size)
{
    uint64_t value = 0;
    for (size_t i = 0; i < size; i++)
        value |= (uint64_t)bytes[i] << 8 * i;
    return value;
}

static bool is_id(const struct section *section, const char *id)
{
    return memcmp(section->id, id, 4) == 0;
}

/* ---- Profiles ---- */

/* Which part of a profile a section is: one of enum profile_table, then of enum lines_table,
 * then one of these. */
enum {
    PART_LINES_TABLES = PROFILE_TABLE_COUNT,
    PART_LINES = PART_LINES_TABLES + LINES_TABLE_COUNT,
    PART_STRINGS,
    PART_NONE,
};

static bool is_complete(const struct reading *reading)
{
    const unsigned tables = (1u << PROFILE_TABLE_COUNT) - 1, strings = 1u << PART_STRINGS;
    const unsigned of_lines = (1u << PART_STRINGS) - 1 - tables;
    unsigned lines = reading->parts & of_lines;
    return (reading->parts & ~of_lines) == (tables | strings) &&
           (lines == 0 || lines == of_lines);
}

/* Hands the profile that was read, if any, over to the import. */
static enum pyperf_status finish_profile(struct reading *reading)
{
    struct pyperf_import *import = reading->import;
    struct pyperf_error reason;
    if (!reading->profile)
        return PYPERF_OK;
    if (!is_complete(reading))
        return damaged(reading, reading->profile_offset, "a profile lacks some of its parts");
    if (profile_check(reading->profile, &reason) != PYPERF_OK)
        return damaged(reading, reading->profile_offset, reason.message);
    if (!import->profile) {
        import->profile = reading->profile;
    } else {
        struct pyperf_profile **children =
            reallocarray(import->children, import->child_count + 1, sizeof *children);
        if (!children)
            return no_memory(reading);
        import->children = children;
        import->children[import->child_count++] = reading->profile;
    }
    reading->profile = NULL;
    return PYPERF_OK;
}

static enum pyperf_status begin_profile(struct reading *reading, const struct section *section)
{
    enum pyperf_status status = finish_profile(reading);
    if (status != PYPERF_OK)
        return status;
    reading->profile = pyperf_profile_create();
    reading->profile_offset = section->offset;
    reading->parts = 0;
    return reading->profile ? PYPERF_OK : no_memory(reading);
}

/* ---- Sections ---- */

static int part_of(const struct section *section)
{
    for (int i = 0; i < PROFILE_TABLE_COUNT; i++)
        if (is_id(section, profile_tables[i].section))
            return i;
    for (int i = 0; i < LINES_TABLE_COUNT; i++)
        if (is_id(section, lines_tables[i].section))
            return PART_LINES_TABLES + i;
    return is_id(section, SECTION_LINES)     ? PART_LINES
           : is_id(section, SECTION_STRINGS) ? PART_STRINGS
                                             : PART_NONE;
}

/* Notes that a part is there now. False: it was before. */
static bool take_part(struct reading *reading, int part)
{
    bool taken = reading->parts & 1u << part;
    reading->parts |= 1u << part;
    return !taken;
}

/* False: no memory. */
static bool get_part(struct reading *reading, int part, struct section_reader *contents)
{
    if (!reading->profile)
        section_fail(contents, "a part of a profile comes before any profile");
    else if (!take_part(reading, part))
        section_fail(contents, "a profile has a part twice");
    if (contents->problem)
        return true;
    if (part == PART_STRINGS)
        return decode_strings(contents, reading->profile);
    if (part == PART_LINES)
        return decode_lines_facts(contents, reading->profile);
    return part >= PART_LINES_TABLES
               ? decode_lines_table(contents, (enum lines_table)(part - PART_LINES_TABLES),
                                    reading->profile)
               : decode_profile_table(contents, (enum profile_table)part, reading->profile);
}

static void get_end(struct reading *reading, struct section_reader *contents)
{
    if (section_get_varint(contents) != reading->section_count)
        section_fail(contents, "sections are missing");
    reading->ended = true;
}

static enum pyperf_status get_contents(struct reading *reading, const struct section *section,
                                       struct section_reader *contents)
{
    enum pyperf_status status = PYPERF_OK;
    if (is_id(section, SECTION_PROFILE)) {
        status = begin_profile(reading, section);
        if (status == PYPERF_OK)
            decode_facts(contents, run_facts, run_fact_count, &reading->profile->run);
    } else if (is_id(section, SECTION_END)) {
        status = finish_profile(reading);
        get_end(reading, contents);
    } else if (is_id(section, SECTION_OUTCOME)) {
        reading->import->outcome_known = true;
        decode_facts(contents, outcome_facts, outcome_fact_count, &reading->import->outcome);
    } else if (!get_part(reading, part_of(section), contents)) {
        status = no_memory(reading);
    }
    return status;
}

static bool is_known(const struct section *section)
{
    return (section->flags & ~(unsigned)(SECTION_ESSENTIAL | SECTION_COMPRESSED)) == 0 &&
           (is_id(section, SECTION_PROFILE) || is_id(section, SECTION_OUTCOME) ||
            is_id(section, SECTION_END) || part_of(section) != PART_NONE);
}

static enum pyperf_status read_section(struct reading *reading, const struct section *section)
{
    struct section_reader contents;
    if (!is_known(section)) {
        if (section->flags & SECTION_ESSENTIAL)
            return pyperf_error_set(reading->error, PYPERF_UNSUPPORTED,
                                    "at byte %zu is something that this pyperf does not know; "
                                    "read it with the version that wrote it, or a newer one",
                                    section->offset);
        return PYPERF_OK;
    }
    if (!section_reader_init(&contents, section->contents, section->size,
                             section->flags & SECTION_COMPRESSED))
        return no_memory(reading);
    enum pyperf_status status = get_contents(reading, section, &contents);
    if (status == PYPERF_OK)
        section_expect_end(&contents);
    if (status == PYPERF_OK && contents.problem) {
        char what[256];
        snprintf(what, sizeof what, "in section '%.4s' %s", (const char *)section->id,
                 contents.problem);
        status = damaged(reading, section->offset, what);
    }
    section_reader_release(&contents);
    return status;
}

/* Finds the section at reading->at, and checks that it is whole. */
static enum pyperf_status find_section(struct reading *reading, struct section *section)
{
    const unsigned char *header = reading->bytes + reading->at;
    size_t left = reading->size - reading->at;
    if (left == 0)
        return damaged(reading, reading->at, "it ends here, which is too early");
    if (left < PYPERF_FILE_SECTION_HEADER)
        return damaged(reading, reading->at, "it ends in the midst of a section's header");
    left -= PYPERF_FILE_SECTION_HEADER;
    uint64_t size = load_number(header + 8, 8);
    if (size > left)
        return damaged(reading, reading->at, "a section is longer than what is left");
    *section = (struct section){
        .offset = reading->at,
        .id = header,
        .flags = (uint32_t)load_number(header + 4, 4),
        .contents = header + PYPERF_FILE_SECTION_HEADER,
        .size = (size_t)size,
    };
    uLong sum = crc32_z(0, header, PYPERF_FILE_CHECKED_HEADER);
    sum = crc32_z(sum, section->contents, section->size);
    if (sum != load_number(header + PYPERF_FILE_CHECKED_HEADER, 4))
        return damaged(reading, reading->at, "the checksum is wrong");
    reading->at += PYPERF_FILE_SECTION_HEADER + section->size;
    return PYPERF_OK;
}

static enum pyperf_status read_header(struct reading *reading)
{
    if (reading->size < PYPERF_FILE_HEADER_SIZE)
        return damaged(reading, reading->size, "it ends here, which is too early");
    uint64_t version = load_number(reading->bytes + PYPERF_FILE_MAGIC_SIZE, 4);
    if (version == 0)
        return damaged(reading, PYPERF_FILE_MAGIC_SIZE, "there is no version 0");
    if (version > PYPERF_FILE_VERSION)
        return pyperf_error_set(reading->error, PYPERF_UNSUPPORTED,
                                "it is of version %" PRIu64 " of the format, and this pyperf "
                                "reads up to version %d; read it with a newer one",
                                version, PYPERF_FILE_VERSION);
    reading->at = PYPERF_FILE_HEADER_SIZE;
    return PYPERF_OK;
}

static enum pyperf_status read_sections(struct reading *reading)
{
    enum pyperf_status status = read_header(reading);
    while (status == PYPERF_OK && !reading->ended) {
        struct section section = {0};
        status = find_section(reading, &section);
        if (status == PYPERF_OK)
            status = read_section(reading, &section);
        reading->section_count++;
    }
    if (status == PYPERF_OK && reading->at < reading->size)
        return damaged(reading, reading->at, "there is something behind its end");
    if (status == PYPERF_OK && !reading->import->profile)
        return damaged(reading, reading->at, "there is no profile in it");
    return status;
}

enum pyperf_status pyperf_file_read(const unsigned char *bytes, size_t size,
                                    struct pyperf_import *import, struct pyperf_error *error)
{
    struct reading reading = {.bytes = bytes, .size = size, .import = import, .error = error};
    enum pyperf_status status = read_sections(&reading);
    pyperf_profile_free(reading.profile);
    return status;
}
