/* Some of these functions run in the child of a vfork, on its parent's memory: they allocate
 * nothing, and what they compose is on the stack.
 *
 * SPDX-License-Identifier: MIT */
#include "python/hosts/children.h"

#include <alloca.h>
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/string_parts.h"
#include "recording/options.h"
#include "recording/preload_list.h"

static const char preload_prefix[] = PRELOAD_LIST_VARIABLE "=";
static const char options_prefix[] = RECORD_OPTIONS_VARIABLE "=";

static struct {
    uint64_t *count;
    pid_t process; /* whose count that is */
    char *preload; /* the path of our library, or NULL: children are not followed */
    char *options; /* "PYPERF_RECORD=…" */
} children;

/* ---- libc's own ---- */

static struct {
    int (*execve)(const char *, char *const[], char *const[]);
    int (*execvpe)(const char *, char *const[], char *const[]);
    int (*fexecve)(int, char *const[], char *const[]);
    int (*posix_spawn)(pid_t *, const char *, const posix_spawn_file_actions_t *,
                       const posix_spawnattr_t *, char *const[], char *const[]);
    int (*posix_spawnp)(pid_t *, const char *, const posix_spawn_file_actions_t *,
                        const posix_spawnattr_t *, char *const[], char *const[]);
    int (*system)(const char *);
} own;

/* A function's address through an object pointer, as POSIX has it. */
static void find(void *function, const char *name)
{
    *(void **)function = dlsym(RTLD_NEXT, name);
}

/* Before main, while there is one thread and no child; or earlier, where the constructor of
 * another library starts a program. */
__attribute__((constructor)) static void find_own(void)
{
    if (own.system)
        return;
    find(&own.execve, "execve");
    find(&own.execvpe, "execvpe");
    find(&own.fexecve, "fexecve");
    find(&own.posix_spawn, "posix_spawn");
    find(&own.posix_spawnp, "posix_spawnp");
    find(&own.system, "system");
}

/* ---- Counting ---- */

static void count_children(int64_t by)
{
    if (children.count)
        __atomic_add_fetch(children.count, (uint64_t)by, __ATOMIC_RELAXED);
}

static void note_fork(void)
{
    count_children(1);
}

/* The count lies in memory that the child shares with us. */
static void forget_count(void)
{
    children.count = NULL;
}

void children_count(uint64_t *count)
{
    static bool watching;
    children.process = getpid();
    children.count = count;
    if (!watching)
        watching = pthread_atfork(NULL, note_fork, forget_count) == 0;
}

/* The child of a vfork runs on our memory and under another number: it becomes a program now,
 * or, where `by` is −1, it has just failed to. */
static void note_vforked(int64_t by)
{
    if (children.count && getpid() != children.process)
        count_children(by);
}

/* ---- Following ---- */

void children_follow(const char *preload, const char *options)
{
    if (asprintf(&children.options, "%s%s", options_prefix, options) < 0)
        children.options = NULL;
    children.preload = children.options ? strdup(preload) : NULL;
}

static size_t count_variables(char *const *environment)
{
    size_t count = 0;
    while (environment && environment[count])
        count++;
    return count;
}

/* The libraries that an environment preloads, or NULL. */
static const char *find_preload(char *const *environment)
{
    for (; environment && *environment; environment++)
        if (has_prefix(*environment, preload_prefix))
            return *environment + sizeof preload_prefix - 1;
    return NULL;
}

/* Bytes of the variable with our library and others. */
static size_t joined_size(const char *others)
{
    return sizeof preload_prefix + preload_list_size(children.preload, others);
}

static char *join(char *to, const char *others)
{
    return preload_list_join(stpcpy(to, preload_prefix), children.preload, others);
}

/* The environment with our two variables, into room for two more than it has. */
static void compose(char *const *environment, const char *others, char *joined, char **to)
{
    join(joined, others);
    for (; environment && *environment; environment++)
        if (!has_prefix(*environment, preload_prefix) &&
            !has_prefix(*environment, options_prefix))
            *to++ = *environment;
    *to++ = joined;
    *to++ = children.options;
    *to = NULL;
}

/* Declares `name`: the environment, or on the caller's stack one with our variables. */
#define FOLLOW(environment, name)                                                              \
    char *const *name = (environment);                                                         \
    find_own();                                                                                \
    if (children.preload) {                                                                    \
        char **room = alloca((count_variables(name) + 3) * sizeof *room);                      \
        char *joined = alloca(joined_size(find_preload(name)));                                \
        compose(name, find_preload(name), joined, room);                                       \
        name = room;                                                                           \
    }

