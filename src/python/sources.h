/* The source text of files whose lines are recorded, kept in the recording: as it is when code
 * of theirs is first seen, so that a report needs no source tree.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_PYTHON_SOURCES_H
#define PYPERF_PYTHON_SOURCES_H

#include "python/compat.h"

#include "recording/writer.h"

/* Copies a file's text into the recording, once. `file`: the recording's string for the name
 * that its code has; `path`: where it is, if it is a file; `name`, `globals`: what linecache
 * knows it by, otherwise: a cell of IPython, an example of doctest, a module in a zip file.
 * linecache is Python code, and is asked only then. May set an exception. */
void sources_keep(struct recording_writer *writer, uint32_t file, const char *path,
                  PyObject *name, PyObject *globals);

/* In a forked child: copies what is kept in the parent's recording into its own. */
void sources_copy(struct recording_writer *to, const struct recording_writer *from);

#endif
