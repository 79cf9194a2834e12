/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/output_file.h"

static char directory[64];

static int make_directory(void **state)
{
    (void)state;
    strcpy(directory, "/tmp/pyperf-test-XXXXXX");
    return mkdtemp(directory) && chdir(directory) == 0 ? 0 : -1;
}

static int remove_directory(void **state)
{
    (void)state;
    DIR *stream = opendir(directory);
    for (struct dirent *entry; stream && (entry = readdir(stream));)
        if (unlink(entry->d_name) != 0)
            (void)rmdir(entry->d_name);
    closedir(stream);
    return chdir("/") == 0 && rmdir(directory) == 0 ? 0 : -1;
}

static int files_in_directory(void)
{
    int count = 0;
    DIR *stream = opendir(".");
    while (readdir(stream))
        count++;
    closedir(stream);
    return count - 2;
}

static void put(const char *path, const char *text)
{
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    fputs(text, stream);
    fclose(stream);
}

static void assert_holds(const char *path, const char *text)
{
    char found[256] = {0};
    FILE *stream = fopen(path, "r");
    assert_non_null(stream);
    size_t size = fread(found, 1, sizeof found - 1, stream);
    fclose(stream);
    assert_int_equal(size, strlen(text));
    assert_string_equal(found, text);
}

static mode_t mode_of(const char *path)
{
    struct stat status;
    assert_int_equal(lstat(path, &status), 0);
    return status.st_mode & 07777;
}

static enum pyperf_status write_text(const char *path, const char *text,
                                     struct pyperf_error *error)
{
    struct output_file file;
    enum pyperf_status status = output_file_open(&file, path, error);
    if (status != PYPERF_OK)
        return status;
    output_file_write(&file, text, strlen(text));
    return output_file_commit(&file, error);
}

static void new_file_gets_the_usual_mode(void **state)
{
    (void)state;
    mode_t before = umask(027);
    assert_int_equal(write_text("new", "text", NULL), PYPERF_OK);
    umask(before);
    assert_holds("new", "text");
    assert_int_equal(mode_of("new"), 0640);
    assert_int_equal(files_in_directory(), 1);
}

static void old_file_stays_until_the_end(void **state)
{
    (void)state;
    put("old", "before");
    chmod("old", 0604);
    struct output_file file;
    assert_int_equal(output_file_open(&file, "old", NULL), PYPERF_OK);
    output_file_write(&file, "after", 5);
    assert_holds("old", "before");
    assert_int_equal(output_file_commit(&file, NULL), PYPERF_OK);
    assert_holds("old", "after");
    assert_int_equal(mode_of("old"), 0604);
    assert_int_equal(files_in_directory(), 1);
}

static void abandoned_file_leaves_no_trace(void **state)
{
    (void)state;
    put("old", "before");
    struct output_file file;
    assert_int_equal(output_file_open(&file, "old", NULL), PYPERF_OK);
    output_file_write(&file, "after", 5);
    output_file_abandon(&file);
    assert_holds("old", "before");
    assert_int_equal(files_in_directory(), 1);
}

static void big_files_are_complete(void **state)
{
    (void)state;
    enum { SIZE = 1000003 };
    char *text = malloc(SIZE);
    for (size_t i = 0; i < SIZE; i++)
        text[i] = (char)('a' + i % 23);
    struct output_file file;
    assert_int_equal(output_file_open(&file, "big", NULL), PYPERF_OK);
    size_t written = 0;
    for (size_t part = 1; written < SIZE; part = part * 3 + 1) {
        size_t size = part < SIZE - written ? part : SIZE - written;
        output_file_write(&file, text + written, size);
        written += size;
    }
    assert_int_equal(output_file_commit(&file, NULL), PYPERF_OK);
    char *found = malloc(SIZE + 1);
    FILE *stream = fopen("big", "r");
    assert_int_equal(fread(found, 1, SIZE + 1, stream), SIZE);
    fclose(stream);
    assert_memory_equal(found, text, SIZE);
    free(found);
    free(text);
}

/* A limit on the size of files fails like a full disk, and needs no file system of its own. */
static void full_disk_leaves_the_old_file(void **state)
{
    (void)state;
    put("old", "before");
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit;
    getrlimit(RLIMIT_FSIZE, &limit);
    struct rlimit small = {.rlim_cur = 100000, .rlim_max = limit.rlim_max};
    static char text[300000];
    memset(text, 'x', sizeof text - 1);
    struct pyperf_error error = {.status = PYPERF_OK};
    setrlimit(RLIMIT_FSIZE, &small);
    enum pyperf_status status = write_text("old", text, &error);
    setrlimit(RLIMIT_FSIZE, &limit);
    assert_int_equal(status, PYPERF_IO);
    assert_string_equal(error.message, "cannot write 'old': File too large");
    assert_holds("old", "before");
    assert_int_equal(files_in_directory(), 1);
}

