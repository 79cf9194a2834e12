/* SPDX-License-Identifier: MIT */
#include "python/compat.h"

#include "python/lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "python/code_lines.h"
#include "python/engines/line_engine.h"
#include "python/heat.h"
#include "python/labels.h"
#include "python/sources.h"
#include "recording/choice.h"

enum {
    PATH_SIZE = 4096,      /* bytes */
    DEEPEST_NESTING = 200, /* of code in code; the compiler allows 100 */
};

Py_ssize_t lines_extra_index = -1;
bool lines_only_decorated;

static struct {
    struct choice choice;
    struct line_codes codes;
    char library[PATH_SIZE]; /* the standard library's directory; "": not known */
} lines;

/* What is known of all code that is not chosen. */
static struct lines_of_code not_chosen;

/* ---- Beginning ---- */

/* The interpreter calls this for code objects that never had a value of ours, too. */
static void forget(void *value)
{
    struct lines_of_code *known = value;
    if (!known || known == &not_chosen)
        return;
    if (known->waiting)
        heat_forget(known);
    free(known->line_of_unit);
    free(known);
}

/* The package of codecs is part of it, and is always there. */
static void find_library(void)
{
    PyObject *module = PyDict_GetItemString(PyImport_GetModuleDict(), "encodings"), *holder;
    PyObject *file = module ? PyObject_GetAttrString(module, "__file__") : NULL;
    const char *path = label_utf8(file, &holder);
    snprintf(lines.library, sizeof lines.library, "%s", path);
    for (int i = 0; i < 2; i++) {
        char *slash = strrchr(lines.library, '/');
        *(slash ? slash : lines.library) = '\0';
    }
    Py_XDECREF(holder);
    Py_XDECREF(file);
    PyErr_Clear();
}

enum pyperf_status lines_init(const char *directory, struct pyperf_error *error)
{
    enum pyperf_status status = choice_read(directory, &lines.choice, error);
    if (status != PYPERF_OK)
        return status;
    lines_extra_index = compat_request_code_extra(forget);
    if (lines_extra_index < 0)
        return pyperf_error_set(error, PYPERF_UNSUPPORTED,
                                "the interpreter has no room for another code extra");
    if (!line_codes_init(&lines.codes))
        return pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory for lines");
    find_library();
    return PYPERF_OK;
}

/* ---- Looking at code ---- */

/* Where the code that is looked at is, and how it is chosen. */
struct look {
    struct choice_place place;
    PyObject *globals; /* or NULL */
    PyObject *file;    /* co_filename */
    bool decorated;    /* the outermost is chosen, as the program asked for it */
};

static bool remember(PyCodeObject *code, struct lines_of_code *known)
{
    return compat_set_code_extra((PyObject *)code, lines_extra_index, known) == 0;
}

struct own_lines {
    const struct code_lines *lines;
    const PyCodeObject *code;
};

static bool has_lines(const void *context, uint32_t from, uint32_t to)
{
    const struct own_lines *own = context;
    return code_lines_has(own->lines, own->code, from, to);
}

/* The bodies of modules and classes have no local variables of their own. */
static bool is_class_body(const PyCodeObject *code)
{
    return (code->co_flags & CO_NEWLOCALS) == 0 &&
           PyUnicode_CompareWithASCIIString(code->co_name, "<module>") != 0;
}

static bool is_chosen(const struct look *look, const PyCodeObject *code,
                      const struct code_lines *code_lines, const char *qualified_name)
{
    PyObject *holder;
    const struct own_lines own = {code_lines, code};
    const struct choice_code described = {
        .place = &look->place,
        .qualified_name = qualified_name,
        .name = label_utf8(code->co_name, &holder),
        .is_part = code_is_part(code),
        .is_class = is_class_body(code),
        .has_lines = has_lines,
        .context = &own,
    };
    bool chosen = !lines_only_decorated && choice_has(&lines.choice, &described);
    Py_XDECREF(holder);
    return chosen;
}

/* Lines that can be resumed in are kept: the array changes hands. */
static struct lines_of_code *know(PyCodeObject *code, struct line_code *entry,
                                  struct code_lines *code_lines)
{
    struct lines_of_code *known = calloc(1, sizeof *known);
    if (!known)
        return NULL;
    known->entry = entry;
    if (compat_code_is_resumable(code)) {
        known->line_of_unit = code_lines->of_unit;
        known->unit_count = code_lines->unit_count;
        code_lines->of_unit = NULL;
    }
    if (remember(code, known))
        return known;
    forget(known);
    return NULL;
}

