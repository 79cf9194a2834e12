/* SPDX-License-Identifier: MIT */
#include "recording/recording_check.h"

#include <inttypes.h>

static enum pyperf_status damaged(struct pyperf_error *error, const char *what, uint32_t index)
{
    return pyperf_error_set(error, PYPERF_BAD_DATA,
                            "the recording is damaged: %s %" PRIu32 " makes no sense", what,
                            index);
}

static enum pyperf_status check_functions(const struct recording_file *file,
                                          struct pyperf_error *error)
{
    uint32_t strings = file->header.counts[RECORDING_STRINGS];
    for (uint32_t i = 0; i < file->header.counts[RECORDING_FUNCTIONS]; i++) {
        const struct recording_function *function = &file->functions[i];
        if (function->file >= strings || function->name >= strings ||
            function->qualified_name >= strings || function->kind > RECORDING_FUNCTION_LINE)
            return damaged(error, "function", i);
    }
    return PYPERF_OK;
}

static enum pyperf_status check_nodes(const struct recording_file *file,
                                      struct pyperf_error *error)
{
    for (uint32_t i = 0; i < file->header.counts[RECORDING_NODES]; i++) {
        const struct recording_node *node = &file->nodes[i];
        bool has_parent = node->parent != RECORDING_NONE;
        if (node->function >= file->header.counts[RECORDING_FUNCTIONS] ||
            (has_parent && node->parent >= i))
            return damaged(error, "node", i);
        uint32_t kind = file->functions[node->function].kind;
        bool is_root = kind == RECORDING_FUNCTION_ROOT || kind == RECORDING_FUNCTION_FOLD_ROOT;
        if (is_root == has_parent)
            return damaged(error, "node", i);
        if (kind == RECORDING_FUNCTION_LINE &&
            file->functions[file->nodes[node->parent].function].kind !=
                RECORDING_FUNCTION_PYTHON)
            return damaged(error, "node", i);
    }
    return PYPERF_OK;
}

/* The first frame is of no function. */
static bool is_good_line_frame(const struct recording_file *file,
                               const struct recording_line_frame *frame, uint32_t depth)
{
    uint32_t lines = file->header.counts[RECORDING_LINES];
    if (depth == 0)
        return true;
    return frame->head < lines && recording_line_is_head(&file->lines[frame->head]) &&
           (frame->line == RECORDING_NONE ||
            (frame->line < lines && !recording_line_is_head(&file->lines[frame->line])));
}

static void leave_out_new_lines(const struct recording_file *file,
                                struct recording_thread *thread)
{
    uint64_t frames = file->header.counts[RECORDING_LINE_STACKS];
    if (thread->line_stack > frames || thread->line_depth > frames - thread->line_stack)
        thread->line_depth = 0;
    for (uint32_t depth = 0; depth < thread->line_depth; depth++)
        if (!is_good_line_frame(file, &file->line_frames[thread->line_stack + depth], depth))
            thread->line_depth = depth;
}

/* The process may go on while its recording is read, the header first: then threads can have
 * stacks, and calls open, of which that header does not know yet. */
static void leave_out_news(struct recording_file *file)
{
    uint32_t nodes = file->header.counts[RECORDING_NODES];
    uint64_t frames = file->header.counts[RECORDING_STACKS];
    for (uint32_t i = 0; i < file->header.counts[RECORDING_THREADS]; i++) {
        struct recording_thread *thread = &file->threads[i];
        if (thread->fold_root != RECORDING_NONE && thread->fold_root >= nodes)
            thread->fold_root = RECORDING_NONE;
        if (thread->stack > frames || thread->depth > frames - thread->stack)
            thread->depth = 0;
        for (uint32_t depth = 0; depth < thread->depth; depth++)
            if (file->frames[thread->stack + depth].node >= nodes)
                thread->depth = depth;
        leave_out_new_lines(file, thread);
    }
}

static enum pyperf_status check_threads(const struct recording_file *file,
                                        struct pyperf_error *error)
{
    uint32_t nodes = file->header.counts[RECORDING_NODES];
    uint64_t frames = file->header.counts[RECORDING_STACKS], open = 0;
    for (uint32_t i = 0; i < file->header.counts[RECORDING_THREADS]; i++) {
        const struct recording_thread *thread = &file->threads[i];
        if (thread->root >= nodes ||
            file->functions[file->nodes[thread->root].function].kind !=
                RECORDING_FUNCTION_ROOT ||
            (thread->fold_root != RECORDING_NONE && thread->fold_root >= nodes) ||
            (thread->depth &&
             (thread->stack > frames || thread->depth > frames - thread->stack)))
            return damaged(error, "thread", i);
        open += thread->depth;
        if (open > frames && !file->running) /* they overlap: somebody made that up */
            return damaged(error, "the stack of thread", i);
        for (uint32_t depth = 0; depth < thread->depth; depth++)
            if (file->frames[thread->stack + depth].node >= nodes)
                return damaged(error, "the stack of thread", i);
    }
    return PYPERF_OK;
}

static enum pyperf_status check_lines(const struct recording_file *file,
                                      struct pyperf_error *error)
{
    const struct recording_header *header = &file->header;
    for (uint32_t i = 0; i < header->counts[RECORDING_LINES]; i++) {
        const struct recording_line *line = &file->lines[i];
        if (line->function >= header->counts[RECORDING_FUNCTIONS] ||
            file->functions[line->function].kind != RECORDING_FUNCTION_PYTHON ||
            line->thread >= header->counts[RECORDING_THREADS] ||
            line->number > RECORDING_LINE_DECORATED)
            return damaged(error, "line", i);
    }
    return PYPERF_OK;
}

static enum pyperf_status check_line_stacks(const struct recording_file *file,
                                            struct pyperf_error *error)
{
    uint64_t frames = file->header.counts[RECORDING_LINE_STACKS], open = 0;
    for (uint32_t i = 0; i < file->header.counts[RECORDING_THREADS]; i++) {
        const struct recording_thread *thread = &file->threads[i];
        if (thread->line_depth &&
            (thread->line_stack > frames || thread->line_depth > frames - thread->line_stack))
            return damaged(error, "thread", i);
        open += thread->line_depth;
        if (open > frames && !file->running)
            return damaged(error, "the line stack of thread", i);
        for (uint32_t depth = 0; depth < thread->line_depth; depth++)
            if (!is_good_line_frame(file, &file->line_frames[thread->line_stack + depth],
                                    depth))
                return damaged(error, "the line stack of thread", i);
    }
    return PYPERF_OK;
}

static enum pyperf_status check_sources(const struct recording_file *file,
                                        struct pyperf_error *error)
{
    uint32_t strings = file->header.counts[RECORDING_STRINGS];
    for (uint32_t i = 0; i < file->header.counts[RECORDING_SOURCES]; i++) {
        const struct recording_source *source = &file->sources[i];
        if (source->file >= strings || source->text >= strings || source->path >= strings)
            return damaged(error, "source", i);
    }
    return PYPERF_OK;
}

enum pyperf_status recording_check(struct recording_file *file, struct pyperf_error *error)
{
    if (file->running)
        leave_out_news(file);
    static enum pyperf_status (*const checks[])(const struct recording_file *,
                                                struct pyperf_error *) = {
        check_functions, check_nodes,       check_threads,
        check_lines,     check_line_stacks, check_sources,
    };
    enum pyperf_status status = PYPERF_OK;
    for (size_t i = 0; status == PYPERF_OK && i < sizeof checks / sizeof *checks; i++)
        status = checks[i](file, error);
    return status;
}
