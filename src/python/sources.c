/* SPDX-License-Identifier: MIT */
#include "python/compat.h"

#include "python/sources.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "python/labels.h"

enum { LARGEST_SOURCE = 8 << 20 /* bytes */ };

/* ---- The recording's table ---- */

static struct recording_source *table_of(const struct recording_writer *writer)
{
    return recording_map_region(&writer->map, RECORDING_SOURCES);
}

static bool is_kept(const struct recording_writer *writer, uint32_t file)
{
    const struct recording_source *sources = table_of(writer);
    for (uint32_t i = writer->header->counts[RECORDING_SOURCES]; i-- > 0;)
        if (sources[i].file == file)
            return true;
    return false;
}

static void add(struct recording_writer *writer, const struct recording_source *source)
{
    uint32_t index = writer->header->counts[RECORDING_SOURCES];
    if (source->file == RECORDING_NONE || source->text == RECORDING_NONE ||
        source->path == RECORDING_NONE ||
        !recording_map_reserve(&writer->map, RECORDING_SOURCES, (uint64_t)index + 1))
        return;
    table_of(writer)[index] = *source;
    WRITER_ORDER_STORES();
    writer->header->counts[RECORDING_SOURCES] = index + 1;
}

/* ---- From disk ---- */

/* The whole of a small file, NUL at its end; NULL: it cannot be read. */
static char *read_file(int file, size_t size)
{
    char *text = malloc(size + 1);
    size_t length = 0;
    while (text && length < size) {
        ssize_t got = read(file, text + length, size - length);
        if (got <= 0)
            break;
        length += (size_t)got;
    }
    if (text && length == size && !memchr(text, '\0', length)) {
        text[length] = '\0';
        return text;
    }
    free(text);
    return NULL;
}

static bool keep_from_disk(struct recording_writer *writer, uint32_t file, const char *path)
{
    struct stat facts;
    int descriptor = path[0] == '/' ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
    if (descriptor < 0)
        return false;
    char *text = fstat(descriptor, &facts) == 0 && S_ISREG(facts.st_mode) &&
                         facts.st_size <= LARGEST_SOURCE
                     ? read_file(descriptor, (size_t)facts.st_size)
                     : NULL;
    close(descriptor);
    if (!text)
        return false;
    const struct recording_source source = {
        .file = file,
        .text = writer_string(writer, text),
        .path = writer_string(writer, path),
        .is_raw = 1,
        .size = (uint64_t)facts.st_size,
        .modified = (int64_t)facts.st_mtim.tv_sec * 1000000000 + facts.st_mtim.tv_nsec,
    };
    free(text);
    add(writer, &source);
    return true;
}

/* ---- From linecache ---- */

/* Linecache asks the loader that globals name, which knows the module's own file alone: code
 * that was compiled under another name, and runs with these globals, has another text. */
static PyObject *globals_of_file(PyObject *name, PyObject *globals)
{
    PyObject *file = globals ? PyDict_GetItemString(globals, "__file__") : NULL;
    bool same = file && PyUnicode_Check(file) && PyUnicode_Compare(file, name) == 0;
    PyErr_Clear();
    return same ? globals : Py_None;
}

/* The lines as linecache.getlines() returns them, put together; a new reference, or NULL. */
static PyObject *ask_linecache(PyObject *name, PyObject *globals)
{
    PyObject *module = PyImport_ImportModule("linecache");
    PyObject *lines = module ? PyObject_CallMethod(module, "getlines", "OO", name,
                                                   globals_of_file(name, globals))
                             : NULL;
    PyObject *empty = PyUnicode_FromString("");
    PyObject *text = lines && empty ? PyUnicode_Join(empty, lines) : NULL;
    Py_XDECREF(empty);
    Py_XDECREF(lines);
    Py_XDECREF(module);
    return text;
}

static void keep_from_linecache(struct recording_writer *writer, uint32_t file, PyObject *name,
                                PyObject *globals)
{
    struct recording_source source = {.file = file};
    PyObject *text = ask_linecache(name, globals), *holder = NULL;
    if (text && PyUnicode_GET_LENGTH(text) <= LARGEST_SOURCE) {
        const char *bytes = label_utf8(text, &holder);
        source.text = holder ? writer_string(writer, bytes) : 0;
    }
    add(writer, &source); /* also where there is none, which is not to be found out again */
    Py_XDECREF(holder);
    Py_XDECREF(text);
}

/* ---- Both ---- */

void sources_keep(struct recording_writer *writer, uint32_t file, const char *path,
                  PyObject *name, PyObject *globals)
{
    if (is_kept(writer, file) || keep_from_disk(writer, file, path))
        return;
    keep_from_linecache(writer, file, name, globals);
}

static uint32_t copy_string(struct recording_writer *to, const struct recording_writer *from,
                            uint32_t offset)
{
    return writer_string(to, from->strings + offset);
}

void sources_copy(struct recording_writer *to, const struct recording_writer *from)
{
    const struct recording_source *sources = table_of(from);
    for (uint32_t i = 0; i < from->header->counts[RECORDING_SOURCES]; i++) {
        struct recording_source source = sources[i];
        source.file = copy_string(to, from, source.file);
        source.text = copy_string(to, from, source.text);
        source.path = copy_string(to, from, source.path);
        add(to, &source);
    }
}
