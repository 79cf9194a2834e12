/* SPDX-License-Identifier: MIT */
#include "cli/interpreters/facts.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/hash_index.h"

/* ---- Asking ---- */

_Noreturn static void answer_to(char *const *argv, int answers)
{
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    dup2(nothing, STDIN_FILENO);
    dup2(answers, STDOUT_FILENO);
    dup2(nothing, STDERR_FILENO);
    execv(argv[0], argv);
    _exit(127);
}

/* Reads to the end; false when that does not fit. */
static bool read_all(int descriptor, char *text, size_t size)
{
    size_t length = 0;
    while (length + 1 < size) {
        ssize_t part = read(descriptor, text + length, size - 1 - length);
        if (part < 0 && errno == EINTR)
            continue;
        if (part <= 0)
            break;
        length += (size_t)part;
    }
    if (length + 1 >= size)
        return false;
    text[length] = '\0';
    if (length > 0 && text[length - 1] == '\n')
        text[length - 1] = '\0';
    return true;
}

bool facts_ask(char *const *argv, char *answer)
{
    int answers[2];
    if (pipe2(answers, O_CLOEXEC) != 0)
        return false;
    /* Where SIGCHLD is ignored, as it may have been when we were started, statuses get lost. */
    const struct sigaction by_default = {.sa_handler = SIG_DFL};
    struct sigaction before;
    sigaction(SIGCHLD, &by_default, &before);
    pid_t pid = fork();
    if (pid == 0)
        answer_to(argv, answers[1]);
    close(answers[1]);
    bool answered = pid > 0 && read_all(answers[0], answer, FACTS_SIZE);
    close(answers[0]);
    int status = -1;
    if (pid > 0) {
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
            continue;
    }
    sigaction(SIGCHLD, &before, NULL);
    return answered && status == 0;
}

/* ---- Remembering ---- */

/* Where the answer for `path` is kept, the directory made if need be; false when there is no
 * place for it. One file per path, so that an answer out of date is replaced. */
static bool cache_file(const char *path, char *file)
{
    char directory[PATH_MAX];
    const char *cache = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    if (cache && cache[0] == '/')
        snprintf(directory, sizeof directory, "%s", cache);
    else if (home && home[0] == '/')
        snprintf(directory, sizeof directory, "%s/.cache", home);
    else
        return false;
    (void)mkdir(directory, 0700);
    int length = snprintf(file, PATH_MAX, "%s/pyperf", directory);
    if (length >= PATH_MAX)
        return false;
    (void)mkdir(file, 0700);
    length = snprintf(file, PATH_MAX, "%s/pyperf/%016" PRIx64, directory,
                      hash_bytes(path, strlen(path)));
    return length < PATH_MAX;
}

static void describe_file(const char *path, char *text, size_t size)
{
    struct stat info;
    if (stat(path, &info) == 0)
        snprintf(text, size, "%ju:%ju %jd.%09ld %jd", (uintmax_t)info.st_dev,
                 (uintmax_t)info.st_ino, (intmax_t)info.st_mtim.tv_sec, info.st_mtim.tv_nsec,
                 (intmax_t)info.st_size);
    else
        snprintf(text, size, "none");
}

/* The state of all that the answer depends on, as one number. */
static uint64_t describe_circumstances(const char *const *depends_on)
{
    uint64_t circumstances = 0;
    for (; depends_on && *depends_on; depends_on++) {
        char file[128];
        const char *text = *depends_on;
        if (text[0] == '/') {
            describe_file(text, file, sizeof file);
            text = file;
        }
        circumstances = circumstances * 31 + hash_bytes(text, strlen(text));
    }
    return circumstances;
}

/* The line that an answer is only good for. */
static bool describe_question(char *const *argv, const char *const *depends_on, char *line,
                              size_t size)
{
    char program[128];
    describe_file(argv[0], program, sizeof program);
    int length = snprintf(line, size, "2 %s %s|%016" PRIx64 "\n", argv[0], program,
                          describe_circumstances(depends_on));
    return length > 0 && (size_t)length < size;
}

static bool recall(const char *file, const char *question, char *answer)
{
    int descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0)
        return false;
    char text[FACTS_SIZE];
    struct stat info;
    /* Under sudo, HOME may be somebody else's. */
    bool good = fstat(descriptor, &info) == 0 && info.st_uid == geteuid() &&
                read_all(descriptor, text, sizeof text);
    close(descriptor);
    size_t length = strlen(question);
    if (!good || strncmp(text, question, length) != 0)
        return false;
    strcpy(answer, text + length);
    return true;
}

static void remember(const char *file, const char *question, const char *answer)
{
    char temporary[PATH_MAX + 16];
    snprintf(temporary, sizeof temporary, "%s.%d", file, (int)getpid());
    FILE *stream = fopen(temporary, "wxe");
    if (!stream)
        return;
    fprintf(stream, "%s%s\n", question, answer);
    bool failed = ferror(stream) != 0;
    if (fclose(stream) != 0 || failed || rename(temporary, file) != 0)
        unlink(temporary);
}

bool facts_ask_once(char *const *argv, const char *const *depends_on, char *answer)
{
    char file[PATH_MAX], question[PATH_MAX + 512];
    bool cached = cache_file(argv[0], file) &&
                  describe_question(argv, depends_on, question, sizeof question);
    if (cached && recall(file, question, answer))
        return true;
    if (!facts_ask(argv, answer))
        return false;
    if (cached)
        remember(file, question, answer);
    return true;
}