static struct lines_of_code *choose(PyCodeObject *code, uint32_t function,
                                    struct code_lines *code_lines, struct line_codes *codes,
                                    struct recording_writer *writer)
{
    if (function == RECORDING_NONE || code_lines->count == 0)
        return NULL;
    struct line_code *entry =
        line_codes_add(codes, writer, function, code_lines->numbers, code_lines->count);
    struct lines_of_code *known = entry ? know(code, entry, code_lines) : NULL;
    if (known)
        recorder.line_engine->watch(code, known);
    return known;
}

struct lines_of_code *lines_choose(PyCodeObject *code, struct line_codes *codes,
                                   struct recording_writer *writer)
{
    struct code_lines code_lines;
    if (!code_lines_find(&code_lines, code))
        return NULL;
    struct lines_of_code *known =
        choose(code, label_code(writer, code), &code_lines, codes, writer);
    code_lines_release(&code_lines);
    return known;
}

static struct lines_of_code *let_wait(PyCodeObject *code, uint32_t function,
                                      struct code_lines *code_lines)
{
    struct lines_of_code *known = function == RECORDING_NONE || code_lines->count == 0
                                      ? NULL
                                      : know(code, NULL, code_lines);
    if (!known)
        return NULL;
    known->waiting = code;
    known->function = function;
    heat_wait(known);
    return known;
}

void lines_become_hot(struct lines_of_code *known)
{
    struct compat_exception saved = compat_save_exception();
    struct code_lines code_lines;
    PyCodeObject *code = known->waiting;
    known->waiting = NULL;
    if (code_lines_find(&code_lines, code)) {
        known->entry = line_codes_add(&lines.codes, &recorder.writer, known->function,
                                      code_lines.numbers, code_lines.count);
        code_lines_release(&code_lines);
    }
    if (known->entry)
        recorder.line_engine->watch(code, known);
    PyErr_Clear();
    compat_restore_exception(saved);
}

static struct lines_of_code *choose_for_program(const struct look *look, PyCodeObject *code,
                                                uint32_t function,
                                                struct code_lines *code_lines)
{
    struct recording_writer *writer = &recorder.writer;
    struct lines_of_code *known =
        recorder.options.hot && !look->decorated
            ? let_wait(code, function, code_lines)
            : choose(code, function, code_lines, &lines.codes, writer);
    if (known)
        sources_keep(writer, writer->functions[function].file, look->place.file, look->file,
                     look->globals);
    return known;
}

/* What is inside is called after what it is inside of, as __qualname__ is. The result is the
 * caller's to free; NULL: no memory. */
static char *qualify(const PyCodeObject *outer, const char *outer_name,
                     const PyCodeObject *code)
{
    PyObject *holder;
    bool is_function = (outer->co_flags & CO_NEWLOCALS) != 0;
    bool is_module = !is_function && !is_class_body(outer);
    const char *name = label_utf8(code->co_name, &holder);
    size_t size = strlen(outer_name) + strlen(name) + sizeof ".<locals>.";
    char *text = malloc(size);
    if (text && is_module)
        snprintf(text, size, "%s", name);
    else if (text)
        snprintf(text, size, "%s.%s%s", outer_name, is_function ? "<locals>." : "", name);
    Py_XDECREF(holder);
    return text;
}

static void look_inside(const struct look *look, const PyCodeObject *code, const char *name,
                        int depth);

/* All functions of a place that is meant have a name in the recording, chosen or not: who asks
 * for one that is not there can be told what is. */
static struct lines_of_code *look_at(const struct look *look, PyCodeObject *code,
                                     const char *qualified_name, int depth)
{
    struct code_lines code_lines;
    struct lines_of_code *known = NULL;
    /* Where calls are recorded, too, the function has the name that these know. */
    uint32_t function =
        label_code_as(&recorder.writer, code, recorder.records_calls ? NULL : qualified_name);
    if (code_lines_find(&code_lines, code)) {
        if (look->decorated || is_chosen(look, code, &code_lines, qualified_name))
            known = choose_for_program(look, code, function, &code_lines);
        code_lines_release(&code_lines);
    }
    if (!known)
        remember(code, known = &not_chosen);
    PyErr_Clear();
    if (!look->decorated)
        look_inside(look, code, qualified_name, depth);
    return known;
}

static void look_inside(const struct look *look, const PyCodeObject *code, const char *name,
                        int depth)
{
    for (Py_ssize_t i = 0; depth > 0 && i < PyTuple_GET_SIZE(code->co_consts); i++) {
        PyCodeObject *inner = (PyCodeObject *)PyTuple_GET_ITEM(code->co_consts, i);
        if (!PyCode_Check((PyObject *)inner) || lines_known(inner))
            continue;
        char *qualified_name = qualify(code, name, inner);
        if (qualified_name)
            look_at(look, inner, qualified_name, depth - 1);
        free(qualified_name);
    }
}

