/* Which rows of a table are shown: pstats' restrictions.
 *
 * A selection is a list of restrictions that are applied one after the other, each to what the
 * one before it left: a number of rows, a fraction of them, or a regular expression that is
 * searched for in "file:line(name)". Expressions are PCRE2's with Python's Unicode classes; for
 * what people type the two agree.
 *
 * _create returns an object that the caller frees.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_SELECTION_H
#define PYPERF_SELECTION_H

#include <stddef.h>

#include <pyperf/error.h>

struct pyperf_selection;

struct pyperf_selection *pyperf_selection_create(void); /* NULL: no memory */
void pyperf_selection_free(struct pyperf_selection *selection);

/* Adds a restriction as pstats' interactive browser reads one: a whole number is a number of
 * rows, another number a fraction between 0 and 1, anything else a regular expression. Refuses,
 * with PYPERF_USAGE, a fraction outside of 0 to 1 and an expression that does not compile. */
enum pyperf_status pyperf_selection_add(struct pyperf_selection *selection, const char *text,
                                        struct pyperf_error *error);

/* The same for a text that is a regular expression whatever it looks like. */
enum pyperf_status pyperf_selection_add_pattern(struct pyperf_selection *selection,
                                                const char *pattern,
                                                struct pyperf_error *error);

#endif
