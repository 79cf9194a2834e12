/* SPDX-License-Identifier: MIT */
#include "analysis/python_source.h"

#include <stdlib.h>
#include <string.h>

#include "base/text_buffer.h"

/* ---- Logical lines: what tokens make of the lines of the text ---- */

enum line_kind {
    LINE_NONE, /* the text is over */
    LINE_BLANK,
    LINE_COMMENT,
    LINE_CODE,
};

/* What decides how inspect takes a line: the first of these words or signs in it. */
enum line_mark {
    MARK_NONE,
    MARK_DECORATOR, /* @ */
    MARK_BLOCK,     /* def, class */
    MARK_LAMBDA,
};

struct logical_line {
    enum line_kind kind;
    enum line_mark mark;
    uint32_t first, last; /* the lines of the text that it takes */
    uint32_t column;      /* of its first character, tabs to the next multiple of 8 */
    uint32_t position;    /* of its first character, in bytes */
    const char *name;     /* what def or class defines, where that comes first; else NULL */
    size_t name_length;   /* bytes */
    bool is_class;
};

struct scanner {
    const char *at;
    uint32_t line;
};

static bool is_letter(char character)
{
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           character == '_' || (character & 0x80);
}

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

/* Beyond the character at hand, which may end a line. */
static void step(struct scanner *scanner)
{
    if (*scanner->at == '\n')
        scanner->line++;
    if (*scanner->at)
        scanner->at++;
}

static void skip_comment(struct scanner *scanner)
{
    scanner->at += strcspn(scanner->at, "\n");
}

/* A string from its opening quote on. One in single quotes that is not closed ends with its
 * line. */
static void skip_string(struct scanner *scanner)
{
    const char quote = *scanner->at;
    bool triple = scanner->at[1] == quote && scanner->at[2] == quote;
    scanner->at += triple ? 3 : 1;
    while (*scanner->at) {
        if (*scanner->at == '\\') {
            step(scanner);
            step(scanner);
        } else if (*scanner->at == quote &&
                   (!triple || (scanner->at[1] == quote && scanner->at[2] == quote))) {
            scanner->at += triple ? 3 : 1;
            return;
        } else if (*scanner->at == '\n' && !triple) {
            return;
        } else {
            step(scanner);
        }
    }
}

static void note_mark(struct logical_line *line, enum line_mark mark)
{
    if (line->mark == MARK_NONE)
        line->mark = mark;
}

static bool is_word(const char *word, size_t length, const char *wanted)
{
    return strlen(wanted) == length && memcmp(word, wanted, length) == 0;
}

static void take_name(struct scanner *scanner, struct logical_line *line)
{
    const char *word = scanner->at;
    while (is_letter(*scanner->at) || is_digit(*scanner->at))
        scanner->at++;
    size_t length = (size_t)(scanner->at - word);
    if (line->mark == MARK_BLOCK && !line->name) {
        line->name = word;
        line->name_length = length;
    }
    if (line->mark == MARK_NONE)
        line->is_class = is_word(word, length, "class");
    if (line->is_class || is_word(word, length, "def"))
        note_mark(line, MARK_BLOCK);
    else if (is_word(word, length, "lambda"))
        note_mark(line, MARK_LAMBDA);
}

/* 0xdef and 1e5 hold no names. */
static void skip_number(struct scanner *scanner)
{
    while (is_letter(*scanner->at) || is_digit(*scanner->at) || *scanner->at == '.')
        scanner->at++;
}

/* The tokens of a line up to its end, which lies outside of brackets and strings. */
static void take_code(struct scanner *scanner, struct logical_line *line)
{
    uint32_t depth = 0;
    line->kind = LINE_CODE;
    while (*scanner->at && (*scanner->at != '\n' || depth > 0)) {
        const char next = *scanner->at;
        if (is_letter(next)) {
            take_name(scanner, line);
        } else if (is_digit(next)) {
            skip_number(scanner);
        } else if (next == '"' || next == '\'') {
            skip_string(scanner);
        } else if (next == '#') {
            skip_comment(scanner);
        } else if (next == '\\') {
            step(scanner);
            step(scanner);
        } else {
            if (strchr("([{", next))
                depth++;
            else if (strchr(")]}", next) && depth > 0)
                depth--;
            else if (next == '@')
                note_mark(line, MARK_DECORATOR);
            step(scanner);
        }
    }
    line->last = scanner->line;
    step(scanner);
}

