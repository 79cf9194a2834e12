/* SPDX-License-Identifier: MIT */
#include "recording/source_text.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ENCODING_SIZE = 64 /* bytes, NUL included */ };

#define BYTE_ORDER_MARK "\xEF\xBB\xBF"
#define REPLACEMENT     "\xEF\xBF\xBD" /* U+FFFD */

/* ---- The encoding ---- */

/* What follows "coding:" or "coding=" in a line that is a comment; false: nothing does. */
static bool find_declaration(const char *line, size_t length, char encoding[ENCODING_SIZE])
{
    size_t start = 0, end;
    while (start < length && strchr(" \t\f", line[start]))
        start++;
    if (start == length || line[start] != '#')
        return false;
    for (; start + 7 <= length; start++) {
        if (memcmp(line + start, "coding", 6) != 0 || !strchr(":=", line[start + 6]))
            continue;
        start += 7;
        while (start < length && (line[start] == ' ' || line[start] == '\t'))
            start++;
        for (end = start;
             end < length && (isalnum((unsigned char)line[end]) || strchr("-_.", line[end]));)
            end++;
        if (end == start || end - start >= ENCODING_SIZE)
            return false;
        memcpy(encoding, line + start, end - start);
        encoding[end - start] = '\0';
        return true;
    }
    return false;
}

static bool is_blank(const char *line, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (line[i] == '#')
            return true;
        if (!strchr(" \t\f", line[i]))
            return false;
    }
    return true;
}

/* The second line counts if the first holds no code. */
static bool find_encoding(const char *text, char encoding[ENCODING_SIZE])
{
    size_t first = strcspn(text, "\r\n");
    if (find_declaration(text, first, encoding))
        return true;
    if (!is_blank(text, first) || !text[first])
        return false;
    const char *second =
        text + first + (text[first] == '\r' && text[first + 1] == '\n' ? 2 : 1);
    return find_declaration(second, strcspn(second, "\r\n"), encoding);
}

/* Python's names for encodings that the C library calls otherwise. */
static const char *name_for_iconv(const char *encoding)
{
    static const char *const names[][2] = {
        {"utf8", "UTF-8"},
        {"utf-8-sig", "UTF-8"},
        {"utf_8", "UTF-8"},
        {"latin-1", "ISO-8859-1"},
        {"latin_1", "ISO-8859-1"},
        {"iso-latin-1", "ISO-8859-1"},
        {"iso_8859_1", "ISO-8859-1"},
        {"mac-roman", "MACINTOSH"},
        {"mac_roman", "MACINTOSH"},
        {"euc_jp", "EUC-JP"},
        {"euc_kr", "EUC-KR"},
        {"shift_jis", "SHIFT_JIS"},
        {"koi8_r", "KOI8-R"},
        {"koi8_u", "KOI8-U"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(encoding, names[i][0]) == 0)
            return names[i][1];
    return encoding;
}

/* ---- Conversion ---- */

struct output {
    char *text;
    size_t length, room;
    bool failed;
};

/* Makes room for so many bytes more. */
static bool reserve(struct output *output, size_t more)
{
    if (output->room - output->length >= more)
        return true;
    size_t room = output->room + output->room / 2 + more + 64;
    char *text = realloc(output->text, room);
    if (!text) {
        output->failed = true;
        return false;
    }
    output->text = text;
    output->room = room;
    return true;
}

static void put(struct output *output, const char *bytes, size_t length)
{
    if (!reserve(output, length))
        return;
    memcpy(output->text + output->length, bytes, length);
    output->length += length;
}

/* Converts all there is, with U+FFFD for each byte that is not in the encoding. */
static void convert(iconv_t conversion, char *from, size_t left, struct output *output)
{
    while (left > 0 && reserve(output, 64)) {
        char *to = output->text + output->length;
        size_t room = output->room - output->length;
        size_t result = iconv(conversion, &from, &left, &to, &room);
        output->length = (size_t)(to - output->text);
        if (result != (size_t)-1 || errno == E2BIG)
            continue;
        put(output, REPLACEMENT, strlen(REPLACEMENT));
        from++;
        left--;
    }
}

static char *to_utf8(const char *text, const char *encoding, size_t *length)
{
    struct output output = {0};
    iconv_t conversion = iconv_open("UTF-8", name_for_iconv(encoding));
    if (conversion == (iconv_t)-1)
        conversion = iconv_open("UTF-8", "UTF-8");
    char *copy = conversion == (iconv_t)-1 ? NULL : strdup(text);
    if (copy)
        convert(conversion, copy, strlen(copy), &output);
    if (conversion != (iconv_t)-1)
        iconv_close(conversion);
    put(&output, "", 1);
    if (!copy || output.failed) {
        free(copy);
        free(output.text);
        return NULL;
    }
    free(copy);
    *length = output.length - 1;
    return output.text;
}

/* \r\n and \r end lines as \n does. Returns the new length. */
static size_t unify_line_ends(char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        if (*from == '\r' && from[1] == '\n')
            continue;
        *to++ = *from == '\r' ? '\n' : *from;
    }
    *to = '\0';
    return (size_t)(to - text);
}

char *source_text_decode(const char *text, bool is_raw, size_t *length)
{
    char encoding[ENCODING_SIZE] = "UTF-8", *decoded;
    if (!is_raw) {
        decoded = strdup(text);
    } else if (strncmp(text, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)) == 0) {
        decoded = to_utf8(text + strlen(BYTE_ORDER_MARK), encoding, length);
    } else {
        find_encoding(text, encoding);
        decoded = to_utf8(text, encoding, length);
    }
    if (decoded)
        *length = unify_line_ends(decoded);
    return decoded;
}

/* ---- Changes ---- */

static bool holds(int file, const char *text, size_t size)
{
    char bytes[4096];
    while (size > 0) {
        ssize_t got = read(file, bytes, size < sizeof bytes ? size : sizeof bytes);
        if (got <= 0 || memcmp(bytes, text, (size_t)got) != 0)
            return false;
        text += got;
        size -= (size_t)got;
    }
    return true;
}

bool source_text_changed(const char *path, const char *text, uint64_t size, int64_t modified)
{
    struct stat facts;
    size_t length = strlen(text);
    if (stat(path, &facts) != 0 || !S_ISREG(facts.st_mode) || (uint64_t)facts.st_size != size ||
        length != size)
        return true;
    if ((int64_t)facts.st_mtim.tv_sec * 1000000000 + facts.st_mtim.tv_nsec == modified)
        return false;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool same = file >= 0 && holds(file, text, length);
    if (file >= 0)
        close(file);
    return !same;
}
