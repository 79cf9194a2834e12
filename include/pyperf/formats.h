/* Writing profiles to files, and reading them.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_FORMATS_H
#define PYPERF_FORMATS_H

#include <stdbool.h>
#include <stddef.h>

#include <pyperf/error.h>
#include <pyperf/outcome.h>
#include <pyperf/profile.h>
#include <pyperf/summary.h>

struct pyperf_format; /* one row of the table of formats; never freed */

/* By what call paths are weighed, in formats that have one figure for each. */
enum pyperf_weighing { PYPERF_WEIGH_TIME, PYPERF_WEIGH_CALLS };

enum pyperf_time_unit {
    PYPERF_NANOSECONDS,
    PYPERF_MICROSECONDS,
    PYPERF_MILLISECONDS,
    PYPERF_SECONDS,
};

/* What can be asked of some formats; bits. */
enum pyperf_wish {
    PYPERF_WISH_WEIGHING = 1,
    PYPERF_WISH_UNIT = 2,
    PYPERF_WISH_LEAST_SHARE = 4,
};

/* A file of the program's, as the page for browsers shows it. */
struct pyperf_page_source {
    const char *file; /* as in the functions' labels */
    const char *text; /* UTF-8 */
    bool changed;     /* since the program ran */
};

struct pyperf_export;

struct pyperf_page_options {
    const struct pyperf_page_source *sources;
    size_t source_count;
    const struct pyperf_export *before; /* what the profile is compared with, or NULL */
};

/* What there is to write. A format that needs what is NULL here refuses with
 * PYPERF_UNSUPPORTED. The rest is wishes, which formats that do not heed them ignore; zeros are
 * what each format does by itself. */
struct pyperf_export {
    const struct pyperf_profile *profile;
    const struct pyperf_summary *summary; /* with full paths, unless asked for otherwise */
    /* What was recorded, process by process, the program's own first, and nothing taken off:
     * a format that keeps recordings (see below) prefers it to `profile`. */
    struct pyperf_profile *const *recordings;
    size_t recording_count;
    const struct pyperf_outcome *outcome; /* NULL: not known */
    const char *creator;                  /* "pyperf 0.1.0"; NULL: "pyperf" */
    const char *source;                   /* what it was read from; NULL: nothing */
    enum pyperf_weighing weighing;
    enum pyperf_time_unit unit; /* where times are whole numbers, and the file has no unit */
    bool has_least_share;
    double least_share; /* 0 to 1: what takes less of the total is not drawn */
    const struct pyperf_page_options *page; /* NULL: zeros */
};

/* The format called `name`; NULL, with an error that names the nearest, when there is none. */
const struct pyperf_format *pyperf_format_by_name(const char *name, struct pyperf_error *error);

/* The format that the suffix of `path` asks for, or NULL. */
const struct pyperf_format *pyperf_format_asked_by_path(const char *path);

/* The format that the suffix of `path` asks for; pstats where the suffix says nothing. */
const struct pyperf_format *pyperf_format_for_path(const char *path);

/* What is in its files. */
bool pyperf_format_holds_lines(const struct pyperf_format *format);
bool pyperf_format_holds_calls(const struct pyperf_format *format);

/* The same, but NULL where it says nothing. */
const struct pyperf_format *pyperf_format_asked_by_path(const char *path);

/* Is it nothing for a terminal? */
bool pyperf_format_is_binary(const struct pyperf_format *format);

bool pyperf_format_heeds(const struct pyperf_format *format, enum pyperf_wish wish);

const char *pyperf_format_name(const struct pyperf_format *format);

/* Does it keep what was recorded as it was? Then it is given the recordings themselves. */
bool pyperf_format_keeps_recordings(const struct pyperf_format *format);

/* The formats in the order of the table, for help texts; NULL beyond the last. */
const struct pyperf_format *pyperf_format_at(size_t index);

/* Writes the file in full or leaves what was there: see base/output_file.h. "-" is standard
 * output. */
enum pyperf_status pyperf_format_write(const struct pyperf_format *format,
                                       const struct pyperf_export *content, const char *path,
                                       struct pyperf_error *error);

/* What a file holds. Our own formats hold a profile, with lines where these were recorded;
 * pstats files hold a summary. What is not there is NULL. */
struct pyperf_import {
    bool without_callers; /* asked for by who reads: rows of a summary need not have callers,
                           * which takes half the time and memory */
    struct pyperf_profile *profile;   /* of the program's own process */
    struct pyperf_profile **children; /* of further processes that were recorded with it, */
    size_t child_count;               /* so many */
    struct pyperf_summary *summary;
    bool outcome_known; /* is it known how the program ended? */
    struct pyperf_outcome outcome;
};

/* Reads a file in any format of the table that can be read, which its bytes tell, not its name;
 * "-" is standard input. What the import asks for is set before, the rest here. Files are
 * untrusted: PYPERF_BAD_DATA says where in the file and why it is refused. On success release
 * the import. */
enum pyperf_status pyperf_format_read(const char *path, struct pyperf_import *import,
                                      struct pyperf_error *error);
void pyperf_import_release(struct pyperf_import *import);

#endif
