/* SPDX-License-Identifier: MIT */
#include "python/functions.h"

#include <link.h>

#include "python/greenlets.h"
#include "python/labels.h"
#include "python/recorder.h"
#include "python/thread_names.h"

static Py_ssize_t code_extra_index = -1;

/* The interpreter calls this for code objects that never had a value of ours, too. */
static void forget_code(void *code)
{
    if (code && recorder.recording)
        writer_forget(&recorder.writer, (uint64_t)(uintptr_t)code);
}

bool functions_init(void)
{
    code_extra_index = compat_request_code_extra(forget_code);
    return code_extra_index >= 0;
}

/* What could not be bound must not be cached: nobody would tell when its address is reused. It
 * is looked at anew each time. */
static uint64_t key_if_bound(const struct recording_writer *writer, uint64_t key)
{
    return writer_function_of_key(writer, key) == RECORDING_NONE ? 0 : key;
}

static uint32_t bind_code(struct recording_writer *writer, PyCodeObject *code)
{
    uint64_t key = (uint64_t)(uintptr_t)code;
    struct compat_exception saved = compat_save_exception();
    uint32_t function = label_code(writer, code);
    if (function != RECORDING_NONE &&
        compat_set_code_extra((PyObject *)code, code_extra_index, code) == 0)
        writer_bind(writer, key, function);
    PyErr_Clear();
    compat_restore_exception(saved);
    return function;
}

/* From 3.13 on, extension modules can report calls of code that is none of CPython's
 * (PyMonitoring_FirePyStartEvent), with any object that stands for it. */
static void enter_foreign_code(struct writer_thread *thread, PyObject *code,
                               enum writer_entry entry, uint64_t identity)
{
    uint64_t began = writer_moment(thread);
    uint32_t function = label_foreign_code(thread->writer, code);
    writer_enter_slowly(thread, began, 0, function, entry, identity, 0);
}

void functions_enter_code(struct writer_thread *thread, PyCodeObject *code,
                          enum writer_entry entry, uint64_t identity)
{
    if (!PyCode_Check((PyObject *)code)) {
        enter_foreign_code(thread, (PyObject *)code, entry, identity);
        return;
    }
    greenlets_look();
    thread_names_look(thread, code);
    uint64_t began = writer_moment(thread);
    uint64_t key = (uint64_t)(uintptr_t)code;
    uint32_t function = writer_function_of_key(thread->writer, key);
    if (__builtin_expect(function == RECORDING_NONE, 0)) {
        function = bind_code(thread->writer, code);
        key = key_if_bound(thread->writer, key);
    }
    writer_enter_slowly(thread, began, key, function, entry, identity, 0);
}

struct address_search {
    uintptr_t address;
    bool found;
};

static int search_object(struct dl_phdr_info *object, size_t size, void *context)
{
    struct address_search *search = context;
    (void)size;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        if (segment->p_type == PT_LOAD &&
            search->address - (object->dlpi_addr + segment->p_vaddr) < segment->p_memsz) {
            search->found = true;
            return 1;
        }
    }
    return 0;
}

/* Method definitions are static data nearly always; those that binding generators allocate can
 * be freed, and their addresses reused. Libraries of C functions are never unloaded. */
static bool is_static(const void *definition)
{
    struct address_search search = {(uintptr_t)definition, false};
    dl_iterate_phdr(search_object, &search);
    return search.found;
}

static uint32_t bind_builtin(struct recording_writer *writer, PyObject *callable,
                             const PyMethodDef *definition)
{
    struct compat_exception saved = compat_save_exception();
    uint32_t function = label_builtin(writer, callable);
    if (function != RECORDING_NONE && is_static(definition))
        writer_bind(writer, (uint64_t)(uintptr_t)definition, function);
    PyErr_Clear();
    compat_restore_exception(saved);
    return function;
}

void functions_enter_builtin(struct writer_thread *thread, PyObject *callable,
                             uint64_t identity)
{
    uint64_t began = writer_moment(thread);
    const PyMethodDef *definition = functions_definition(callable);
    uint64_t key = (uint64_t)(uintptr_t)definition;
    uint32_t function = writer_function_of_key(thread->writer, key);
    if (function == RECORDING_NONE) {
        function = bind_builtin(thread->writer, callable, definition);
        key = key_if_bound(thread->writer, key);
    }
    writer_enter_slowly(thread, began, key, function, WRITER_START, identity,
                        RECORDING_SITE_BUILTIN);
}

void functions_note_decorated(PyCodeObject *code)
{
    struct recording_writer *writer = &recorder.writer;
    uint32_t function = writer_function_of_key(writer, (uint64_t)(uintptr_t)code);
    if (function == RECORDING_NONE)
        function = bind_code(writer, code);
    if (function != RECORDING_NONE)
        writer_mark_decorated(writer, function);
}
