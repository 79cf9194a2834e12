"""Threads, however they come to be and to an end: each has a tree and a time of its own.

SPDX-License-Identifier: MIT
"""
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import harness  # noqa: E402

THREADS = """
import os, sys, threading
def work(n):
    for i in range(n): step(i)
def step(i): return abs(i)
{start}
"""


class Threads(harness.TestCase):
    per_interpreter = True

    def calls(self, start):
        script = harness.write(harness.fresh_directory(), "threads.py", THREADS.format(start=start))
        report = os.path.join(harness.fresh_directory(), "r.txt")
        done, stats = harness.profile(self.python, script, options=["--report", report])
        self.check_same("status\n%s" % done, 0, done.status)
        with open(report) as file:
            return stats, file.read()

    def test_fifty(self):
        stats, report = self.calls(
            "sys.setswitchinterval(1e-5)\n"
            "threads = [threading.Thread(target=work, args=(100 + n,)) for n in range(50)]\n"
            "for t in threads: t.start()\nfor t in threads: t.join()\n")
        steps = sum(100 + n for n in range(50))
        calls = [harness.calls_of(stats, name, "threads.py") for name in ("work", "step")]
        self.check_same("calls of work and step", [50, steps], calls)
        step = harness.rows_of(stats, "step")
        edges = {caller[2]: edge[:2] for caller, edge in next(iter(step.values()))[4].items()}
        self.check_same("callers of step", {"work": (steps, steps)}, edges)
        self.assertRegex(report, r"\b51 threads")

    def test_low_level(self):
        stats, _ = self.calls(
            "import _thread\nlocks = [_thread.allocate_lock() for _ in range(20)]\n"
            "def run(lock):\n    work(50)\n    lock.release()\n"
            "for lock in locks: lock.acquire(); _thread.start_new_thread(run, (lock,))\n"
            "for lock in locks: lock.acquire()\n")
        calls = [harness.calls_of(stats, name, "threads.py") for name in ("run", "work", "step")]
        self.check_same("calls", [20, 20, 1000], calls)

    def test_one_after_another(self):
        """Thread ids and stacks are used again and again."""
        stats, report = self.calls(
            "for n in range(300):\n    t = threading.Thread(target=work, args=(3,)); t.start(); t.join()\n")
        calls = [harness.calls_of(stats, name, "threads.py") for name in ("work", "step")]
        self.check_same("calls", [300, 900], calls)
        self.assertRegex(report, r"\b301 threads")

    def test_pools(self):
        stats, _ = self.calls(
            "from concurrent.futures import ThreadPoolExecutor\n"
            "with ThreadPoolExecutor(8) as pool: list(pool.map(work, [10] * 100))\n")
        calls = [harness.calls_of(stats, name, "threads.py") for name in ("work", "step")]
        self.check_same("calls", [100, 1000], calls)

    def test_daemon_at_the_end(self):
        """A daemon thread that still runs when the interpreter ends."""
        stats, _ = self.calls(
            "ready = threading.Event()\ndef forever():\n    work(7)\n    ready.set()\n"
            "    while True: step(1)\nthreading.Thread(target=forever, daemon=True).start()\nready.wait()\n")
        self.check_same("calls of forever and work", [1, 1],
                        [harness.calls_of(stats, name, "threads.py") for name in ("forever", "work")])

    def test_killed(self):
        """Threads that are in calls when the process is killed."""
        script = harness.write(harness.fresh_directory(), "threads.py", THREADS.format(start=(
            "barrier = threading.Barrier(11)\ndef hang():\n    work(20)\n    barrier.wait()\n    work(20)\n"
            "    barrier.wait()\n    threading.Event().wait()\n"
            "for n in range(10): threading.Thread(target=hang).start()\nbarrier.wait()\nbarrier.wait()\n"
            "os.kill(os.getpid(), 9)\n")))
        done, stats = harness.profile(self.python, script)
        self.check_same("status", -9, done.status)
        calls = [harness.calls_of(stats, name, "threads.py") for name in ("hang", "work", "step")]
        self.check_same("calls", [10, 20, 400], calls)



