/* SPDX-License-Identifier: MIT */
#include "file_maker.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { HEADER = 12, SECTION_HEADER = 20, CHECKED = 16 };

void bytes_add(struct bytes *to, const void *bytes, size_t size)
{
    to->bytes = realloc(to->bytes, to->size + size + 1);
    if (!to->bytes)
        abort();
    memcpy(to->bytes + to->size, bytes, size);
    to->size += size;
}

void bytes_release(struct bytes *bytes)
{
    free(bytes->bytes);
    *bytes = (struct bytes){0};
}

static void store(unsigned char *bytes, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] = (unsigned char)(value >> 8 * i);
}

void make_file(struct bytes *file, uint32_t version)
{
    unsigned char header[HEADER] = "\x89pyperf\n";
    store(header + 8, version, 4);
    *file = (struct bytes){0};
    bytes_add(file, header, sizeof header);
}

static void seal(unsigned char *section, size_t size)
{
    uLong sum = crc32_z(0, section, CHECKED);
    store(section + CHECKED, crc32_z(sum, section + SECTION_HEADER, size), 4);
}

void make_section(struct bytes *file, const char *id, uint32_t flags, const void *contents,
                  size_t size)
{
    unsigned char header[SECTION_HEADER] = "";
    size_t offset = file->size;
    memcpy(header, id, 4);
    store(header + 4, flags, 4);
    store(header + 8, size, 8);
    bytes_add(file, header, sizeof header);
    bytes_add(file, contents, size);
    seal(file->bytes + offset, size);
}

void make_end(struct bytes *file, unsigned char section_count)
{
    make_section(file, "end ", 1, &section_count, 1);
}

void seal_sections(unsigned char *bytes, size_t size)
{
    size_t at = HEADER;
    while (at + SECTION_HEADER <= size) {
        uint64_t length = 0;
        for (size_t i = 0; i < 8; i++)
            length |= (uint64_t)bytes[at + 8 + i] << 8 * i;
        if (length > size - at - SECTION_HEADER)
            return;
        seal(bytes + at, (size_t)length);
        at += SECTION_HEADER + (size_t)length;
    }
}
