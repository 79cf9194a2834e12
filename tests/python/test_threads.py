"""Threads, however they come to be and to an end: each has a tree and a time of its own.

SPDX-License-Identifier: MIT
"""
import glob
import os
import re
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



MANY = """
import glob, os, threading
recording, = glob.glob(os.path.join(os.environ["TMPDIR"], "pyperf-*", "recording"))
def size(): return os.stat(recording).st_blocks * 512
def short(n): return step(n)
def step(n): return abs(n)
def start_and_join():
    thread = threading.Thread(target=short, args=(1,))
    thread.start()
    thread.join()
start_and_join()
before = size()
for _ in range(2000): start_and_join()
print(size() - before)
"""


class ManyThreads(harness.TestCase):
    per_interpreter = True

    def test_two_thousand(self):
        """Nothing is lost, and what an ended thread leaves behind is its tree."""
        place = harness.fresh_directory()
        script = harness.write(place, "many.py", MANY)
        done, stats = harness.profile(self.python, script, options=["--report", os.path.join(place, "report")],
                                      env=harness.environment(TMPDIR=place))
        self.check_same("status\n%s" % done, 0, done.status)
        calls = [harness.calls_of(stats, name, "many.py") for name in ("short", "step")]
        self.check_same("calls", [2001, 2001], calls)
        self.assertLessEqual(int(done.stdout), 2000 * 4096 + (2 << 20))  # it grows in steps
        with open(os.path.join(place, "report")) as file:
            report = file.read()
        self.assertRegex(report, r"\b2,001 threads|\b2,002 threads")
        self.assertNotRegex(report, "found no room|could not grow|on record|of their own")


# From a report of what goes wrong when threads share a stack: the main thread's calls begin and
# end while the worker is in its sleep.
SLEEPS = """
import threading, time
def a(): time.sleep(0.05)
def b(): time.sleep(0.05)
def worker():
    started.set()
    time.sleep(0.30)
started = threading.Event()
thread = threading.Thread(target=worker)
thread.start()
started.wait()
a()
b()
thread.join()
"""


class OwnTimes(harness.TestCase):
    per_interpreter = True
    alone = True

    def test_time_of_one_thread_is_no_other_ones(self):
        script = harness.write(harness.fresh_directory(), "sleeps.py", SLEEPS)
        _, stats = harness.profile(self.python, script)
        for name, seconds in (("worker", 0.30), ("a", 0.05), ("b", 0.05)):
            got = harness.only_row(stats, name, "sleeps.py")[3]
            self.assertTrue(seconds <= got < seconds + 0.045, "%s took %.3f s, not %.2f" % (name, got, seconds))
            self.assertLess(harness.only_row(stats, name, "sleeps.py")[2], 0.02)
        sleep = harness.only_row(stats, "<built-in method time.sleep>")
        times = {caller[2]: edge[3] for caller, edge in sleep[4].items()}
        self.check_same("callers of sleep", ["a", "b", "worker"], sorted(times))
        self.assertGreaterEqual(times["worker"], 0.30)
        for name in ("a", "b"):
            callers = [caller[2] for caller in harness.only_row(stats, name, "sleeps.py")[4]]
            self.check_same("callers of " + name, ["<module>"], callers)


PER_THREAD = """
import os, sys, threading, time, _thread
def spin(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end: pass
def work(seconds):
    spin(seconds)
    for _ in range(20): time.sleep(0.001)
def renamed():
    threading.current_thread().name = "sp\\u00e4ter"
    work(0)
def forever():
    work(0)
    ready.set()
    time.sleep(100)
for target, name in ((lambda: work(0.2), "busy"), (lambda: work(0), "idle"), (renamed, "first name")):
    thread = threading.Thread(target=target, name=name)
    thread.start()
    thread.join()
ready = threading.Event()
threading.Thread(target=forever, daemon=True, name="daemon \\u65e5" + "x" * 80).start()
ready.wait()
lock = _thread.allocate_lock()
lock.acquire()
def bare():
    lock.release()
_thread.start_new_thread(bare, ())
lock.acquire()
time.sleep(0.05)
if len(sys.argv) > 1: os.kill(os.getpid(), 9)
"""
THREAD = re.compile(r"^   Thread (\d+) of (\d+): ([^\n]*), native id (\d+)\n   Wall time ([\d.]+) s, CPU time "
                    r"(?:([\d.]+) s, (\d+) voluntary and (\d+) involuntary context switch(?:es)?|and context "
                    r"switches unknown: its end was not seen)\.\n(.*?)(?=^   Thread|\Z)", re.M | re.S)


