/* SPDX-License-Identifier: MIT */
#include "analysis/python_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "analysis/pattern.h"
#include "base/utf8.h"

enum { LONGEST_NUMBER = 128 };

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

/* Copies digits, between which single underscores may stand; returns where they end, or NULL
 * when there is none or an underscore is out of place. */
static const char *copy_digits(const char *text, struct text_buffer *digits)
{
    if (!is_digit(*text))
        return NULL;
    for (;; text++) {
        if (*text == '_' && !is_digit(text[1]))
            return NULL;
        if (*text != '_' && !is_digit(*text))
            return text;
        if (*text != '_')
            text_buffer_add_bytes(digits, text, 1);
    }
}

static const char *skip_space(const char *text)
{
    return text + strspn(text, " \t\n\r\f\v");
}

static const char *copy_sign(const char *text, struct text_buffer *number)
{
    if (*text != '+' && *text != '-')
        return text;
    text_buffer_add_bytes(number, text, 1);
    return text + 1;
}

static bool ends_here(const char *text)
{
    return text && *skip_space(text) == '\0';
}

bool python_parse_integer(const char *text, int64_t *value)
{
    struct text_buffer number = {0};
    bool valid = ends_here(copy_digits(copy_sign(skip_space(text), &number), &number));
    if (valid) /* strtoll stops at the largest number by itself */
        *value = strtoll(text_buffer_text(&number), NULL, 10);
    valid = valid && !number.failed;
    text_buffer_release(&number);
    return valid;
}

static const char *copy_word(const char *text, const char *word, struct text_buffer *number)
{
    size_t length = strlen(word);
    if (strncasecmp(text, word, length) != 0)
        return NULL;
    text_buffer_add(number, word);
    return text + length;
}

static const char *copy_fixed(const char *text, struct text_buffer *number)
{
    if (*text != '.')
        text = copy_digits(text, number);
    else if (!is_digit(text[1]))
        return NULL;
    if (!text || *text != '.')
        return text;
    text_buffer_add_bytes(number, text++, 1);
    return is_digit(*text) ? copy_digits(text, number) : text;
}

static const char *copy_number(const char *text, struct text_buffer *number)
{
    static const char *const words[] = {"infinity", "inf", "nan"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const char *end = copy_word(text, words[i], number);
        if (end)
            return end;
    }
    text = copy_fixed(text, number);
    if (!text || (*text != 'e' && *text != 'E'))
        return text;
    text_buffer_add_bytes(number, text++, 1);
    return copy_digits(copy_sign(text, number), number);
}

bool python_parse_float(const char *text, double *value)
{
    struct text_buffer number = {0};
    bool valid = ends_here(copy_number(copy_sign(skip_space(text), &number), &number));
    if (valid)
        *value = strtod(text_buffer_text(&number), NULL);
    valid = valid && !number.failed;
    text_buffer_release(&number);
    return valid;
}

/* The fewest digits that read back as the same number, without a point: sign, digits and the
 * decimal exponent of the first of them. */
static void shortest_digits(double value, char digits[LONGEST_NUMBER], int *exponent)
{
    char text[LONGEST_NUMBER];
    for (int precision = 0; precision <= 16; precision++) {
        snprintf(text, sizeof text, "%.*e", precision, value);
        if (strtod(text, NULL) == value)
            break;
    }
    char *mark = strchr(text, 'e');
    *exponent = (int)strtol(mark + 1, NULL, 10);
    *mark = '\0';
    char *to = digits;
    for (const char *from = text; *from; from++)
        if (is_digit(*from))
            *to++ = *from;
    while (to > digits + 1 && to[-1] == '0')
        to--;
    *to = '\0';
}

void python_repr_float(struct text_buffer *buffer, double value)
{
    if (!isfinite(value)) {
        text_buffer_add(buffer, isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
        return;
    }
    char digits[LONGEST_NUMBER];
    int exponent;
    shortest_digits(value, digits, &exponent);
    int count = (int)strlen(digits);
    if (signbit(value))
        text_buffer_add(buffer, "-");
    if (exponent < -4 || exponent >= 16)
        text_buffer_printf(buffer, "%c%s%se%c%02d", digits[0], count > 1 ? "." : "", digits + 1,
                           exponent < 0 ? '-' : '+', abs(exponent));
    else if (exponent < 0)
        text_buffer_printf(buffer, "0.%.*s%s", -exponent - 1, "000", digits);
    else if (count > exponent + 1)
        text_buffer_printf(buffer, "%.*s.%s", exponent + 1, digits, digits + exponent + 1);
    else
        text_buffer_printf(buffer, "%s%.*s.0", digits, exponent + 1 - count,
                           "0000000000000000");
}

/* str.isprintable() is the lack of these categories; nothing is escaped needlessly when the
 * expression cannot be had. */
static bool is_printable(const struct pattern *unprintable, const char *text, size_t size)
{
    char character[5] = {0};
    memcpy(character, text, size);
    bool found = false;
    return !unprintable || pattern_search(unprintable, character, &found, NULL) != PYPERF_OK ||
           !found;
}

static void add_escaped(struct text_buffer *buffer, uint32_t code_point)
{
    if (code_point == '\n' || code_point == '\r' || code_point == '\t')
        text_buffer_add(buffer, code_point == '\n'   ? "\\n"
                                : code_point == '\r' ? "\\r"
                                                     : "\\t");
    else if (code_point < 0x100)
        text_buffer_printf(buffer, "\\x%02x", (unsigned)code_point);
    else if (code_point < 0x10000)
        text_buffer_printf(buffer, "\\u%04x", (unsigned)code_point);
    else
        text_buffer_printf(buffer, "\\U%08x", (unsigned)code_point);
}

void python_repr_string(struct text_buffer *buffer, const char *text)
{
    struct pattern *unprintable = NULL;
    (void)pattern_compile("[\\p{C}\\p{Z}]", &unprintable, NULL);
    char quote = strchr(text, '\'') && !strchr(text, '"') ? '"' : '\'';
    text_buffer_add_bytes(buffer, &quote, 1);
    while (*text) {
        uint32_t code_point;
        size_t size = utf8_decode(text, &code_point);
        if (size == 0) {
            size = 1;
            add_escaped(buffer, 0xDC00u + (unsigned char)*text);
        } else if (*text == quote || *text == '\\') {
            text_buffer_printf(buffer, "\\%c", *text);
        } else if (code_point >= 0xD800 && code_point < 0xE000) {
            add_escaped(buffer, code_point);
        } else if (code_point == ' ' || is_printable(unprintable, text, size)) {
            text_buffer_add_bytes(buffer, text, size);
        } else {
            add_escaped(buffer, code_point);
        }
        text += size;
    }
    text_buffer_add_bytes(buffer, &quote, 1);
    pattern_free(unprintable);
}
