/* SPDX-License-Identifier: MIT */
#include "recording/line_codes.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "recording/writer_fork.h"

bool line_codes_init(struct line_codes *codes)
{
    *codes = (struct line_codes){0};
    return key_map_init(&codes->newest, 1u << 8);
}

static void free_code(struct line_code *code)
{
    if (!code)
        return;
    free(code->places);
    free(code->numbers);
    free(code);
}

void line_codes_release(struct line_codes *codes)
{
    for (uint32_t i = 0; i < codes->count; i++)
        free_code(codes->items[i]);
    free(codes->items);
    key_map_release(&codes->newest);
    *codes = (struct line_codes){0};
}

/* ---- Blocks ---- */

uint32_t line_codes_add_block(struct recording_writer *writer, const struct line_code *code,
                              uint32_t thread)
{
    uint32_t block = writer->header->counts[RECORDING_LINES];
    uint32_t size = code->count + 1;
    if (!recording_map_reserve(&writer->map, RECORDING_LINES, (uint64_t)block + size))
        return RECORDING_NONE;
    struct recording_line *lines = recording_map_region(&writer->map, RECORDING_LINES);
    for (uint32_t i = 0; i < size; i++) {
        lines[block + i].function = code->function;
        lines[block + i].thread = thread;
        lines[block + i].number = i ? code->numbers[i - 1] : RECORDING_LINE_FUNCTION;
    }
    if (code->decorated)
        lines[block].number = RECORDING_LINE_DECORATED;
    WRITER_ORDER_STORES();
    writer->header->counts[RECORDING_LINES] = block + size;
    return block;
}

void line_codes_decorate(struct recording_writer *writer, struct line_code *code)
{
    struct recording_line *lines = recording_map_region(&writer->map, RECORDING_LINES);
    code->decorated = true;
    if (code->main_block != RECORDING_NONE)
        lines[code->main_block].number = RECORDING_LINE_DECORATED;
}

/* ---- Entries ---- */

static struct line_code *newest_of(const struct line_codes *codes, uint32_t function)
{
    uint32_t index = key_map_find(&codes->newest, (uint64_t)function + 1);
    return index == RECORDING_NONE ? NULL : codes->items[index];
}

static bool has_lines(const struct line_code *code, const uint32_t *numbers, uint32_t count)
{
    return code->count == count && memcmp(code->numbers, numbers, count * sizeof *numbers) == 0;
}

static struct line_code *make_code(uint32_t function, const uint32_t *numbers, uint32_t count)
{
    struct line_code *code = calloc(1, sizeof *code);
    if (!code)
        return NULL;
    code->function = function;
    code->first = numbers[0];
    code->span = numbers[count - 1] - numbers[0] + 1;
    code->count = count;
    code->places = calloc(code->span, sizeof *code->places);
    code->numbers = malloc(count * sizeof *code->numbers);
    if (!code->places || !code->numbers) {
        free_code(code);
        return NULL;
    }
    memcpy(code->numbers, numbers, count * sizeof *numbers);
    for (uint32_t i = 0; i < count; i++)
        code->places[numbers[i] - code->first] = i + 1;
    return code;
}

static bool keep(struct line_codes *codes, struct line_code *code)
{
    if (!array_reserve((void **)&codes->items, &codes->capacity, (size_t)codes->count + 1,
                       sizeof(struct line_code *)))
        return false;
    code->id = codes->count;
    code->next_of_function = newest_of(codes, code->function);
    codes->items[codes->count] = code;
    if (!key_map_put(&codes->newest, (uint64_t)code->function + 1, codes->count))
        return false;
    codes->count++;
    return true;
}

struct line_code *line_codes_add(struct line_codes *codes, struct recording_writer *writer,
                                 uint32_t function, const uint32_t *numbers, uint32_t count)
{
    for (struct line_code *code = newest_of(codes, function); code;
         code = code->next_of_function)
        if (has_lines(code, numbers, count))
            return code;
    if (numbers[count - 1] - numbers[0] >= LINE_CODES_LONGEST_SPAN)
        return NULL;
    struct line_code *code = make_code(function, numbers, count);
    if (!code)
        return NULL;
    code->main_block = line_codes_add_block(writer, code, 0);
    if (code->main_block != RECORDING_NONE && keep(codes, code))
        return code;
    free_code(code);
    return NULL;
}

static uint32_t move_function(struct recording_writer *to, const struct recording_writer *from,
                              uint32_t function)
{
    return function == RECORDING_NONE ? function : writer_copy_function(to, from, function);
}

void line_codes_move(struct line_codes *codes, struct recording_writer *to,
                     const struct recording_writer *from)
{
    struct key_map newest = {0};
    bool indexed = key_map_init(&newest, 1u << 8);
    if (indexed) {
        key_map_release(&codes->newest);
        codes->newest = newest;
    }
    for (uint32_t i = 0; i < codes->count; i++) {
        struct line_code *code = codes->items[i];
        code->function = indexed ? move_function(to, from, code->function) : RECORDING_NONE;
        code->main_block = RECORDING_NONE;
        code->next_of_function = NULL;
        if (code->function == RECORDING_NONE)
            continue;
        code->main_block = line_codes_add_block(to, code, 0);
        code->next_of_function = newest_of(codes, code->function);
        key_map_put(&codes->newest, (uint64_t)code->function + 1, i);
    }
}
