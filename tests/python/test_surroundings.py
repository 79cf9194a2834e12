"""What a program does to its surroundings (files, descriptors, signals, the stack) works under pyperf
as it does under python, and leaves nothing of pyperf's behind.

SPDX-License-Identifier: MIT
"""
import json
import os
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import harness  # noqa: E402

from side_by_side import DESCRIBE, QUIET, SideBySide  # noqa: E402


class Results(SideBySide):
    """Where the profile goes, while the program does things that could get into its way."""
    per_interpreter = True

    def test_relative_output(self):
        folder = harness.fresh_directory()
        code = "import os\nos.chdir('/')\nos.environ['PWD'] = '/'\n"
        done = harness.pyperf_run(self.python, "-c", code, options=["-o", "x.prof"], cwd=folder)
        self.check_same("status", 0, done.status)
        self.check_same("files", ["x.prof"], os.listdir(folder))
        self.assertTrue(harness.load_pstats(os.path.join(folder, "x.prof")))

    def test_output_to_devices(self):
        for device in ("/dev/null", "/dev/stdout"):
            done = harness.pyperf_run(self.python, "-c", "pass", options=["-q", "-o", device], text=False)
            with self.subTest(device):
                self.check_same("status and stderr", (0, b""), (done.status, done.stderr))
                if device == "/dev/stdout":
                    self.assertTrue(done.stdout.startswith(b"{"), done.stdout[:50])
        self.assertTrue(os.path.exists("/dev/null") and not os.path.isfile("/dev/null"))

    def test_program_removes_its_directory(self):
        folder = harness.fresh_directory()
        code = "import os\nos.rmdir(os.getcwd())\n"
        place = os.path.join(folder, "place")
        os.mkdir(place)
        done = harness.pyperf_run(self.python, "-c", code, cwd=place, options=["-o", os.path.join(folder, "x")])
        self.check_same("status", 0, done.status)
        self.assertTrue(harness.load_pstats(os.path.join(folder, "x")))

    def test_complete_after_descriptors_were_closed(self):
        code = ("import os\ndef f(n): return abs(n)\nos.closerange(3, 4096)\nfd = os.open('/dev/null', os.O_RDWR)\n"
                "for n in range(50000): f(n)\nos.write(fd, b'x')\nfor fd in range(3): os.close(fd)\nf(1)\n")
        done, stats = harness.profile(self.python, "-c", code)
        self.check_same("status", 0, done.status)
        self.check_same("calls", 50001, harness.calls_of(stats, "f", "<string>"))

    def test_report_through_non_blocking_pipe(self):
        """A long report through a pipe that the program made non-blocking, read late."""
        code = "import os\nos.set_blocking(1, False)\n" + "\n".join(
            "def function_with_a_long_name_%d(): pass\nfunction_with_a_long_name_%d()" % (n, n) for n in range(2000))
        path = harness.write(harness.fresh_directory(), "long.py", code)
        done = harness.run(["sh", "-c", '"$@" | (sleep 1; cat)', "sh", harness.pyperf(), "run", "--python",
                            self.python.path, path])
        self.check_same("stderr", "", done.stderr)
        self.assertGreater(len(done.stdout), 65536)
        for n in range(2000):
            self.assertIn("(function_with_a_long_name_%d)\n" % n, done.stdout)
        self.assertIn("Wall time", done.stdout)

    def test_fork_leaves_the_parents_profile_alone(self):
        code = ("import os\ndef in_parent(n): return n\ndef in_child(n): return n\n"
                "for n in range(20): in_parent(n)\npid = os.fork()\n"
                "for n in range(1000): (in_parent if pid else in_child)(n)\n"
                "if not pid:\n    in_child(1)\n    raise SystemExit(3)\nassert os.waitpid(pid, 0)[1] == 3 << 8\nin_parent(1)\n")
        done, stats = harness.profile(self.python, "-c", code)
        self.check_same("status", 0, done.status)
        self.check_same("calls in the parent", 1021, harness.calls_of(stats, "in_parent"))
        self.check_same("calls in the child", {}, harness.rows_of(stats, "in_child"))

    def test_exec(self):
        """What was recorded before exec is there; the new program is not."""
        code = ("import os, sys\ndef f(n): return g(n)\ndef g(n):\n    if n == 3: os.execv(sys.executable, "
                "[sys.executable, '-c', 'def h(): pass\\nh()'])\nfor n in range(9): f(n)\n")
        done, stats = harness.profile(self.python, "-c", code)
        self.check_same("status", 0, done.status)
        self.check_same("calls of f, g, h", [4, 4, 0], [harness.calls_of(stats, name) for name in "fgh"])

    def test_inner_profilers(self):
        """The program's own profiler takes the hook up to 3.11, and works beside ours later."""
        code = ("import cProfile\ndef before(): pass\ndef inside(): pass\ndef after(): pass\nbefore()\n"
                "p = cProfile.Profile()\np.enable()\nfor _ in range(5): inside()\np.disable()\n"
                "for _ in range(7): after()\np.create_stats()\n"
                "assert [v[1] for k, v in p.stats.items() if k[2] == 'inside'] == [5]\n")
        done, stats = harness.profile(self.python, "-c", code)
        self.check_same("status\n%s" % done, 0, done.status)
        calls = [harness.calls_of(stats, name) for name in ("before", "inside", "after")]
        self.check_same("calls before, inside, after", [1, 5 if self.python.version_info >= (3, 12) else 0, 7], calls)

    def test_callers_after_inner_profiler(self):
        """What returned while another profiler had the hook is not on our stack any more."""
        code = ("import cProfile, time\ndef work(): pass\ndef rest(): time.sleep(0.1)\n"
                "with cProfile.Profile(): work()\nrest()\n")
        done, stats = harness.profile(self.python, "-c", code)
        self.check_same("status\n%s" % done, 0, done.status)
        callers = [{caller[2] for caller in row[4]} for label, row in stats.items() if label[2] == "rest"]
        self.check_same("callers of rest", [{"<module>"}], callers)
        for label, row in stats.items():
            if "enable" in label[2] or "__enter__" in label[2]:
                self.assertLess(row[3], 0.05, "time of %r" % (label,))


