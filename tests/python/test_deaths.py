"""Ways to end that take a program, a limit or a moment of their own: what was recorded until then
comes out, and the report shows where the program was.

usage: see tests/support/harness.py

SPDX-License-Identifier: MIT
"""
import os
import re
import signal
import struct
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import harness  # noqa: E402

NO_CORES = "ulimit -c 0"

DEADLOCK = """
import threading
first, second, both = threading.Lock(), threading.Lock(), threading.Barrier(2)
def take(lock): lock.acquire()
def work(mine, other):
    with mine:
        both.wait()
        take(other)
threads = [threading.Thread(target=work, args=locks) for locks in ((first, second), (second, first))]
for thread in threads: thread.start()
print("started", flush=True)
for thread in threads: thread.join()
"""

# 2 ** 17 call paths: long work for whoever adds them up.
MANY_PATHS = """
import os, sys
def left(n):
    if n: left(n - 1); right(n - 1)
def right(n):
    if n: left(n - 1); right(n - 1)
left(17)
sys.exit(int(sys.argv[1]))
"""

EATS = """
def step(): pass
def eat(n):
    return [bytearray(b"x" * (1 << 20)) for _ in range(n)]
for _ in range(10): step()
print("eats", flush=True)
eat(4000)
print("not reached")
"""


class Deaths(harness.TestCase):
    per_interpreter = True

    def recorded(self, command, limit=NO_CORES, **more):
        """How a command that `pyperf run` runs ends, its profile, and its report."""
        folder = harness.fresh_directory()
        output, report = (os.path.join(folder, name) for name in ("x.prof", "report"))
        done = harness.run([*harness.limits(limit), harness.pyperf(), "run", "--python", self.python.path, "-q", "-o",
                            output, "--report", report, *command], **more)
        stats = harness.load_pstats(output, done)
        with open(report) as file:
            return done, stats, file.read()

    def script(self, text):
        return harness.write(harness.fresh_directory(), "script.py", text)

    def check_same_end(self, plain, done):
        self.check_same("end", (plain.status, plain.stdout, plain.stderr), (done.status, done.stdout, done.stderr))

    def test_exit_in_a_thread(self):
        """sys.exit ends a thread, os._exit everything."""
        for call, status in (("sys.exit(3)", 4), ("os._exit(3)", 3)):
            with self.subTest(call):
                script = self.script(
                    "import os, sys, threading\ndef step(): pass\ndef work():\n    for _ in range(50): step()\n"
                    "    leave()\ndef leave(): %s\nthread = threading.Thread(target=work)\nthread.start()\n"
                    "thread.join()\nsys.exit(4)\n" % call)
                done, stats, report = self.recorded([script])
                self.check_same("status", status, done.status)
                self.check_same("calls", [50, 1, 1], [harness.calls_of(stats, name, "script.py")
                                                      for name in ("step", "work", "leave")])
                self.check_same("is an open call shown?", status == 3, "script.py:6(leave) > " in report)

    def test_deadlock_ended_by_timeout(self):
        """The report shows what each thread waited for."""
        script = self.script(DEADLOCK)
        done = harness.run(["timeout", "1", harness.pyperf(), "run", "--python", self.python.path, script])
        if "started" not in done.stdout:
            self.skip("the machine is too slow to get there in a second")
        self.check_same("status\n%s" % done, 124, done.status)
        self.assertRegex(done.stdout, r"ended by signal 15 \(Terminated\)")
        self.assertRegex(done.stdout, r"(?m)^   \d+ calls had not returned; their time counts up to the end:$")
        self.assertRegex(done.stdout, r"(?m)^      main thread: script\.py:\d\(<module>\) > threading\.py:\d+\(join\) > ")
        waiting = re.findall(r"(?m)^      thread \d+: threading\.py.* > script\.py:5\(work\) > script\.py:4\(take\) > "
                             r"\{method 'acquire' of '_thread\.lock' objects\}$", done.stdout)
        self.check_same("threads that wait for a lock", 2, len(waiting))

    def test_c_stack_overflow(self):
        program = os.path.join(harness.PROGRAMS, "overflows.py")
        counts = os.path.join(harness.fresh_directory(), "counts")
        limit = NO_CORES + "; ulimit -s 256"
        plain = harness.run([*harness.limits(limit), self.python.path, program, counts])
        if harness.sanitized() or plain.status != -signal.SIGSEGV:
            self.skip("python itself does not overflow the stack, but ends with %d" % plain.status)
        done, stats, report = self.recorded([program, counts], limit)
        self.check_same_end(plain, done)
        with open(counts, "rb") as file:
            counted, = struct.unpack("<q", file.read())
        self.assertGreater(counted, 100)
        self.assertIn(harness.calls_of(stats, "deeper") - counted, (0, 1))
        self.assertRegex(report, r"ended by signal 11 \(Segmentation fault\)")
        self.assertRegex(report, r"(?m)^      main thread: overflows.py:1\(<module>\) > overflows.py:\d+\(deeper\) > .* > "
                                 r"\.\.\. [\d,]+ more \.\.\. > .*$")

    def test_memory_error(self):
        """RLIMIT_AS: the allocation fails, the program says so, the profile is whole."""
        if harness.sanitized():
            self.skip("the sanitizer needs terabytes of address space")
        script, limit = self.script(EATS), NO_CORES + "; ulimit -v 500000"
        plain = harness.run([*harness.limits(limit), self.python.path, script])
        done, stats, report = self.recorded([script], limit)
        self.check_same("status", (1, 1), (plain.status, done.status))
        self.check_same("output", plain.stdout, done.stdout)
        self.assertIn("MemoryError", done.stderr)
        self.check_same("calls", [10, 1], [harness.calls_of(stats, name) for name in ("step", "eat")])
        self.assertIn("The program ended with status 1.", report)

    def test_killed_for_want_of_memory(self):
        """The kernel's OOM killer, in a control group that pyperf is in as well."""
        group = memory_group(96 << 20)
        if not group:
            self.skip("no control group with a limit on memory can be made here")
        try:
            script = self.script(EATS)
            done, stats, report = self.recorded([script], NO_CORES + "; echo $$ >%s/cgroup.procs" % group)
            self.check_same("end", (-signal.SIGKILL, "eats\n", ""), (done.status, done.stdout, done.stderr))
            self.check_same("calls", [10, 1], [harness.calls_of(stats, name) for name in ("step", "eat")])
            self.assertRegex(report, r"ended by signal 9 \(Killed\)")
            self.assertRegex(report, r"main thread: script\.py:\d\(<module>\) > script\.py:3\(eat\)")
        finally:
            remove_group(group)

    def test_interrupted_twice(self):
        """The program tidies up after the first Ctrl-C; the second ends that, as it does without us."""
        script = self.script(
            "import time\ndef step(): pass\ndef tidy():\n    print('tidies', flush=True)\n    time.sleep(20)\n"
            "try:\n    step()\n    print('ready', flush=True)\n    time.sleep(20)\nexcept KeyboardInterrupt:\n    tidy()\n")
        output = os.path.join(harness.fresh_directory(), "x.prof")
        ends = []
        for command in ([self.python.path, script],
                        [harness.pyperf(), "run", "--python", self.python.path, "-q", "-o", output, script]):
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                       env=harness.environment(), start_new_session=True)
            for line in (b"ready\n", b"tidies\n"):
                self.assertEqual(process.stdout.readline(), line)
                time.sleep(0.1)
                os.killpg(process.pid, signal.SIGINT)
            out, err = process.communicate(timeout=60)
            ends.append((process.returncode, out, err))
        self.check_same("end", *ends)
        self.check_same("status", -signal.SIGINT, ends[1][0])
        stats = harness.load_pstats(output)
        self.check_same("calls", [1, 1], [harness.calls_of(stats, name, "script.py") for name in ("step", "tidy")])


