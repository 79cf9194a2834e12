/* SPDX-License-Identifier: MIT */
#include "python/compat.h"

#include "python/displacement.h"

#include <stdio.h>
#include <string.h>

#include "python/labels.h"
#include "python/recorder.h"

/* Modules of the standard library that set hooks on behalf of their callers, who are asked
 * for. A program that is called like one of them is found all the same, where nothing else is
 * on the stack. */
static bool sets_for_others(const char *file)
{
    static const char *const helpers[] = {"cProfile.py", "profile.py", "threading.py",
                                          "contextlib.py"};
    const char *slash = strrchr(file, '/');
    for (size_t i = 0; i < sizeof helpers / sizeof *helpers; i++)
        if (strcmp(slash ? slash + 1 : file, helpers[i]) == 0)
            return true;
    return false;
}

/* "FILE:LINE" of a frame as a string of the recording; `skip`: 0 for such a helper's. */
static uint32_t place_of(PyFrameObject *frame, bool skip)
{
    PyObject *holder;
    const char *file = label_utf8(compat_frame_code(frame)->co_filename, &holder);
    uint32_t string = 0;
    size_t size = strlen(file) + 32;
    char *text = skip && sets_for_others(file) ? NULL : PyMem_RawMalloc(size);
    if (text) {
        snprintf(text, size, "%s:%d", file, PyFrame_GetLineNumber(frame));
        string = writer_string(&recorder.writer, text);
        PyMem_RawFree(text);
    }
    Py_XDECREF(holder);
    return string == RECORDING_NONE ? 0 : string;
}

/* Where the calling thread's hook was last about to change. */
static __thread uint32_t place;

void displacement_note_place(void)
{
    if (recorder.writer.header->displaced != 0)
        return; /* only the first is told */
    struct compat_exception saved = compat_save_exception();
    PyFrameObject *innermost = compat_outer_frame(NULL);
    place = 0;
    for (PyFrameObject *frame = innermost; frame && !place; frame = compat_outer_frame(frame))
        place = place_of(frame, true);
    if (!place && innermost)
        place = place_of(innermost, false);
    PyErr_Clear();
    compat_restore_exception(saved);
}

void displacement_begin(void)
{
    struct writer_thread *thread = recorder_thread();
    struct recording_header *header = recorder.writer.header;
    if (!thread || thread->shared->displaced_since)
        return;
    if (header->displaced == 0)
        header->displaced_where = place;
    header->displaced++;
    thread->shared->displaced_since = clock_read(recorder.writer.clock);
}

void displacement_end(void)
{
    struct writer_thread *thread = recorder_own_thread();
    if (!thread || !thread->shared->displaced_since)
        return;
    uint64_t now = clock_read(recorder.writer.clock);
    recorder.writer.header->displaced_ticks += now - thread->shared->displaced_since;
    thread->shared->displaced_since = 0;
}