static struct logical_line next_line(struct scanner *scanner)
{
    struct logical_line line = {.first = scanner->line, .last = scanner->line};
    const char *start = scanner->at;
    if (!*start)
        return line;
    for (;; scanner->at++) {
        if (*scanner->at == ' ')
            line.column++;
        else if (*scanner->at == '\t')
            line.column = (line.column / 8 + 1) * 8;
        else if (*scanner->at == '\f')
            line.column = 0;
        else if (*scanner->at != '\r')
            break;
    }
    line.position = (uint32_t)(scanner->at - start);
    if (*scanner->at != '\n' && *scanner->at != '#' && *scanner->at) {
        take_code(scanner, &line);
        return line;
    }
    line.kind = *scanner->at == '#' ? LINE_COMMENT : LINE_BLANK;
    skip_comment(scanner);
    step(scanner);
    return line;
}

/* ---- The whole text ---- */

static uint32_t count_lines(const char *text)
{
    uint32_t count = 0;
    for (const char *at = text; *at; count++) {
        const char *end = strchr(at, '\n');
        at = end ? end + 1 : at + strlen(at);
    }
    return count;
}

static void find_starts(struct python_source *source)
{
    size_t length = strlen(source->text);
    const char *at = source->text;
    for (uint32_t i = 0; i < source->line_count; i++) {
        source->starts[i] = (size_t)(at - source->text);
        const char *end = strchr(at, '\n');
        at = end ? end + 1 : source->text + length;
    }
    source->starts[source->line_count] = length;
}

static void find_statements(struct python_source *source)
{
    struct scanner scanner = {source->text, 1};
    for (;;) {
        struct logical_line line = next_line(&scanner);
        if (line.kind == LINE_NONE)
            return;
        for (uint32_t i = line.first; i <= line.last && i <= source->line_count; i++)
            source->statements[i - 1] = line.first;
    }
}

bool python_source_scan(struct python_source *source, const char *text)
{
    *source = (struct python_source){.text = text, .line_count = count_lines(text)};
    source->starts = malloc(((size_t)source->line_count + 1) * sizeof *source->starts);
    source->statements = calloc((size_t)source->line_count + 1, sizeof *source->statements);
    if (!source->starts || !source->statements)
        return false;
    find_starts(source);
    find_statements(source);
    return true;
}

void python_source_release(struct python_source *source)
{
    free(source->starts);
    free(source->statements);
}

const char *python_source_line(const struct python_source *source, uint32_t number,
                               size_t *length)
{
    *length = 0;
    if (number == 0 || number > source->line_count)
        return "";
    const char *line = source->text + source->starts[number - 1];
    *length = source->starts[number] - source->starts[number - 1];
    if (*length > 0 && line[*length - 1] == '\n')
        --*length;
    if (*length > 0 && line[*length - 1] == '\r')
        --*length;
    return line;
}

/* ---- Blocks ---- */

/* The indentations that are open; deeper ones are taken for the deepest. */
enum { DEEPEST = 100 };

/* What inspect.BlockFinder keeps of the tokens it has been given. */
struct block_finder {
    uint32_t columns[DEEPEST];
    uint32_t open;   /* how many columns there are; the first is 0 */
    uint32_t indent; /* blocks that were entered since the first def, class or lambda */
    bool started, in_lambda, has_body;
    uint32_t body; /* position of the first line of the body */
    uint32_t last;
};

/* The indentation of a line of code. Returns how many blocks it opens (1) or closes (a negative
 * number); false: it closes what was not opened, or is nested too deep. */