class Analysis(harness.TestCase):
    """After the program's end, while pyperf adds up."""
    per_interpreter = True

    def start(self, place, *options):
        """A pyperf whose program has ended just now."""
        script = harness.write(place, "paths.py", MANY_PATHS)
        process = subprocess.Popen(
            [harness.pyperf(), "run", "--python", self.python.path, *options, script, "5"], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env=harness.environment(TMPDIR=place), start_new_session=True)
        program = harness.program_of(process.pid, patience=30)
        while os.path.exists("/proc/%d" % program):
            time.sleep(0.0005)
        return process

    def check_calls(self, stats):
        self.check_same("calls", 2 ** 18 - 1, sum(harness.calls_of(stats, name) for name in ("left", "right")))

    def test_impatience_does_not_cost_the_profile(self):
        """Ctrl-C again and again, and a termination too."""
        place = harness.fresh_directory()
        output = os.path.join(place, "x.prof")
        process = self.start(place, "-o", output)
        sent = 0
        while process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
            os.kill(process.pid, signal.SIGTERM)
            sent += 1
            time.sleep(0.005)
        _, err = process.communicate()
        self.assertGreater(sent, 1, "the analysis was too fast to be disturbed")
        self.check_same("status", 5, process.returncode)
        self.assertRegex(err.decode(), r"\Apyperf: wrote .*\n\Z")
        self.check_calls(harness.load_pstats(output))
        self.check_same("left", ["paths.py", "x.prof"], sorted(os.listdir(place)))

    def test_killed_while_it_adds_up(self):
        """Under the final name is a whole profile or what was there before; the recording is kept."""
        for delay in (0, 0.02, 0.05, 0.1):
            place = harness.fresh_directory()
            output = harness.write(place, "x.prof", "before")
            process = self.start(place, "-q", "-o", output)
            time.sleep(delay)
            process.kill()
            process.communicate()
            with self.subTest(delay=delay):
                with open(output, "rb") as file:
                    before = file.read() == b"before"
                if before:
                    sessions = [name for name in os.listdir(place) if name.startswith("pyperf-")]
                    done = harness.run([harness.pyperf(), "stats", os.path.join(place, sessions[0])])
                    self.check_same("status\n%s" % done, 0, done.status)
                    self.assertRegex(done.stdout, r"(?m)^ *\d+(/\d+)? .*paths\.py:\d+\(right\)$")
                    self.assertNotIn("Nobody saw", done.stdout)
                else:  # the recording may be half removed by now, nobody needs it any more
                    self.check_calls(harness.load_pstats(output))


def memory_group(size):
    """A control group whose processes may use so many bytes together, or None."""
    name = "pyperf-test-%d-%s" % (os.getpid(), os.path.basename(harness.fresh_directory()))
    for folder, limits in (("/sys/fs/cgroup/memory", ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes")),
                           ("/sys/fs/cgroup", ("memory.max", "memory.swap.max"))):
        group = os.path.join(folder, name)
        try:
            os.mkdir(group)
        except OSError:
            continue
        for number, limit in enumerate(limits):
            try:
                with open(os.path.join(group, limit), "w") as file:
                    file.write("0" if limit == "memory.swap.max" else str(size))
            except OSError:
                if number == 0:
                    os.rmdir(group)
                    group = None
                    break
        if group:
            return group
    return None


def remove_group(group):
    for _ in range(100):
        try:
            os.rmdir(group)
            return
        except OSError:
            time.sleep(0.05)


if __name__ == "__main__":
    harness.main()
