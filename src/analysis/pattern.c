/* SPDX-License-Identifier: MIT */
#include "analysis/pattern.h"

#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/utf8.h"

struct pattern {
    pcre2_code *code;
    pcre2_match_data *match;
    char *text;
};

/* Classes such as \w go by Unicode, as in Python. */
static const uint32_t compile_options =
    PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C;

static enum pyperf_status no_memory(struct pyperf_error *error)
{
    return pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory for a regular expression");
}

static enum pyperf_status refuse(const char *text, int problem, size_t offset,
                                 struct pyperf_error *error)
{
    char explanation[256];
    pcre2_get_error_message(problem, (PCRE2_UCHAR *)explanation, sizeof explanation);
    size_t position = 1;
    for (size_t i = 0; i < offset && text[i]; i++)
        if ((text[i] & 0xC0) != 0x80)
            position++;
    return pyperf_error_set(error, PYPERF_USAGE,
                            "the regular expression '%s' is wrong at character %zu: %s", text,
                            position, explanation);
}

enum pyperf_status pattern_compile(const char *text, struct pattern **pattern,
                                   struct pyperf_error *error)
{
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    if (!context)
        return no_memory(error);
    pcre2_set_newline(context, PCRE2_NEWLINE_LF);
    int problem = 0;
    PCRE2_SIZE offset = 0;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, compile_options,
                                     &problem, &offset, context);
    pcre2_compile_context_free(context);
    if (!code)
        return refuse(text, problem, offset, error);
    struct pattern *compiled = calloc(1, sizeof *compiled);
    if (!compiled) {
        pcre2_code_free(code);
        return no_memory(error);
    }
    compiled->code = code;
    compiled->match = pcre2_match_data_create(1, NULL);
    compiled->text = strdup(text);
    if (!compiled->match || !compiled->text) {
        pattern_free(compiled);
        return no_memory(error);
    }
    *pattern = compiled;
    return PYPERF_OK;
}

void pattern_free(struct pattern *pattern)
{
    if (!pattern)
        return;
    pcre2_code_free(pattern->code);
    pcre2_match_data_free(pattern->match);
    free(pattern->text);
    free(pattern);
}

/* Lone surrogates, which Python makes of bytes that it cannot decode, are characters to its
 * expressions and errors to PCRE2. U+FFFD is of the same classes, and as long. */
static char *replace_surrogates(const char *text)
{
    static const char replacement[] = "\xEF\xBF\xBD";
    char *copy = NULL;
    for (const char *next = text; (next = strchr(next, '\xED')) != NULL; next++) {
        if ((unsigned char)next[1] < 0xA0)
            continue;
        copy = copy ? copy : strdup(text);
        if (!copy)
            return NULL;
        memcpy(copy + (next - text), replacement, sizeof replacement - 1);
    }
    return copy;
}

enum pyperf_status pattern_search(const struct pattern *pattern, const char *subject,
                                  bool *found, struct pyperf_error *error)
{
    char *replaced = replace_surrogates(subject);
    int result = pcre2_match(pattern->code, (PCRE2_SPTR)(replaced ? replaced : subject),
                             PCRE2_ZERO_TERMINATED, 0, 0, pattern->match, NULL);
    free(replaced);
    if (result < 0 && result != PCRE2_ERROR_NOMATCH) {
        char explanation[256];
        pcre2_get_error_message(result, (PCRE2_UCHAR *)explanation, sizeof explanation);
        return pyperf_error_set(error, PYPERF_UNSUPPORTED,
                                "the search for the regular expression '%s' was given up (%s); "
                                "use a simpler one",
                                pattern->text, explanation);
    }
    *found = result >= 0;
    return PYPERF_OK;
}
