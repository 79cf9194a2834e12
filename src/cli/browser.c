/* SPDX-License-Identifier: MIT */
#include "cli/browser.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/text_buffer.h"

/* Whatever a browser has to say is not for our terminal, and our signals are not for it. */
static void become(const char *script, const char *url)
{
    int nothing = open("/dev/null", O_RDWR);
    if (nothing >= 0) {
        dup2(nothing, STDIN_FILENO);
        dup2(nothing, STDOUT_FILENO);
        dup2(nothing, STDERR_FILENO);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setsid();
    execl("/bin/sh", "sh", "-c", script, "sh", url, (char *)NULL);
    _exit(127);
}

/* Most commands hand the page to a browser that runs already and end; a browser that is started
 * itself goes on. What fails, fails soon. */
static bool works(pid_t child)
{
    enum { STEPS = 100 };
    const struct timespec step = {.tv_nsec = 20000000};
    for (int i = 0; i < STEPS; i++) {
        int status;
        pid_t ended = waitpid(child, &status, WNOHANG);
        if (ended == child)
            return WIFEXITED(status) && WEXITSTATUS(status) == 0;
        if (ended < 0 && errno != EINTR)
            return false;
        nanosleep(&step, NULL);
    }
    return true;
}

/* The command with "$1" for %s or at its end, for the shell. */
static void compose(struct text_buffer *script, const char *command, size_t length)
{
    while (length > 0 && strchr(" &", command[length - 1]))
        length--;
    bool placed = false;
    for (size_t i = 0; i < length; i++) {
        if (command[i] == '%' && i + 1 < length && command[i + 1] == 's') {
            text_buffer_add(script, "\"$1\"");
            placed = true;
            i++;
        } else {
            text_buffer_add_bytes(script, command + i, 1);
        }
    }
    if (!placed)
        text_buffer_add(script, " \"$1\"");
}

static bool start(const char *command, size_t length, const char *url)
{
    struct text_buffer script = {0};
    compose(&script, command, length);
    pid_t child = script.failed || length == 0 ? -1 : fork();
    if (child == 0)
        become(text_buffer_text(&script), url);
    text_buffer_release(&script);
    return child > 0 && works(child);
}

static bool start_any(const char *commands, const char *url)
{
    while (*commands) {
        size_t length = strcspn(commands, ":");
        if (start(commands, length, url))
            return true;
        commands += length;
        commands += *commands == ':';
    }
    return false;
}

static bool has_desktop(void)
{
    return getenv("DISPLAY") || getenv("WAYLAND_DISPLAY");
}

bool browser_open(const char *command, const char *url)
{
    if (command)
        return start(command, strlen(command), url);
    const char *wanted = getenv("BROWSER");
    if (wanted && *wanted)
        return start_any(wanted, url);
    return has_desktop() && start_any("xdg-open:gio open:x-www-browser", url);
}