/* ---- Standing in ---- */

CHILDREN_API int execve(const char *path, char *const arguments[], char *const environment[])
{
    FOLLOW(environment, followed)
    note_vforked(1);
    int result = own.execve(path, arguments, followed);
    note_vforked(-1);
    return result;
}

CHILDREN_API int execv(const char *path, char *const arguments[])
{
    return execve(path, arguments, environ);
}

CHILDREN_API int execvpe(const char *file, char *const arguments[], char *const environment[])
{
    FOLLOW(environment, followed)
    note_vforked(1);
    int result = own.execvpe(file, arguments, followed);
    note_vforked(-1);
    return result;
}

CHILDREN_API int execvp(const char *file, char *const arguments[])
{
    return execvpe(file, arguments, environ);
}

CHILDREN_API int fexecve(int file, char *const arguments[], char *const environment[])
{
    FOLLOW(environment, followed)
    note_vforked(1);
    int result = own.fexecve(file, arguments, followed);
    note_vforked(-1);
    return result;
}

/* The arguments of the execl family, and what follows their NULL. */
#define COLLECT(first, arguments, environment)                                                 \
    va_list list;                                                                              \
    size_t count = 1;                                                                          \
    va_start(list, first);                                                                     \
    while (va_arg(list, char *))                                                               \
        count++;                                                                               \
    va_end(list);                                                                              \
    char **arguments = alloca((count + 1) * sizeof *arguments);                                \
    va_start(list, first);                                                                     \
    arguments[0] = (char *)first;                                                              \
    for (size_t i = 1; i <= count; i++)                                                        \
        arguments[i] = va_arg(list, char *);                                                   \
    environment;                                                                               \
    va_end(list)

CHILDREN_API int execl(const char *path, const char *first, ...)
{
    COLLECT(first, arguments, (void)0);
    return execve(path, arguments, environ);
}

CHILDREN_API int execlp(const char *file, const char *first, ...)
{
    COLLECT(first, arguments, (void)0);
    return execvpe(file, arguments, environ);
}

CHILDREN_API int execle(const char *path, const char *first, ...)
{
    COLLECT(first, arguments, char *const *environment = va_arg(list, char *const *));
    return execve(path, arguments, environment);
}

static int note_spawned(int failure)
{
    if (!failure)
        note_fork();
    return failure;
}

CHILDREN_API int posix_spawn(pid_t *child, const char *path,
                             const posix_spawn_file_actions_t *actions,
                             const posix_spawnattr_t *attributes, char *const arguments[],
                             char *const environment[])
{
    FOLLOW(environment, followed)
    return note_spawned(own.posix_spawn(child, path, actions, attributes, arguments, followed));
}

CHILDREN_API int posix_spawnp(pid_t *child, const char *file,
                              const posix_spawn_file_actions_t *actions,
                              const posix_spawnattr_t *attributes, char *const arguments[],
                              char *const environment[])
{
    FOLLOW(environment, followed)
    return note_spawned(
        own.posix_spawnp(child, file, actions, attributes, arguments, followed));
}

static char *add_quoted(char *to, const char *text)
{
    *to++ = '\'';
    for (; *text; text++)
        if (*text == '\'')
            to = stpcpy(to, "'\\''");
        else
            *to++ = *text;
    *to++ = '\'';
    *to = '\0';
    return to;
}

/* Whoever ends this process while the shell runs shall find it counted. */
static int run_shell(const char *command)
{
    count_children(1);
    int result = own.system(command);
    if (result == -1)
        count_children(-1);
    return result;
}

/* libc's system() starts a shell by itself, with the environment as it is; the shell is told to
 * give what it starts another one. */
CHILDREN_API int system(const char *command)
{
    find_own();
    if (!command) /* is there a shell at all? */
        return own.system(NULL);
    if (!children.preload)
        return run_shell(command);
    const char *others = getenv(PRELOAD_LIST_VARIABLE);
    char *joined = malloc(joined_size(others)), *script = NULL;
    if (joined) {
        join(joined, others);
        script = malloc(4 * (strlen(joined) + strlen(children.options)) + strlen(command) + 64);
    }
    int result = -1;
    if (script) {
        char *end = add_quoted(stpcpy(script, "export "), joined);
        end = add_quoted(stpcpy(end, " "), children.options);
        stpcpy(stpcpy(end, "; "), command); /* on one line: shells name it in messages */
        result = run_shell(script);
    } else {
        errno = ENOMEM;
    }
    free(joined);
    free(script);
    return result;
}