class Recursion(SideBySide):
    per_interpreter = True
    TEMPLATE = ("import sys\n{setup}\nseen = 0\n"
                "def f(n):\n    global seen\n    seen = n\n    return {call}\n"
                "try: f(1)\nexcept RecursionError as error: print(seen, error)\n")

    def check(self, setup, call, tolerance):
        path = harness.write(harness.fresh_directory(), "deep.py", self.TEMPLATE.format(setup=setup, call=call))
        plain, ours = (harness.run(command) for command in self.commands([path]))
        self.check_same("status", plain.status, ours.status)
        if plain.status:
            self.skip("python itself ends with %d" % plain.status)
        (expected, message), (got, our_message) = (done.stdout.split(" ", 1) for done in (plain, ours))
        self.check_same("message", message, our_message)
        self.assertLessEqual(abs(int(expected) - int(got)), tolerance, "depth %s, not %s" % (got, expected))

    def test_python(self):
        self.check("", "f(n + 1)", 2)

    def test_through_c(self):
        self.check("", "max([n], key=lambda n: f(n + 1))", 4)

    def test_high_limit(self):
        self.check("sys.setrecursionlimit(8000)", "f(n + 1)", 2)

    def test_beyond_the_c_stack(self):
        if self.python.version_info < (3, 11):
            self.skip("every call takes C stack")
        self.check("sys.setrecursionlimit(100000)", "f(n + 1)", 2)

    def test_repr(self):
        path = harness.write(harness.fresh_directory(), "deep.py", (
            "x = []\nfor _ in range(100000): x = [x]\ntry: repr(x)\n"
            "except RecursionError: print('RecursionError')\n"))
        self.both([path])