/* ---- Places ---- */

/* Files are compared by their absolute paths; up to 3.8 code may have one that is not. */
static const char *absolute_path(const char *file, char path[PATH_SIZE])
{
    char directory[PATH_SIZE];
    if (file[0] == '/' || file[0] == '<' || !getcwd(directory, sizeof directory))
        return file;
    if (strncmp(file, "./", 2) == 0)
        file += 2;
    int length = snprintf(path, PATH_SIZE, "%s/%s", directory, file);
    return length > 0 && length < PATH_SIZE ? path : file;
}

static bool is_program_text(const char *file, const char *module, PyObject *globals)
{
    PyObject *own = PyDict_GetItemString(globals, "__file__");
    bool has_file =
        own && PyUnicode_Check(own) && PyUnicode_CompareWithASCIIString(own, "<stdin>") != 0;
    return (strcmp(file, "<string>") == 0 || strcmp(file, "<stdin>") == 0) &&
           strcmp(module, "__main__") == 0 && !has_file;
}

/* Calls look_at() where the place is meant. */
static struct lines_of_code *look_in_place(PyCodeObject *code, PyObject *globals,
                                           bool decorated)
{
    PyObject *file_holder, *module_holder, *name_holder;
    char path[PATH_SIZE];
    struct lines_of_code *known = &not_chosen;
    PyObject *module = globals ? PyDict_GetItemString(globals, "__name__") : NULL;
    const char *file = label_utf8(code->co_filename, &file_holder);
    const char *module_name = module ? label_utf8(module, &module_holder) : "";
    const char *name = label_utf8(compat_code_qualified_name(code), &name_holder);
    struct look look = {
        .place = {.file = absolute_path(file, path),
                  .module = module_name,
                  .is_program_text = module && is_program_text(file, module_name, globals)},
        .globals = globals,
        .file = code->co_filename,
        .decorated = decorated,
    };
    if (decorated || choice_has_place(&lines.choice, &look.place, lines.library))
        known = look_at(&look, code, name, DEEPEST_NESTING);
    else
        remember(code, known);
    Py_XDECREF(file_holder);
    if (module)
        Py_XDECREF(module_holder);
    Py_XDECREF(name_holder);
    return known;
}

struct lines_of_code *lines_look(PyCodeObject *code, PyObject *globals)
{
    if (!PyCode_Check((PyObject *)code) || !recorder.recording)
        return &not_chosen;
    struct compat_exception saved = compat_save_exception();
    struct lines_of_code *known = look_in_place(code, globals, false);
    PyErr_Clear();
    compat_restore_exception(saved);
    return known;
}

void lines_decorate(PyCodeObject *code, PyObject *globals)
{
    if (!recorder.recording || !recorder.line_engine || lines.choice.count > 0 ||
        recorder.options.hot)
        return;
    struct compat_exception saved = compat_save_exception();
    lines_only_decorated = true;
    recorder.writer.header->only_decorated = 1;
    struct lines_of_code *known = lines_known(code);
    if (!known || !known->entry)
        known = look_in_place(code, globals, true);
    if (known->entry) {
        known->decorated = true;
        line_codes_decorate(&recorder.writer, known->entry);
    }
    PyErr_Clear();
    compat_restore_exception(saved);
}

/* ---- Threads and processes ---- */

struct line_thread *lines_start_thread(struct writer_thread *thread)
{
    return thread->lines = line_thread_start(thread);
}

void lines_inherit(struct writer_thread *thread, const struct recording_writer *from,
                   const struct line_thread *parent)
{
    if (lines_extra_index < 0)
        return;
    line_codes_move(&lines.codes, thread->writer, from);
    sources_copy(thread->writer, from);
    thread->writer->header->only_decorated = lines_only_decorated;
    if (lines_start_thread(thread) && parent)
        line_thread_put_back(thread->lines, parent->frames + 1,
                             (size_t)(parent->top - parent->frames));
}

/* ---- What is not on top ---- */

void lines_begin_elsewhere(struct line_thread *thread, const struct lines_of_code *known,
                           uint64_t identity, uint32_t number)
{
    if (!line_thread_return_to(thread, identity) && !line_enter(thread, known->entry, identity))
        line_thread_lose(thread);
    else
        line_begin(thread, identity, number);
}

void lines_leave_elsewhere(struct line_thread *thread, uint64_t identity)
{
    if (line_thread_return_to(thread, identity))
        line_leave(thread, identity);
}
