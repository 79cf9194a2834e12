"""Starts children in every way there is; each calls work() as often as it says.

usage: children.py WAY...
Prints a line for each child that it knows of: its process id and how often work() was called.

SPDX-License-Identifier: MIT
"""
import concurrent.futures
import multiprocessing
import os
import subprocess
import sys

CODE = ("import os, sys\n"
        "def work(): pass\n"
        "for _ in range(int(sys.argv[1])): work()\n"
        "os.write(1, b'%d %d\\n' % (os.getpid(), int(sys.argv[1])))\n")


def work():
    pass


def call(times):
    for _ in range(times):
        work()
    os.write(1, b"%d %d\n" % (os.getpid(), times))


def fork():
    child = os.fork()
    if child == 0:
        call(101)
        os._exit(0)
    os.waitpid(child, 0)


def fork_deep(depth=20):
    """The child returns through the frames in which it was forked."""
    if depth:
        fork_deep(depth - 1)
        return
    child = os.fork()
    if child:
        os.waitpid(child, 0)
    else:
        call(102)


def fork_and_exec():
    child = os.fork()
    if child == 0:
        call(103)
        os.execv(sys.executable, [sys.executable, "-c", CODE, "104"])
    os.waitpid(child, 0)


def start(method, times):
    process = multiprocessing.get_context(method).Process(target=call, args=(times,))
    process.start()
    process.join()
    assert process.exitcode == 0


def multiprocessing_fork():
    start("fork", 105)


def multiprocessing_spawn():
    start("spawn", 106)


def multiprocessing_forkserver():
    start("forkserver", 107)


def pool():
    with concurrent.futures.ProcessPoolExecutor(2) as executor:
        list(executor.map(call, [11] * 10))


def run():
    subprocess.run([sys.executable, "-c", CODE, "108"], check=True)


def run_without_environment():
    subprocess.run([sys.executable, "-c", CODE, "109"], env={}, check=True)


def run_in_shell():
    subprocess.run('"%s" -c "$CODE" 110; exit 0' % sys.executable, shell=True, check=True,
                   env=dict(os.environ, CODE=CODE))


def run_closing_nothing():
    """With these, subprocess uses posix_spawn where it can."""
    subprocess.run([sys.executable, "-c", CODE, "111"], close_fds=False, check=True)


def run_with_preexec():
    subprocess.run([sys.executable, "-c", CODE, "112"], preexec_fn=work, check=True)


def system():
    os.environ["CODE"] = CODE
    assert os.system('"%s" -c "$CODE" 113; exit 7' % sys.executable) >> 8 == 7
    del os.environ["CODE"]


def posix_spawn():
    child = os.posix_spawn(sys.executable, [sys.executable, "-c", CODE, "114"], {})
    os.waitpid(child, 0)


def main():
    for way in sys.argv[1:]:
        globals()[way]()
        sys.stdout.flush()
        if way == "fork_deep" and os.getpid() != MAIN:
            return
    call(100)


if __name__ == "__main__":
    MAIN = os.getpid()
    main()
