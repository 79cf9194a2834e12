/* What changed between two groups of profiles: per function and, where all of them have call
 * trees, per call path.
 *
 * Of several profiles on a side the medians count, and with at least five on each there are
 * intervals that say how sure the ratios are. Functions are the same when their modules and
 * qualified names are: directories may differ, and lines. (Of files without qualified names,
 * which are all .prof files, the plain names count, in every profile.)
 *
 * A comparison owns its arrays; names in it belong to the profiles and summaries that were
 * compared, which outlive it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_COMPARISON_H
#define PYPERF_COMPARISON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pyperf/error.h>
#include <pyperf/profile.h>
#include <pyperf/row_filter.h>
#include <pyperf/summary.h>

enum { PYPERF_BEFORE, PYPERF_AFTER };

enum pyperf_metric {
    PYPERF_METRIC_CALLS,      /* starts and resumes */
    PYPERF_METRIC_SELF,       /* seconds */
    PYPERF_METRIC_CUMULATIVE, /* seconds; of a function recursion once; of a path: inclusive */
    PYPERF_METRIC_COUNT,
};

enum pyperf_presence { PYPERF_IN_BOTH, PYPERF_NEW, PYPERF_GONE };

/* Medians of a side's profiles; one without the function counts as 0. */
struct pyperf_figures {
    double before;
    double after;
    bool interval_known;
    double low; /* of the ratio of after to before, with a confidence of 95 % */
    double high;
};

struct pyperf_compared_function {
    const char *name;           /* as in labels */
    const char *qualified_name; /* NULL: not known */
    bool builtin;
    enum pyperf_group group;
    enum pyperf_presence presence;
    const char *file[2]; /* before and after; NULL: not there */
    uint32_t line[2];
    struct pyperf_figures figures[PYPERF_METRIC_COUNT];
};

/* A path of calls, from the outermost one; its parent has a smaller index. Its figures have no
 * intervals: there are many paths, and few measurements of each. */
struct pyperf_compared_path {
    uint32_t parent;   /* PYPERF_NO_INDEX: of the first, the root, alone */
    uint32_t function; /* index into the functions; PYPERF_NO_INDEX of the root */
    enum pyperf_presence presence;
    struct pyperf_figures figures[PYPERF_METRIC_COUNT];
};

enum pyperf_verdict {
    PYPERF_VERDICT_UNKNOWN, /* fewer than five profiles on a side */
    PYPERF_VERDICT_SAME,    /* no difference was found */
    PYPERF_VERDICT_SLOWER,
    PYPERF_VERDICT_FASTER,
};

struct pyperf_comparison {
    struct pyperf_compared_function *functions;
    uint32_t function_count;
    struct pyperf_compared_path *paths; /* NULL: not every profile has a call tree */
    uint32_t path_count;
    size_t profiles[2];                                /* before and after */
    struct pyperf_figures totals[PYPERF_METRIC_COUNT]; /* of whole profiles; cumulative is as
                                                          self */
    enum pyperf_verdict verdict;                       /* on the total time */
    struct pyperf_comparison_storage *storage;         /* private: analysis/comparison.h */
};

struct pyperf_comparison_input {
    const struct pyperf_profile *profile; /* NULL: there is none */
    const struct pyperf_summary *summary; /* with directories */
};

/* `inputs`: those before, and behind them those after; at least one of each. Free with
 * pyperf_comparison_free, before the inputs. */
enum pyperf_status pyperf_comparison_create(const struct pyperf_comparison_input *inputs,
                                            size_t before, size_t after,
                                            struct pyperf_comparison **comparison,
                                            struct pyperf_error *error);
void pyperf_comparison_free(struct pyperf_comparison *comparison);

/* ---- What is shown of it ---- */

enum pyperf_comparison_sort {
    PYPERF_BY_SELF, /* the first four: what changed most comes first */
    PYPERF_BY_CUMULATIVE,
    PYPERF_BY_CALLS,
    PYPERF_BY_RATIO, /* of self times */
    PYPERF_BY_NAME,
    PYPERF_BY_FILE,
};

/* Zeros are a good default. */
struct pyperf_comparison_view {
    enum pyperf_comparison_sort sort;
    bool reverse;
    bool limited; /* to */
    uint32_t limit;
    const struct pyperf_row_filter *filter; /* NULL: all functions */
};

/* "self", "time", "tottime", "cumulative", "cumtime", "calls", "ncalls", "ratio", "name",
 * "file". PYPERF_USAGE names the nearest. */
enum pyperf_status pyperf_comparison_sort_parse(const char *text,
                                                enum pyperf_comparison_sort *sort,
                                                struct pyperf_error *error);

/* ---- Conditions ---- */

/* A condition on a comparison:
 *
 *     METRIC ["(" PATTERN ")"] THRESHOLD {"and" THRESHOLD}
 *     METRIC     calls, self, cumulative; also ncalls, time, tottime, cumtime
 *     PATTERN    as in <pyperf/row_filter.h>; without one the whole profile is meant
 *     THRESHOLD  (">" | "<") ["+" | "-"] NUMBER UNIT
 *     UNIT       "%", or of times "s", "ms", "us", "ns", or of calls none
 *
 * A threshold in % is on the relative difference, another on the absolute one. */
struct pyperf_condition;

/* PYPERF_USAGE: says what is wrong and at which character. Free it. */
enum pyperf_status pyperf_condition_parse(const char *text, struct pyperf_condition **condition,
                                          struct pyperf_error *error);
void pyperf_condition_free(struct pyperf_condition *condition);
const char *pyperf_condition_text(const struct pyperf_condition *condition);
enum pyperf_metric pyperf_condition_metric(const struct pyperf_condition *condition);

struct pyperf_condition_match {
    uint32_t function;             /* index; PYPERF_NO_INDEX: the whole profile */
    struct pyperf_figures figures; /* of the condition's metric */
    bool holds;
};

struct pyperf_condition_result {
    struct pyperf_condition_match *matches; /* those that hold first */
    uint32_t count;
    bool holds; /* one of them does */
};

/* It holds for a function when all thresholds are exceeded and, where there are intervals, the
 * ratio's leaves no doubt about the direction: with 95 % confidence for all functions that
 * match and all conditions together, of which `conditions` is the number. PYPERF_USAGE: the
 * pattern matches nothing; the message names what is near. Release the result if it is
 * PYPERF_OK. */
enum pyperf_status pyperf_condition_check(const struct pyperf_condition *condition,
                                          struct pyperf_comparison *comparison,
                                          size_t conditions,
                                          struct pyperf_condition_result *result,
                                          struct pyperf_error *error);
void pyperf_condition_result_release(struct pyperf_condition_result *result);

#endif