class Signals(SideBySide):
    """Signals from outside; programs print a line when they are ready."""
    per_interpreter = True

    def interrupt(self, code, *numbers, group=False, pause=0.15):
        """Sends the signals to both in turn; compares how they end."""
        path = harness.write(harness.fresh_directory(), "waits.py", code)
        ended = []
        for command in self.commands([path]):
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, env=harness.environment(), start_new_session=True)
            try:
                ready = process.stdout.readline()
                for number in numbers:
                    time.sleep(pause)
                    (os.killpg if group else os.kill)(process.pid, number)
                out, err = process.communicate(timeout=30)
            except BaseException:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
                raise
            ended.append(harness.Finished(command, process.returncode, (ready + out).decode(), err.decode(), 0))
        self.compare(*ended)
        return ended[1]

    def test_interrupt_from_terminal(self):
        # Where the loop is when the signal comes is up to chance, so it sleeps in one line.
        done = self.interrupt("import time\nprint('ready', flush=True)\ntime.sleep(9)\n", signal.SIGINT, group=True)
        self.check_same("status", -signal.SIGINT, done.status)

    def test_interrupt_caught(self):
        self.interrupt("import time\ntry:\n    print('ready', flush=True)\n    time.sleep(9)\n"
                       "except KeyboardInterrupt:\n    print('caught')\nprint('end')\n", signal.SIGINT, group=True)

    def test_handler_runs_once(self):
        code = ("import signal, time\nseen = []\nsignal.signal(signal.SIG{0}, lambda *a: seen.append(a[0]))\n"
                "print('ready', flush=True)\nend = time.time() + 0.5\nwhile time.time() < end: time.sleep(0.05)\n"
                "print(seen)\nraise SystemExit(len(seen))\n")
        for name, group in (("TERM", False), ("TERM", True), ("INT", True), ("USR1", False), ("HUP", True)):
            with self.subTest(name, group=group):
                self.interrupt(code.format(name), getattr(signal, "SIG" + name), group=group)

    def test_deadly(self):
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGQUIT, signal.SIGALRM):
            with self.subTest(number.name):
                self.interrupt("import resource, time\nresource.setrlimit(resource.RLIMIT_CORE, (0, 0))\n"
                               "print('ready', flush=True)\ntime.sleep(9)\n", number)

    def test_profile_after_interrupt(self):
        output = os.path.join(harness.fresh_directory(), "x.prof")
        code = "import time\ndef f(): pass\nfor _ in range(9): f()\nprint('ready', flush=True)\ntime.sleep(9)\n"
        process = subprocess.Popen(self.commands(["-c", code], options=["-o", output])[1], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, env=harness.environment(), start_new_session=True)
        process.stdout.readline()
        for _ in range(3):  # impatience must not cost the file
            os.killpg(process.pid, signal.SIGINT)
            time.sleep(0.02)
        process.communicate(timeout=30)
        self.check_same("status", -signal.SIGINT, process.returncode)
        self.check_same("calls of f", 9, harness.calls_of(harness.load_pstats(output), "f"))

    def test_stop_and_continue(self):
        code = ("import os, signal, time\nprint('ready', flush=True)\nos.kill(os.getpid(), signal.SIGSTOP)\n"
                "print('continued')\nraise SystemExit(4)\n")
        path = harness.write(harness.fresh_directory(), "stops.py", code)
        process = subprocess.Popen(self.commands([path])[1], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=harness.environment(), start_new_session=True)
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        self.assertTrue(os.WIFSTOPPED(status), "pyperf did not stop with its program: status %#x" % status)
        os.kill(process.pid, signal.SIGCONT)
        out, err = process.communicate(timeout=30)
        self.check_same("end", (4, "ready\ncontinued\n", ""), (process.returncode, out.decode(), err.decode()))


class Leftovers(harness.TestCase):
    per_interpreter = True

    def test_nothing_stays(self):
        """No session directory, no process."""
        place = harness.fresh_directory()
        env = harness.environment(TMPDIR=place)
        for code in ("pass", "1 // 0", "import os; os.kill(os.getpid(), 9)", "import os; os.fork()",
                     "import os; os.execv('/bin/true', ['true'])", "x = = 1"):
            harness.pyperf_run(self.python, "-c", code, options=QUIET, env=env)
            with self.subTest(code):
                self.check_same("files left", [], os.listdir(place))

    def test_json_of_describe_is_complete(self):
        """The comparison above would pass, too, if describe.py printed nothing."""
        done = harness.pyperf_run(self.python, DESCRIBE, options=QUIET)
        self.assertGreater(len(json.loads(done.stdout)), 30)


if __name__ == "__main__":
    harness.main()
