/* Reads conditions; <pyperf/comparison.h> has the grammar.
 *
 * SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/condition.h"
#include "base/nearest.h"

struct reader {
    struct pyperf_condition *condition;
    const char *text;
    const char *at;
    struct pyperf_error *error;
};

static enum pyperf_status refuse(const struct reader *reader, const char *what)
{
    return pyperf_error_set(reader->error, PYPERF_USAGE,
                            "'%s' is wrong at character %zu: %s; a condition looks like "
                            "'cumulative(orders:report) > +10%% and > 5ms'",
                            reader->text, (size_t)(reader->at - reader->text) + 1, what);
}

static enum pyperf_status no_memory(struct pyperf_error *error)
{
    return pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory for a condition");
}

static void skip_spaces(struct reader *reader)
{
    while (isspace((unsigned char)*reader->at))
        reader->at++;
}

/* Takes a letter or sign if it comes next. */
static bool take(struct reader *reader, char character)
{
    skip_spaces(reader);
    if (*reader->at != character)
        return false;
    reader->at++;
    return true;
}

/* ---- What is measured ---- */

static const struct {
    const char *name;
    enum pyperf_metric metric;
} metrics[] = {
    {"calls", PYPERF_METRIC_CALLS},        {"ncalls", PYPERF_METRIC_CALLS},
    {"self", PYPERF_METRIC_SELF},          {"time", PYPERF_METRIC_SELF},
    {"tottime", PYPERF_METRIC_SELF},       {"cumulative", PYPERF_METRIC_CUMULATIVE},
    {"cumtime", PYPERF_METRIC_CUMULATIVE},
};

enum { METRIC_NAME_COUNT = sizeof metrics / sizeof *metrics };

static enum pyperf_status read_metric(struct reader *reader)
{
    char word[32] = "";
    const char *names[METRIC_NAME_COUNT];
    skip_spaces(reader);
    size_t length = 0;
    while (isalpha((unsigned char)reader->at[length]) && length < sizeof word - 1)
        length++;
    memcpy(word, reader->at, length);
    for (size_t i = 0; i < METRIC_NAME_COUNT; i++) {
        names[i] = metrics[i].name;
        if (strcmp(word, names[i]) == 0) {
            reader->condition->metric = metrics[i].metric;
            reader->at += length;
            return PYPERF_OK;
        }
    }
    const char *nearest = nearest_name(word, names, METRIC_NAME_COUNT);
    if (!nearest)
        return refuse(reader, "it must begin with calls, self or cumulative");
    char what[128];
    snprintf(what, sizeof what, "there is no '%s' to measure; did you mean '%s'?", word,
             nearest);
    return refuse(reader, what);
}

/* The parenthesis that closes the pattern: before a threshold, because names may hold
 * parentheses themselves. NULL: there is none. */
static const char *find_end(const char *at)
{
    for (; *at; at++) {
        if (*at != ')')
            continue;
        const char *behind = at + 1;
        while (isspace((unsigned char)*behind))
            behind++;
        if (*behind == '>' || *behind == '<' || !*behind)
            return at;
    }
    return NULL;
}

static enum pyperf_status read_pattern(struct reader *reader)
{
    struct pyperf_condition *condition = reader->condition;
    if (!take(reader, '(')) {
        condition->whole_profile = true;
        return PYPERF_OK;
    }
    skip_spaces(reader);
    const char *end = find_end(reader->at);
    if (!end)
        return refuse(reader, "the parenthesis is not closed");
    size_t size = (size_t)(end - reader->at);
    while (size > 0 && isspace((unsigned char)reader->at[size - 1]))
        size--;
    if (size == 0)
        return refuse(reader, "there is no pattern in the parentheses");
    condition->pattern_text = strndup(reader->at, size);
    if (!condition->pattern_text)
        return no_memory(reader->error);
    enum pyperf_status status =
        function_pattern_parse(&condition->pattern, reader->at, size, reader->error);
    reader->at = end + 1;
    return status;
}

/* ---- Thresholds ---- */

