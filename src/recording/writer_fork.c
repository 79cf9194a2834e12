/* SPDX-License-Identifier: MIT */
#include "recording/writer_fork.h"

#include <stdlib.h>
#include <string.h>

#include "recording/writer_nodes.h"
#include "recording/writer_thread.h"

struct writer_snapshot {
    char name[RECORDING_THREAD_NAME_SIZE];
    size_t count; /* without the thread's root */
    struct recording_frame frames[];
};

struct writer_snapshot *writer_snapshot_take(const struct writer_thread *thread)
{
    size_t count = (size_t)(thread->top - thread->frames);
    struct writer_snapshot *snapshot =
        malloc(sizeof *snapshot + count * sizeof *snapshot->frames);
    if (!snapshot)
        return NULL;
    snapshot->count = count;
    memcpy(snapshot->name, thread->shared->name, sizeof snapshot->name);
    memcpy(snapshot->frames, thread->frames + 1, count * sizeof *snapshot->frames);
    return snapshot;
}

uint32_t writer_copy_function(struct recording_writer *to, const struct recording_writer *from,
                              uint32_t index)
{
    const struct recording_function *function = &from->functions[index];
    const struct writer_label label = {
        .kind = (enum recording_function_kind)function->kind,
        .file = from->strings + function->file,
        .name = from->strings + function->name,
        .qualified_name = from->strings + function->qualified_name,
        .line = function->line,
    };
    return writer_function(to, &label);
}

static void inherit_frame(struct writer_thread *thread, const struct recording_writer *from,
                          const struct recording_frame *frame)
{
    uint32_t node = RECORDING_NONE, caller = thread->top->node;
    uint32_t site = frame->site & ~WRITER_SITE_UNUSUAL;
    if (!(frame->site & RECORDING_SITE_LOST)) {
        uint32_t function =
            writer_copy_function(thread->writer, from, from->nodes[frame->node].function);
        if (function != RECORDING_NONE)
            node = writer_find_node(thread->writer, caller, function);
    }
    if (node == RECORDING_NONE)
        writer_push(thread, caller, frame->identity, site | RECORDING_SITE_LOST);
    else
        writer_push(thread, node, frame->identity, site);
}

void writer_thread_inherit(struct writer_thread *thread, const struct recording_writer *from,
                           const struct writer_snapshot *snapshot)
{
    memcpy(thread->shared->name, snapshot->name, sizeof snapshot->name);
    for (size_t i = 0; i < snapshot->count; i++) {
        if (thread->top == thread->limit && !writer_grow_stack(thread))
            return;
        inherit_frame(thread, from, &snapshot->frames[i]);
    }
}
