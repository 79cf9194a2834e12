"""Processes that the program starts: recorded with --children all, and left alone without.

SPDX-License-Identifier: MIT
"""
import glob
import os
import re
import shutil
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import harness  # noqa: E402

PROGRAM = os.path.join(harness.PROGRAMS, "children.py")
WAYS = ("fork", "fork_deep", "fork_and_exec", "multiprocessing_fork", "multiprocessing_spawn",
        "multiprocessing_forkserver", "pool", "run", "run_without_environment", "run_in_shell",
        "run_closing_nothing", "run_with_preexec", "system", "posix_spawn")
# Both hosts share what follows children, but the functions of libc are found in other ways.
WAYS_OF_HOST = {"agent": WAYS, "embedded": (
    "fork", "fork_and_exec", "multiprocessing_spawn", "run_without_environment", "system",
    "posix_spawn")}


def announced(stdout):
    """{pid: calls of work()} from the program's own lines."""
    calls = {}
    for pid, times in re.findall(r"(?m)^(\d+) (\d+)$", stdout):
        calls[int(pid)] = calls.get(int(pid), 0) + int(times)
    return calls


class Followed(harness.TestCase):
    per_interpreter = True

    def setUp(self):
        if not harness.has_agents():
            self.skip("this build has no agents, which children are started with")

    def follow(self, *ways, host="agent", options=()):
        done, stats = harness.profile(
            self.python, PROGRAM, *ways,
            options=("--children", "all", "--host", host, "--report", "-", *options))
        self.check_same("status\n%s" % done, 0, done.status)
        return done, stats

    def check(self, *ways, host="agent"):
        done, stats = self.follow(*ways, host=host)
        calls = announced(done.stdout)
        self.check_same("calls of work", sum(calls.values()), harness.calls_of(stats, "work")
                        - ("run_with_preexec" in ways))
        listed = {int(pid) for pid in re.findall(r"(?m)^ +(\d+) +\d+ +\d+\.\d{3}  ", done.stdout)}
        self.assertLessEqual(set(calls), listed, done)
        return done, stats

    def test_profiles_of_their_own(self):
        folder = harness.fresh_directory()
        done = harness.pyperf_run(self.python, PROGRAM, "fork", "run", "multiprocessing_spawn",
                                  options=("--children", "all", "-q",
                                           "-o", os.path.join(folder, "%p.prof")))
        self.check_same("status\n%s" % done, 0, done.status)
        for pid, times in announced(done.stdout).items():
            stats = harness.load_pstats(os.path.join(folder, "%d.prof" % pid), done)
            self.check_same("calls in %d" % pid, times, harness.calls_of(stats, "work"))

    def test_the_child_is_where_it_was_forked(self):
        """What it goes on with has callers, and is no call again."""
        done, stats = self.follow("fork_deep")
        self.check_same("calls of fork_deep", 21, harness.calls_of(stats, "fork_deep"))
        row = harness.only_row(stats, "call")
        self.assertEqual({label[2] for label in row[4]}, {"fork_deep", "main"})

    def test_killed(self):
        code = ("import os, signal\ndef work(): pass\nif os.fork() == 0:\n"
                "    for _ in range(500): work()\n    os.kill(os.getpid(), signal.SIGKILL)\n"
                "os.wait()\n")
        _, stats = harness.profile(self.python, "-c", code, options=("--children", "all"))
        self.check_same("calls of work", 500, harness.calls_of(stats, "work"))

    def test_program_ends_first(self):
        folder = harness.fresh_directory()
        path = os.path.join(folder, "go")
        code = ("import os, time\ndef early(): pass\ndef late(): pass\nif os.fork() == 0:\n"
                "    os.setsid()\n    for fd in 0, 1, 2: os.close(fd)\n"
                "    for _ in range(300): early()\n    open(%r + '.ready', 'w').close()\n"
                "    while not os.path.exists(%r): time.sleep(0.01)\n"
                "    for _ in range(200): late()\n    os._exit(0)\n"
                "while not os.path.exists(%r + '.ready'): time.sleep(0.01)\n" % (path, path, path))
        done, stats = harness.profile(self.python, "-c", code, options=("--children", "all"),
                                      env=harness.environment(TMPDIR=folder))
        self.check_same("calls of early", 300, harness.calls_of(stats, "early"))
        session = re.search(r"pyperf: 1 recorded process still runs; .*: pyperf stats (\S+)\n",
                            done.stderr)
        self.assertTrue(session, done)
        open(path, "w").close()
        late = ""
        for _ in range(100):
            late = harness.run([harness.pyperf(), "stats", "-n", "late|early", session.group(1)])
            if re.search(r"(?m)^ +200 .*\(late\)$", late.stdout):
                break
            time.sleep(0.05)
        self.assertRegex(late.stdout, r"(?m)^ +200 .*\(late\)$")
        self.assertRegex(late.stdout, r"(?m)^ +300 .*\(early\)$")

    def test_no_recorder_for_the_child(self):
        root = os.path.dirname(os.path.dirname(harness.pyperf()))
        copy = harness.fresh_directory()
        for name in ("bin", "libexec"):
            shutil.copytree(os.path.join(root, name), os.path.join(copy, name))
        others = [other for other in harness.interpreters()
                  if other.version_info[:2] != self.python.version_info[:2]]
        if not others:
            self.skip("there is one version of Python only")
        missing = "%d.%d" % others[0].version_info[:2]
        os.unlink(os.path.join(copy, "libexec", "pyperf", "pyperf-agent-%s.so" % missing))
        code = ("import subprocess\nsubprocess.run([%r, '-c', 'print(7)'], check=True)"
                % others[0].path)
        done = harness.run([os.path.join(copy, "bin", "pyperf"), "run", "--children", "all",
                            "--python", self.python.path, "-c", code])
        self.check_same("status and errors\n%s" % done, (0, ""), (done.status, done.stderr))
        self.assertIn("   1 child process was not recorded: there is no recorder for Python %s.\n"
                      % missing, done.stdout)
        self.assertTrue(done.stdout.startswith("7\n"))

    def test_pyperf_below_pyperf(self):
        """What it runs is recorded by it, and by nobody else."""
        profile = os.path.join(harness.fresh_directory(), "inner.prof")
        inner = [harness.pyperf(), "run", "-q", "-o", profile, "--python", self.python.path, "-c",
                 "def inner(): pass\nfor _ in range(70): inner()\n"
                 "import os; print('LD_PRELOAD' in os.environ)"]
        done, stats = harness.profile(self.python, "-c", "import subprocess; subprocess.run(%r)" % inner,
                                      options=("--children", "all"))
        self.check_same("output\n%s" % done, "False\n", done.stdout)
        self.assertFalse([label for label in stats if label[2] == "inner"])
        self.check_same("calls of inner", 70, harness.calls_of(harness.load_pstats(profile, done), "inner"))

    def test_a_wrapper_that_preloads(self):
        """Wrappers put their own libraries first; the program has these, and not ours."""
        libraries = glob.glob("/lib/*/libz.so.1")
        if not libraries:
            self.skip("no library to preload")
        program = "import os; print(os.environ.get('LD_PRELOAD'))"
        script = harness.write(harness.fresh_directory(), "wrapper",
                               "#!/bin/sh\nLD_PRELOAD=%s${LD_PRELOAD:+:$LD_PRELOAD} exec %s -c \"%s\"\n"
                               % (libraries[0], self.python.path, program))
        os.chmod(script, 0o755)
        done = harness.pyperf_run(self.python, "-c", "import os; os.system(%r)" % script,
                                  options=("--children", "all", "-q"))
        self.check_same("output\n%s" % done, libraries[0] + "\n", done.stdout)

    def test_a_child_for_which_there_is_no_room(self):
        """Not even for the note that says why."""
        code = ("import os, resource\nlimit = resource.getrlimit(resource.RLIMIT_FSIZE)\n"
                "resource.setrlimit(resource.RLIMIT_FSIZE, (0, limit[1]))\nchild = os.fork()\n"
                "resource.setrlimit(resource.RLIMIT_FSIZE, limit)\n"
                "if child == 0: os._exit(0)\nos.wait()\n")
        done = harness.pyperf_run(self.python, "-c", code, options=("--children", "all"))
        self.assertIn("   1 child process was not recorded.\n", done.stdout)

    def test_other_programs(self):
        """They get our variables in their environment, and nothing else."""
        code = ("import subprocess\nprint(subprocess.run(['cat', '/proc/self/maps'],"
                " stdout=subprocess.PIPE).stdout.count(b'pyperf-agent'))")
        done = harness.pyperf_run(self.python, "-c", code, options=("-q", "--children", "all"))
        self.check_same("output\n%s" % done, (0, "0\n", ""),
                        (done.status, done.stdout, done.stderr))

    def test_the_program_sees_nothing(self):
        code = "import os; print([n for n in os.environ if 'PYPERF' in n or 'PRELOAD' in n])"
        code = ("import subprocess, sys\n%s\nsys.stdout.flush()\n"
                "subprocess.run([sys.executable, '-c', %r])" % (code, code))
        done = harness.pyperf_run(self.python, "-c", code, options=("-q", "--children", "all"))
        self.check_same("output\n%s" % done, "[]\n[]\n", done.stdout)