static enum pyperf_status read_number(struct reader *reader, double *number)
{
    skip_spaces(reader);
    /* Not what strtod takes besides: "inf", "nan", hexadecimal digits. */
    if (!isdigit((unsigned char)*reader->at) && *reader->at != '.')
        return refuse(reader, "a number is missing");
    if (reader->at[0] == '0' && tolower((unsigned char)reader->at[1]) == 'x')
        return refuse(reader, "a number is missing");
    char *end;
    *number = strtod(reader->at, &end);
    if (end == reader->at || !isfinite(*number))
        return refuse(reader, "a number is missing");
    reader->at = end;
    return PYPERF_OK;
}

static enum pyperf_status read_unit(struct reader *reader, struct threshold *threshold)
{
    static const struct {
        const char *name;
        double seconds;
    } units[] = {{"s", 1}, {"ms", 1e-3}, {"us", 1e-6}, {"\xC2\xB5s", 1e-6}, {"ns", 1e-9}};
    bool of_calls = reader->condition->metric == PYPERF_METRIC_CALLS;
    if (take(reader, '%')) {
        threshold->relative = true;
        threshold->limit /= 100;
        return PYPERF_OK;
    }
    size_t length = strcspn(reader->at, " \t\r\n<>");
    for (size_t i = 0; !of_calls && i < sizeof units / sizeof *units; i++) {
        if (strlen(units[i].name) == length &&
            strncmp(units[i].name, reader->at, length) == 0) {
            threshold->limit *= units[i].seconds;
            reader->at += length;
            return PYPERF_OK;
        }
    }
    if (of_calls && length == 0)
        return PYPERF_OK;
    return refuse(reader, of_calls ? "a number of calls has no unit, or %"
                                   : "the unit must be %, s, ms, us or ns");
}

static enum pyperf_status read_threshold(struct reader *reader)
{
    struct pyperf_condition *condition = reader->condition;
    struct threshold threshold = {.above = true};
    if (condition->threshold_count == THRESHOLDS_MAX)
        return refuse(reader, "there are too many thresholds");
    if (!take(reader, '>')) {
        if (!take(reader, '<'))
            return refuse(reader, "'>' or '<' is missing");
        threshold.above = false;
    }
    bool negative = take(reader, '-');
    if (!negative)
        take(reader, '+');
    enum pyperf_status status = read_number(reader, &threshold.limit);
    if (status != PYPERF_OK)
        return status;
    if (negative)
        threshold.limit = -threshold.limit;
    status = read_unit(reader, &threshold);
    condition->thresholds[condition->threshold_count++] = threshold;
    return status;
}

/* Takes "and"; false at the end of the text. */
static bool read_and(struct reader *reader, enum pyperf_status *status)
{
    skip_spaces(reader);
    if (!*reader->at)
        return false;
    if (strncmp(reader->at, "and", 3) != 0 || isalnum((unsigned char)reader->at[3])) {
        *status = refuse(reader, "nothing but 'and' and another threshold can follow");
        return false;
    }
    reader->at += 3;
    return true;
}

/* ---- The whole ---- */

enum pyperf_status pyperf_condition_parse(const char *text, struct pyperf_condition **condition,
                                          struct pyperf_error *error)
{
    struct pyperf_condition *parsed = calloc(1, sizeof *parsed);
    struct reader reader = {.condition = parsed, .text = text, .at = text, .error = error};
    if (!parsed || !(parsed->text = strdup(text))) {
        pyperf_condition_free(parsed);
        return no_memory(error);
    }
    enum pyperf_status status = read_metric(&reader);
    if (status == PYPERF_OK)
        status = read_pattern(&reader);
    if (status == PYPERF_OK)
        status = read_threshold(&reader);
    while (status == PYPERF_OK && read_and(&reader, &status))
        status = read_threshold(&reader);
    if (status != PYPERF_OK) {
        pyperf_condition_free(parsed);
        return status;
    }
    *condition = parsed;
    return PYPERF_OK;
}

void pyperf_condition_free(struct pyperf_condition *condition)
{
    if (!condition)
        return;
    function_pattern_release(&condition->pattern);
    free(condition->pattern_text);
    free(condition->text);
    free(condition);
}

const char *pyperf_condition_text(const struct pyperf_condition *condition)
{
    return condition->text;
}

enum pyperf_metric pyperf_condition_metric(const struct pyperf_condition *condition)
{
    return condition->metric;
}