class PerThread(harness.TestCase):
    per_interpreter = True

    def threads(self, text):
        return {match[2]: match for match in THREAD.findall(text)}

    def run_program(self, *arguments, options=(), **more):
        script = harness.write(harness.fresh_directory(), "threads.py", PER_THREAD)
        return harness.pyperf_run(self.python, script, *arguments, options=["--per-thread", *options], **more)

    def test_tables(self):
        done = self.run_program(options=["--callers=spin"])
        self.check_same("status\n%s" % done, 0, done.status)
        found = self.threads(done.stdout)
        late = "sp\u00e4ter" if self.python.version_info >= (3, 11) else "first name"
        daemon = "daemon \u65e5" + "x" * 53  # 63 bytes
        self.check_same("names", ["MainThread", "busy", "idle", late, daemon, "(no name)"], list(found))
        self.check_same("numbers", [(str(i), "6") for i in range(1, 7)], [match[:2] for match in found.values()])
        self.check_same("native ids", 6, len({match[3] for match in found.values()}))
        for name, match in found.items():
            expected = 1 if name in ("busy", "idle", late, daemon) else 0
            self.check_same("calls of work in " + name, expected,
                            len(re.findall(r"(?m)^ +1 .*threads\.py:\d+\(work\)$", match[8])))
            self.check_same("calls of bare in " + name, name == "(no name)", "(bare)" in match[8])
            if expected:
                self.assertIn("was called by...", match[8])
                self.assertGreaterEqual(int(match[6]), 20, "voluntary context switches of " + name)
        self.assertGreaterEqual(float(found["busy"][5]), 0.2)
        self.assertLess(float(found["busy"][5]), 0.3)
        self.assertLess(float(found["idle"][5]), 0.1)
        self.assertEqual(done.stdout.count("Wall time"), 7)

    def test_killed(self):
        """What the others used was noted at their end; of those that lived it is not known."""
        done = self.run_program("kill")
        self.check_same("status", -9, done.status)
        unknown = [name for name, match in self.threads(done.stdout).items() if not match[5]]
        self.check_same("unknown", ["MainThread", "daemon \u65e5" + "x" * 53], unknown)

    def test_main_thread_alone(self):
        for options in ([], ["--no-builtins"]):
            done = self.run_program(options=["--threads", "main", *options])
            self.check_same("status\n%s" % done, 0, done.status)
            self.check_same("threads", ["MainThread"], list(self.threads(done.stdout)))
            for name in ("work", "bare", "_bootstrap"):
                self.assertNotIn("(%s)" % name, done.stdout)
            self.assertIn("(<module>)", done.stdout)
            self.assertRegex(done.stdout, r"\b1 thread\.")
            self.assertNotRegex(done.stdout, "found no room|on record")

    def test_stats(self):
        """The same from a recording that was kept."""
        place = harness.fresh_directory()
        env = harness.environment(TMPDIR=place)
        code = ("import os, signal, threading; os.kill(os.getppid(), signal.SIGKILL)\n"
                "thread = threading.Thread(target=abs, args=(1,), name='late'); thread.start(); thread.join()\n")
        harness.run([harness.pyperf(), "run", "--python", self.python.path, "-c", code], cwd=place, env=env)
        session, = glob.glob(os.path.join(place, "pyperf-*"))
        done = harness.run([harness.pyperf(), "stats", "--per-thread", session])
        self.check_same("status\n%s" % done, 0, done.status)
        self.check_same("threads\n%s" % done, ["MainThread", "late"], list(self.threads(done.stdout)))


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
    compiler = harness.compiler()
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


MENDED = """
import sys
def outer():
    inner()
def inner():
    sys.setprofile(lambda *event: None)
    unseen()
def unseen():
    sys.setprofile(None)
    seen()
def seen(): return abs(1)
def again(): return abs(1)
outer()
again()
"""


class Unbalanced(harness.TestCase):
    per_interpreter = True

    def test_hook_that_comes_back_in_the_middle(self):
        """A call begins under the program's own hook and returns under ours."""
        if self.python.version_info >= (3, 12):
            self.skip("the hooks do not displace each other")
        script = harness.write(harness.fresh_directory(), "mended.py", MENDED)
        done, stats = harness.profile(self.python, script, options=["--report", "-"])
        self.check_same("status\n%s" % done, 0, done.status)
        self.assertRegex(done.stdout, r"(?m)^   1 return had no call on record \(it began unrecorded\)\.$")
        calls = [harness.calls_of(stats, name, "mended.py") for name in ("outer", "inner", "seen", "again")]
        self.check_same("calls", [1, 1, 1, 1], calls)
        callers = [caller[2] for caller in harness.only_row(stats, "again", "mended.py")[4]]
        self.check_same("caller of again", ["<module>"], callers)


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
            if self.python.version_info[:2] == (3, 11) and options:
                continue  # frames that began without the engine are none of its
            self.assertRegex(done.stdout, r"(?m)^   \d+ returns had no call on record \(it began unrecorded\)\.$")


if __name__ == "__main__":
    harness.main()
