/* Between writer.c and writer_tables.c: making and freeing the shared tables.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_RECORDING_WRITER_TABLES_H
#define PYPERF_RECORDING_WRITER_TABLES_H

#include <stdbool.h>

struct recording_writer;

/* Needs the mapping. False: no memory or no room; release all the same. */
bool writer_tables_init(struct recording_writer *writer);
void writer_tables_release(struct recording_writer *writer);

#endif
