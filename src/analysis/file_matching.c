/* SPDX-License-Identifier: MIT */
#include "analysis/file_matching.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

/* Paths that agree in so many names agree. */
enum { NAMES_MAX = 16 };

void file_matching_release(struct file_matching *matching)
{
    label_table_release(&matching->paths);
    free(matching->file_of_path);
    free(matching->round_of_path);
    free(matching->representative);
    free(matching->round_of_file);
    *matching = (struct file_matching){.file_count = 0};
}

/* The end of a path that has so many names, or NULL where it has fewer. */
static const char *path_end(const char *path, unsigned names)
{
    const char *at = path + strlen(path);
    for (unsigned i = 0; i < names; i++) {
        if (i > 0) {
            if (at == path)
                return NULL;
            at--; /* the separator */
        }
        while (at > path && at[-1] != '/' && at[-1] != '\\')
            at--;
    }
    return at;
}

/* Names that say nothing of what is in the file, and what is no file. */
static bool may_match(const char *end, unsigned names)
{
    if (end[0] == '<' || end[0] == '~')
        return false;
    return names > 1 || (strcmp(end, "__init__.py") != 0 && strcmp(end, "__main__.py") != 0);
}

/* ---- New paths ---- */

static bool add_file(struct file_matching *matching, uint32_t path, uint32_t round)
{
    uint32_t added = matching->file_count;
    if (!array_reserve((void **)&matching->representative, &matching->file_capacity,
                       (size_t)added + 1, sizeof *matching->representative) ||
        !array_reserve((void **)&matching->round_of_file, &matching->file_round_capacity,
                       (size_t)added + 1, sizeof *matching->round_of_file))
        return false;
    matching->representative[added] = matching->paths.labels[path].file;
    matching->round_of_file[added] = round;
    matching->file_of_path[path] = added;
    matching->file_count++;
    return true;
}

/* Files that this profile does not have yet, by the ends of their paths. */
struct ends {
    struct label_table table;
    uint32_t *files; /* by end */
    size_t capacity;
};

static bool collect_ends(const struct file_matching *matching, uint32_t known, uint32_t round,
                         unsigned names, struct ends *ends)
{
    for (uint32_t file = 0; file < known; file++) {
        const char *end = path_end(matching->representative[file], names);
        if (matching->round_of_file[file] == round || !end || !may_match(end, names))
            continue;
        uint32_t before = ends->table.count;
        uint32_t number = label_table_add(&ends->table, end, 0, "");
        if (number == PYPERF_NO_INDEX ||
            !array_reserve((void **)&ends->files, &ends->capacity, (size_t)number + 1,
                           sizeof *ends->files))
            return false;
        if (number == before) /* of several with that end the first */
            ends->files[number] = file;
    }
    return true;
}

static bool match_ends(struct file_matching *matching, uint32_t known, uint32_t round,
                       unsigned names, const uint32_t *paths, uint32_t count)
{
    struct ends ends = {.files = NULL};
    bool done = collect_ends(matching, known, round, names, &ends);
    uint32_t found = ends.table.count;
    for (uint32_t i = 0; done && found > 0 && i < count; i++) {
        const char *end = path_end(matching->paths.labels[paths[i]].file, names);
        if (matching->file_of_path[paths[i]] != PYPERF_NO_INDEX || !end ||
            !may_match(end, names))
            continue;
        uint32_t number = label_table_add(&ends.table, end, 0, "");
        done = number != PYPERF_NO_INDEX;
        if (!done || number >= found)
            continue;
        uint32_t file = ends.files[number];
        if (matching->round_of_file[file] == round)
            continue;
        matching->file_of_path[paths[i]] = file;
        matching->round_of_file[file] = round;
    }
    label_table_release(&ends.table);
    free(ends.files);
    return done;
}

static bool place_new_paths(struct file_matching *matching, uint32_t round,
                            const uint32_t *paths, uint32_t count)
{
    uint32_t known = matching->file_count;
    bool done = true;
    for (unsigned names = NAMES_MAX; done && count > 0 && names > 0; names--)
        done = match_ends(matching, known, round, names, paths, count);
    for (uint32_t i = 0; done && i < count; i++)
        if (matching->file_of_path[paths[i]] == PYPERF_NO_INDEX)
            done = add_file(matching, paths[i], round);
    return done;
}

/* ---- A profile ---- */

/* The number of a path; those that come for the first time are in no file yet. */
static uint32_t number_of_path(struct file_matching *matching, const char *path)
{
    uint32_t before = matching->paths.count;
    uint32_t number = label_table_add(&matching->paths, path, 0, "");
    if (number != before || number == PYPERF_NO_INDEX)
        return number;
    if (!array_reserve((void **)&matching->file_of_path, &matching->path_capacity,
                       (size_t)number + 1, sizeof *matching->file_of_path) ||
        !array_reserve((void **)&matching->round_of_path, &matching->round_capacity,
                       (size_t)number + 1, sizeof *matching->round_of_path))
        return PYPERF_NO_INDEX;
    matching->file_of_path[number] = PYPERF_NO_INDEX;
    matching->round_of_path[number] = PYPERF_NO_INDEX;
    return number;
}

bool file_matching_add(struct file_matching *matching, uint32_t round, const char *const *paths,
                       uint32_t count, uint32_t *files)
{
    uint32_t *unplaced = malloc(((size_t)count + 1) * sizeof *unplaced);
    uint32_t unplaced_count = 0;
    bool done = unplaced != NULL;
    for (uint32_t i = 0; done && i < count; i++) {
        uint32_t path = files[i] = number_of_path(matching, paths[i]);
        done = path != PYPERF_NO_INDEX;
        if (!done || matching->round_of_path[path] == round)
            continue;
        matching->round_of_path[path] = round;
        if (matching->file_of_path[path] == PYPERF_NO_INDEX)
            unplaced[unplaced_count++] = path;
        else
            matching->round_of_file[matching->file_of_path[path]] = round;
    }
    done = done && place_new_paths(matching, round, unplaced, unplaced_count);
    for (uint32_t i = 0; done && i < count; i++)
        files[i] = matching->file_of_path[files[i]];
    free(unplaced);
    return done;
}