def _add_ways():
    for host, ways in WAYS_OF_HOST.items():
        for way in ways:
            def test(self, way=way, host=host):
                self.check(way, host=host)
            setattr(Followed, "test_%s_%s" % (way, host), test)


_add_ways()


class LeftAlone(harness.TestCase):
    """Without --children."""
    per_interpreter = True

    def test_all_ways(self):
        done, stats = harness.profile(self.python, PROGRAM, *WAYS, options=("--report", "-"))
        self.check_same("status\n%s" % done, 0, done.status)
        self.check_same("calls of work", 100, harness.calls_of(stats, "work"))
        counted = re.search(r"(?m)^   (\d+) child processes were not recorded; with --children "
                            r"all,", done.stdout)
        self.assertTrue(counted, done)
        # 14 children, another one in each of the pool, one that is the forkserver's; the
        # forkserver, and multiprocessing's tracker, which all methods share. Newer Pythons
        # start fewer workers than there may be, and from 3.14 on the forkserver starts them.
        least = 14 if self.python.version_info >= (3, 14) else 15
        self.assertIn(int(counted.group(1)), range(least, 19))

    def test_one(self):
        done = harness.pyperf_run(self.python, "-c", "import os\nif os.fork() == 0: os._exit(0)\n"
                                  "os.wait()")
        self.assertIn("   1 child process was not recorded; with --children all, ", done.stdout)

    def test_children_see_nothing(self):
        code = ("import subprocess, sys\nsys.stdout.flush()\n"
                "subprocess.run(['env'])\nsubprocess.run(['cat', '/proc/self/maps'])")
        done = harness.pyperf_run(self.python, "-c", code, options=("-q",))
        self.check_same("status\n%s" % done, 0, done.status)
        for trace in ("pyperf-preload", "pyperf-agent", "PYPERF_RECORD", "LD_PRELOAD"):
            self.assertNotIn(trace, done.stdout)

    def test_the_parents_recording_is_untouched(self):
        code = ("import os\ndef work(): pass\nfor _ in range(10): work()\n"
                "if os.fork() == 0:\n    for _ in range(100000): work()\n    os._exit(0)\n"
                "for _ in range(10): work()\nos.wait()\nfor _ in range(10): work()\n")
        _, stats = harness.profile(self.python, "-c", code)
        self.check_same("calls of work", 30, harness.calls_of(stats, "work"))


if __name__ == "__main__":
    harness.main()