static bool take_indentation(struct block_finder *finder, uint32_t column, int *change)
{
    *change = 0;
    if (column > finder->columns[finder->open - 1]) {
        if (finder->open == DEEPEST)
            return false;
        finder->columns[finder->open++] = column;
        *change = 1;
    }
    while (column < finder->columns[finder->open - 1]) {
        finder->open--;
        --*change;
    }
    return column == finder->columns[finder->open - 1];
}

/* A line before the block has begun: its decorators, and its first. Lines between, as before a
 * comprehension, are passed over. */
static bool look_for_start(struct block_finder *finder, const struct logical_line *line)
{
    if (line->mark == MARK_NONE)
        return true;
    finder->last = line->last;
    if (line->mark == MARK_DECORATOR)
        return true;
    finder->started = true;
    finder->in_lambda = line->mark == MARK_LAMBDA;
    return !finder->in_lambda;
}

/* False: the block ended before this line. */
static bool take_line(struct block_finder *finder, const struct logical_line *line)
{
    int change;
    if (line->kind == LINE_COMMENT && finder->has_body && line->position >= finder->body)
        finder->last = line->last;
    if (line->kind != LINE_CODE)
        return line->kind != LINE_NONE;
    if (!take_indentation(finder, line->column, &change))
        return false;
    if (!finder->started)
        return look_for_start(finder, line);
    if (change > 0) {
        if (!finder->has_body)
            finder->body = line->position;
        finder->has_body = true;
        finder->indent++;
    } else if (change < 0) {
        if (finder->indent <= (uint32_t)-change)
            return false;
        finder->indent -= (uint32_t)-change;
    }
    if (finder->indent == 0)
        return false;
    finder->last = line->last;
    return true;
}

uint32_t python_source_block_end(const struct python_source *source, uint32_t first)
{
    if (first == 0 || first > source->line_count)
        return first ? first - 1 : 0;
    struct scanner scanner = {source->text + source->starts[first - 1], first};
    struct block_finder finder = {.open = 1, .last = first};
    struct logical_line line;
    do {
        line = next_line(&scanner);
    } while (take_line(&finder, &line));
    return finder.last < source->line_count ? finder.last : source->line_count;
}

/* ---- Names ---- */

/* The definitions around a line, from the outermost on. */
struct naming {
    struct {
        uint32_t column;
        size_t length; /* of the qualified name with this one in it */
        bool is_class;
    } around[DEEPEST];
    uint32_t depth;
    struct text_buffer name;
};

/* Makes naming->name the qualified name of what the line defines. */
static void name_definition(struct naming *naming, const struct logical_line *line)
{
    while (naming->depth > 0 && naming->around[naming->depth - 1].column >= line->column)
        naming->depth--;
    size_t length = naming->depth > 0 ? naming->around[naming->depth - 1].length : 0;
    if (!naming->name.failed && naming->name.text) {
        naming->name.text[length] = '\0';
        naming->name.length = length;
    }
    if (naming->depth > 0)
        text_buffer_add(&naming->name,
                        naming->around[naming->depth - 1].is_class ? "." : ".<locals>.");
    text_buffer_add_bytes(&naming->name, line->name, line->name_length);
    if (naming->depth == DEEPEST)
        return;
    naming->around[naming->depth].column = line->column;
    naming->around[naming->depth].length = naming->name.length;
    naming->around[naming->depth++].is_class = line->is_class;
}

bool python_source_functions(const char *text, python_source_visitor *visit, void *context)
{
    struct naming naming = {.depth = 0};
    struct scanner scanner = {text, 1};
    struct logical_line line = next_line(&scanner);
    for (; line.kind != LINE_NONE && !naming.name.failed; line = next_line(&scanner)) {
        if (line.kind != LINE_CODE || line.mark != MARK_BLOCK || !line.name)
            continue;
        name_definition(&naming, &line);
        if (!line.is_class && !naming.name.failed)
            visit(text_buffer_text(&naming.name), context);
    }
    bool done = !naming.name.failed;
    text_buffer_release(&naming.name);
    return done;
}