# Threads that Python did not make: pthread_create itself, and a library's function that calls
# back three times, under a new thread state each time.
FOREIGN = """
import ctypes, sys
libc = ctypes.CDLL(None)
def leaf(i): return abs(i)
def body(n):
    for i in range(n): leaf(i)
def callback(argument):
    body(10)
    return 0
python_function = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)(callback)
start, argument = python_function, None
if len(sys.argv) > 1:
    start, argument = ctypes.CDLL(sys.argv[1]).call_three_times, python_function
handles = [ctypes.c_ulong() for _ in range(20)]
for handle in handles: libc.pthread_create(ctypes.byref(handle), None, start, argument)
for handle in handles: libc.pthread_join(handle, None)
"""

CALLS_BACK = """
void *call_three_times(void *function)
{
    void *(*callback)(void *) = (void *(*)(void *))function;
    for (int i = 0; i < 3; i++)
        callback(0);
    return 0;
}
"""


@harness.locked
def library_that_calls_back():
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if not compiler:
        return None
    folder = harness.fresh_directory()
    library = os.path.join(folder, "calls_back.so")
    done = harness.run([compiler, "-shared", "-fPIC", "-o", library,
                        harness.write(folder, "calls_back.c", CALLS_BACK)])
    if done.status != 0:
        raise AssertionError(str(done))
    return library


class ForeignThreads(harness.TestCase):
    """Threads made in C that call into Python."""
    per_interpreter = True

    def check(self, callbacks, *arguments, options=()):
        if self.python.has("ctypes"):
            self.skip("no ctypes")
        script = harness.write(harness.fresh_directory(), "foreign.py", FOREIGN)
        done, stats = harness.profile(self.python, script, *arguments,
                                      options=["--report", "-", *options])
        self.check_same("status\n%s" % done, 0, done.status)
        calls = [harness.calls_of(stats, name, "foreign.py") for name in ("callback", "body", "leaf")]
        self.check_same("calls", [callbacks, callbacks, 10 * callbacks], calls)
        self.assertRegex(done.stdout, r"\b21 threads")
        self.assertNotIn("no call on record", done.stdout)
        root = {"callback": callbacks}
        callers = {label[2]: calls for label, calls in harness.callees_of_root(stats).items()
                   if label[2] in ("callback", "body", "leaf")}
        self.check_same("called by the root", root, callers)

    def test_one_callback_each(self):
        self.check(20)

    def test_without_builtins(self):
        self.check(20, options=["--no-builtins"])

    def test_one_tree_for_each_thread(self):
        library = library_that_calls_back()
        if not library:
            self.skip("no C compiler")
        self.check(60, library)


ALIVE = """
import threading, time
go, ready = threading.Event(), threading.Event()
def leaf(): return abs(1)
def early():
    ready.set()
    go.wait(60)
    for _ in range(100): leaf()
thread = threading.Thread(target=early)
thread.start()
ready.wait()
"""


class AliveAtTheStart(harness.TestCase):
    per_interpreter = True

    def test_thread_of_sitecustomize(self):
        """Started before recording was: its calls count from then on."""
        folder = harness.fresh_directory()
        harness.write(folder, "sitecustomize.py", ALIVE)
        script = harness.write(folder, "main.py", (
            "import sitecustomize as early\nearly.go.set()\nearly.thread.join()\n"))
        for options in ([], ["--no-builtins"]):
            done, stats = harness.profile(self.python, script, options=["--report", "-", *options],
                                          env=harness.environment(PYTHONPATH=folder))
            self.check_same("status\n%s" % done, 0, done.status)
            self.check_same("calls of leaf", 100, harness.calls_of(stats, "leaf", "sitecustomize.py"))
            self.assertRegex(done.stdout, r"\b2 threads")


if __name__ == "__main__":
    harness.main()
