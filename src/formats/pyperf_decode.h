/* What the sections of our own files hold, read into a profile. Problems with the contents stay
 * with the section's reader; what has been read up to there is in the profile, which can be
 * freed, and not used before it is checked.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_FORMATS_PYPERF_DECODE_H
#define PYPERF_FORMATS_PYPERF_DECODE_H

#include "formats/pyperf_file.h"
#include "formats/section_reader.h"

/* A profile has each of these at most once. False: no memory. */
bool decode_profile_table(struct section_reader *section, enum profile_table which,
                          struct pyperf_profile *profile);
bool decode_lines_table(struct section_reader *section, enum lines_table which,
                        struct pyperf_profile *profile);
bool decode_lines_facts(struct section_reader *section, struct pyperf_profile *profile);
bool decode_strings(struct section_reader *section, struct pyperf_profile *profile);

/* Sets those members of `owner` that the facts are about; facts that nobody knows are passed
 * over. */
void decode_facts(struct section_reader *section, const struct fact *facts, size_t fact_count,
                  void *owner);

#endif