static void full_device_is_reported(void **state)
{
    (void)state;
    struct pyperf_error error;
    assert_int_equal(write_text("/dev/full", "text", &error), PYPERF_IO);
    assert_contains(error.message, "'/dev/full'");
    assert_contains(error.message, "No space left");
    assert_int_equal(write_text("/dev/null", "text", &error), PYPERF_OK);
    struct stat status;
    assert_int_equal(stat("/dev/null", &status), 0);
    assert_true(S_ISCHR(status.st_mode));
}

static void links_stay_links(void **state)
{
    (void)state;
    put("target", "a longer text than the next");
    assert_int_equal(symlink("target", "symbolic"), 0);
    assert_int_equal(write_text("symbolic", "short", NULL), PYPERF_OK);
    assert_holds("target", "short");
    struct stat status;
    lstat("symbolic", &status);
    assert_true(S_ISLNK(status.st_mode));
    assert_int_equal(symlink("created", "dangling"), 0);
    assert_int_equal(write_text("dangling", "new", NULL), PYPERF_OK);
    assert_holds("created", "new");
    assert_int_equal(link("target", "second"), 0);
    assert_int_equal(write_text("target", "both", NULL), PYPERF_OK);
    assert_holds("second", "both");
}

static void fifos_are_written_to(void **state)
{
    (void)state;
    assert_int_equal(mkfifo("fifo", 0600), 0);
    assert_int_equal(output_file_check("fifo", NULL), PYPERF_OK); /* and does not wait */
    pid_t reader = fork();
    if (reader == 0) {
        char found[8] = {0};
        int descriptor = open("fifo", O_RDONLY);
        _exit(read(descriptor, found, sizeof found) == 4 && memcmp(found, "text", 4) == 0 ? 0
                                                                                          : 1);
    }
    assert_int_equal(write_text("fifo", "text", NULL), PYPERF_OK);
    int ended;
    assert_int_equal(waitpid(reader, &ended, 0), reader);
    assert_int_equal(ended, 0);
    struct stat status;
    lstat("fifo", &status);
    assert_true(S_ISFIFO(status.st_mode));
}

static void assert_refused(const char *path, const char *explanation)
{
    struct pyperf_error error = {.status = PYPERF_OK};
    struct output_file file;
    int files = files_in_directory();
    assert_int_not_equal(output_file_check(path, &error), PYPERF_OK);
    assert_contains(error.message, explanation);
    assert_int_not_equal(output_file_open(&file, path, NULL), PYPERF_OK);
    assert_int_equal(files_in_directory(), files);
}

static void what_cannot_work_is_refused_early(void **state)
{
    (void)state;
    put("file", "");
    assert_int_equal(symlink("nowhere/file", "astray"), 0);
    assert_int_equal(output_file_check("new", NULL), PYPERF_OK);
    assert_int_equal(files_in_directory(), 2);
    assert_refused("", "empty");
    assert_refused("missing/out.prof", "there is no directory 'missing'; create it");
    assert_refused("astray", "there is no directory './nowhere'");
    assert_refused("file/out.prof", "'file' is not a directory");
    assert_refused(directory, "it is a directory; name a file in it");
    assert_refused("new/", "there is no directory 'new'");
}

static void permissions_are_respected(void **state)
{
    (void)state;
    put("readonly", "before");
    chmod("readonly", 0444);
    assert_int_equal(mkdir("closed", 0555), 0);
    chmod(directory, 0755);
    bool root = geteuid() == 0;
    if (root)
        assert_int_equal(seteuid(65534), 0);
    assert_refused("readonly", "Permission denied");
    assert_refused("closed/new", "Permission denied");
    if (root)
        assert_int_equal(seteuid(0), 0);
    assert_holds("readonly", "before");
}

/* A file that we may write to in a directory that we may not is written in place. */
static void writable_file_in_a_closed_directory(void **state)
{
    (void)state;
    put("open", "before, and longer");
    chmod("open", 0666);
    chmod(directory, 0555);
    bool root = geteuid() == 0;
    if (root)
        assert_int_equal(seteuid(65534), 0);
    assert_int_equal(write_text("open", "after", NULL), PYPERF_OK);
    if (root)
        assert_int_equal(seteuid(0), 0);
    chmod(directory, 0755);
    assert_holds("open", "after");
}

#define test(function)                                                                         \
    cmocka_unit_test_setup_teardown(function, make_directory, remove_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(new_file_gets_the_usual_mode),
        test(old_file_stays_until_the_end),
        test(abandoned_file_leaves_no_trace),
        test(big_files_are_complete),
        test(full_disk_leaves_the_old_file),
        test(full_device_is_reported),
        test(links_stay_links),
        test(fifos_are_written_to),
        test(what_cannot_work_is_refused_early),
        test(permissions_are_respected),
        test(writable_file_in_a_closed_directory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
