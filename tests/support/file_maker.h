/* Files of pyperf's own, made byte by byte, for tests of their reader: what
 * docs/formats/pyperf.md says, and nothing of the code that writes them.
 *
 * Out of memory ends the test program.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_TESTS_FILE_MAKER_H
#define PYPERF_TESTS_FILE_MAKER_H

#include <stddef.h>
#include <stdint.h>

struct bytes {
    unsigned char *bytes;
    size_t size;
};

void bytes_add(struct bytes *to, const void *bytes, size_t size);
void bytes_release(struct bytes *bytes);

/* The magic and a version, as a file that has no sections yet. */
void make_file(struct bytes *file, uint32_t version);

/* A section with its checksum. The flags: 1 essential, 2 compressed. */
void make_section(struct bytes *file, const char *id, uint32_t flags, const void *contents,
                  size_t size);

/* The last section, which counts the others. */
void make_end(struct bytes *file, unsigned char section_count);

/* Corrects the checksum of every section that lies in the file with its whole length. */
void seal_sections(unsigned char *bytes, size_t size);

#endif
