"""Recordings outlive a supervisor that is killed and a disk that is full.

SPDX-License-Identifier: MIT
"""
import os
import re
import shutil
import signal
import subprocess

import cli

WAITING = """
import os, time
def inner():
    print("ready", flush=True)
    while not os.path.exists("go on"):
        time.sleep(0.01)
def outer():
    inner()
outer()
open("done", "w").close()
"""

ENDING = """
import os, sys, threading
def work(n): return n and work(n - 1) + len("x")
thread = threading.Thread(target=work, args=(100,))
thread.start()
thread.join()
work(30)
def end(): %s
end()
"""


class Sessions(cli.Case):

    def stats(self, *arguments):
        return self.finish(self.start([cli.pyperf, "stats", *arguments]))

    def start_waiting(self, *options):
        self.write("program.py", WAITING)
        process = self.start(self.command(*options, "program.py"))
        self.assertEqual(process.stdout.readline(), "ready\n")
        return process

    def test_stats_while_the_program_grows(self):
        """Threads and paths come up while the recording is read."""
        self.write("program.py", """
import os, threading
def deeper(functions, n): n and functions[n % len(functions)](functions, n - 1)
def functions(number):
    made = {}
    exec("".join("def f%d_%d(rest, n): deeper(rest, n)\\n" % (number, i) for i in range(20)),
         {"deeper": deeper}, made)
    return list(made.values())
for number in range(20000):
    if os.path.exists("go on"): break
    if number == 1: print("ready", flush=True)
    thread = threading.Thread(target=deeper, args=(functions(number), 100))
    thread.start()
    thread.join()
""")
        process = self.start(self.command("-q", "program.py"))
        self.addCleanup(self.write, "go on", "")
        self.assertEqual(process.stdout.readline(), "ready\n")
        [session] = self.sessions()
        for _ in range(20):
            status, stdout, stderr = self.stats(session)
            self.assertEqual((status, len(stderr.splitlines())), (0, 1), stderr)
            self.assertIn("(deeper)", stdout)
        self.write("go on", "")
        self.assertEqual(self.finish(process), (0, "", ""))

    def test_stats_while_the_program_runs(self):
        process = self.start_waiting("-q")
        program = cli.program_of(process)
        [session] = self.sessions()
        status, stdout, stderr = self.stats(session)
        self.assertEqual(status, 0)
        self.assertEqual(stderr, "pyperf: the program still runs (pid %d); figures are up to now\n"
                         % program)
        self.assertRegex(stdout, r"^\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}    %s\n\n"
                         % re.escape(session))
        self.assertIn("program.py:3(inner)", stdout)
        self.write("go on", "")
        self.assertEqual(self.finish(process), (0, "", ""))
        self.assertEqual(self.sessions(), [])

    def test_the_supervisor_is_killed(self):
        process = self.start_waiting("-o", "out.prof")
        program = cli.program_of(process)
        process.kill()
        process.wait()
        self.assertIn(cli.state_of(program), ("S", "R"))
        self.assertFalse(os.path.exists(os.path.join(self.directory, "done")))
        self.write("go on", "")
        cli.wait_for(lambda: os.path.exists(os.path.join(self.directory, "done")),
                     "the program to finish")
        cli.wait_for(lambda: cli.state_of(program) in (None, "Z"), "its end")
        [session] = self.sessions()
        status, stdout, stderr = self.stats("--strip-dirs", "-s", "name", session)
        self.assertEqual((status, stderr), (0, ""))
        self.assertIn("program.py:3(inner)", stdout)
        self.assertIn("program.py:7(outer)", stdout)

    def check_same_report(self, expected, got):
        """Equal, but for the last digits of times: the clock's rate is measured once more."""
        number = re.compile(r"\d+\.\d+")
        self.assertEqual(number.sub("N", expected), number.sub("N", got))
        for one, other in zip(number.findall(expected), number.findall(got)):
            self.assertLessEqual(abs(float(one) - float(other)), 0.0021, (expected, got))

    def test_stats_prints_the_report_of_run(self):
        for end in ("pass", "sys.exit(3)", "os._exit(4)", "os.kill(os.getpid(), 9)"):
            self.write("program.py", ENDING % end)
            with self.subTest(end):
                status, _, _ = self.run_pyperf("-o", "/dev/full", "--report", "report", "-s",
                                               "nfl", "program.py")
                self.assertEqual(status, 125)
                [session] = self.sessions()
                status, stdout, stderr = self.stats("--strip-dirs", "-s", "nfl", session)
                self.assertEqual((status, stderr), (0, ""))
                heading, _, stdout = stdout.split("\n", 2)
                self.assertIn(session, heading)
                self.assertIn("ended by signal 9" if "kill" in end else "Wall time", stdout)
                self.check_same_report(self.read("report"), stdout)
                shutil.rmtree(session)

    def test_stats_after_the_supervisor_was_killed(self):
        """The program goes on to its end; its figures are those of a run that was not disturbed."""
        counts = []
        for kill in (False, True):
            process = self.start_waiting("-n", "program.py")
            program = cli.program_of(process)
            [session] = self.sessions()
            if kill:
                process.kill()
                process.wait()
            self.write("go on", "")
            if kill:
                cli.wait_for(lambda: cli.state_of(program) in (None, "Z"), "its end")
                _, stdout, _ = self.stats("--strip-dirs", "-n", "program.py", session)
            else:
                _, stdout, _ = self.finish(process)
            os.remove(os.path.join(self.directory, "go on"))
            counts.append(sorted(re.findall(r"(?m)^ +(\d+) .* (program\.py:\S+)$", stdout)))
        self.assertEqual(*counts)
        self.assertEqual(len(counts[1]), 3)

    def test_a_relative_temporary_directory(self):
        os.mkdir(os.path.join(self.directory, "recordings"))
        self.environment["TMPDIR"] = "recordings"
        status, stdout, stderr = self.run_pyperf("-c", "import os; os.chdir('/')")
        self.assertEqual((status, stderr), (0, ""))
        self.assertIn("function calls", stdout)
        self.assertEqual(os.listdir(os.path.join(self.directory, "recordings")), [])

    def test_a_session_that_has_been_deleted(self):
        status, _, stderr = self.run_pyperf(
            "-c", "import os, shutil; shutil.rmtree(os.environ['TMPDIR'])")
        self.assertEqual(status, 125)
        self.assertRegex(stderr, "^pyperf: cannot read what was recorded: ")

    def test_damaged_recordings(self):
        process = self.start_waiting("-q")
        process.kill()
        process.wait()
        self.write("go on", "")
        [session] = self.sessions()
        recording = os.path.join(session, "recording")
        cli.wait_for(lambda: os.path.exists(os.path.join(self.directory, "done")), "the end")
        with open(recording, "r+b") as file:
            file.write(b"\0" * 64)
        status, stdout, stderr = self.stats(session)
        self.assertEqual((status, stdout), (125, ""))
        self.assertRegex(stderr, "^pyperf: .*\n$")
        os.truncate(recording, 10)
        status, stdout, stderr = self.stats(session)
        self.assertEqual((status, stdout), (125, ""))


class Kept(cli.Case):
    """Recordings whose pyperf was killed are found again, and nobody is told twice."""

    def leave_one(self, code="def left(): pass\nleft()\n"):
        """Kills a pyperf with its program; returns the session directory."""
        before = set(self.sessions())
        self.write("left.py", code + "import time\nprint('ready', flush=True)\ntime.sleep(60)\n")
        process = self.start(self.command("-q", "left.py"))
        self.assertEqual(process.stdout.readline(), "ready\n")
        program = cli.program_of(process)
        process.kill()
        process.wait()
        os.kill(program, signal.SIGKILL)
        cli.wait_for(lambda: cli.state_of(program) in (None, "Z"), "its end")
        [session] = set(self.sessions()) - before
        return session

    def list(self):
        return self.finish(self.start([cli.pyperf, "stats"]))

    def test_named_once(self):
        session = self.leave_one()
        self.assertEqual(self.run_pyperf("-q", "-c", "pass"), (0, "", ""))
        status, _, stderr = self.run_pyperf("-c", "pass")
        self.assertEqual(status, 0)
        self.assertRegex(stderr, r"\Apyperf: an earlier recording is kept in %s \(left\.py, "
                                 r"\d{4}-\d\d-\d\d \d\d:\d\d\); to see it: pyperf stats %s\n\Z"
                         % (re.escape(session), re.escape(session)))
        self.assertEqual(self.run_pyperf("-c", "pass")[2], "")
        status, stdout, _ = self.finish(self.start([cli.pyperf, "stats", session]))
        self.assertEqual(status, 0)
        self.assertIn("left.py:1(left)", stdout)
        self.assertRegex(stdout, r"   Nobody saw the program's end: .*\n"
                                 r"   \d+ calls had not returned; their time counts up to the last "
                                 r"event that was recorded:\n"
                                 r"      main thread: left\.py:1\(<module>\) > "
                                 r"\{built-in method time\.sleep\}\n\Z")

    def test_several(self):
        sessions = [self.leave_one() for _ in range(3)]
        _, _, stderr = self.run_pyperf("-c", "pass")
        self.assertRegex(stderr, r"\Apyperf: 3 earlier recordings are kept in %s \(the last of "
                                 r"left\.py, .*\); to list them: pyperf stats\n\Z"
                         % re.escape(self.temporary))
        status, stdout, stderr = self.list()
        self.assertEqual((status, stderr), (0, ""))
        self.assertEqual([line.split()[0] for line in stdout.splitlines()], sessions)
        self.assertEqual(sorted(self.sessions()), sorted(sessions), "nothing is ever deleted")

    def test_none(self):
        self.assertEqual(self.list(), (0, "", "pyperf: no recording is kept in %s\n" % self.temporary))
        self.environment["TMPDIR"] = os.path.join(self.temporary, "nowhere")
        status, stdout, stderr = self.list()
        self.assertEqual((status, stdout), (125, ""))
        self.assertRegex(stderr, "^pyperf: cannot read .*/nowhere: No such file or directory\n$")

    def test_what_runs_is_listed_and_not_named(self):
        self.write("program.py", WAITING)
        process = self.start(self.command("-q", "program.py"))
        self.assertEqual(process.stdout.readline(), "ready\n")
        program = cli.program_of(process)
        self.assertEqual(self.run_pyperf("-c", "pass")[2], "")
        self.assertRegex(self.list()[1], r"^\S+  .*  program\.py \(running, pid %d\)\n$" % program)
        process.kill()  # now nobody waits for the program, which runs on
        process.wait()
        self.assertEqual(self.run_pyperf("-c", "pass")[2], "")
        self.write("go on", "")
        cli.wait_for(lambda: cli.state_of(program) in (None, "Z"), "its end")
        self.assertRegex(self.run_pyperf("-c", "pass")[2], r"^pyperf: an earlier recording .*program\.py")

    def test_a_report_in_the_making_is_not_named(self):
        os.mkfifo(os.path.join(self.directory, "pipe"))
        process = self.start(self.command("-o", "pipe", "-c", "pass"))
        cli.wait_for(lambda: self.sessions() and "report is being made" in self.list()[1],
                     "the end of the program")
        self.assertEqual(self.run_pyperf("-c", "pass")[2], "")
        with open(os.path.join(self.directory, "pipe"), "rb") as pipe:
            self.assertTrue(pipe.read())
        self.assertEqual(process.wait(timeout=cli.PATIENCE), 0)

    def test_what_pyperf_said_it_keeps_is_not_named_again(self):
        status, _, stderr = self.run_pyperf("-o", "/dev/full", "-c", "pass")
        self.assertEqual(status, 125)
        self.assertIn("the recording is kept", stderr)
        self.assertEqual(self.run_pyperf("-c", "pass")[2], "")
        self.assertEqual(len(self.list()[1].splitlines()), 1)

    def test_what_is_no_recording_is_passed_over(self):
        os.mkdir(os.path.join(self.temporary, "pyperf-abcdef"))
        os.symlink(self.leave_one(), os.path.join(self.temporary, "pyperf-linked"))
        with open(os.path.join(self.temporary, "pyperf-a_file"), "w", encoding="utf-8"):
            pass
        self.assertRegex(self.run_pyperf("-c", "pass")[2], r"\Apyperf: an earlier .*\n\Z")
        self.assertEqual(len(self.list()[1].splitlines()), 1)


class FullDisk(cli.Case):
    """On a file system of a megabyte."""

    def on_small_disk(self, script):
        """Runs a shell script with $PYPERF (run with our interpreter), ./disk is the disk."""
        unshare = shutil.which("unshare")
        prefix = [unshare, "--mount"]
        if os.geteuid() != 0:
            prefix.insert(1, "--map-root-user")
        mount = "mkdir disk && mount -t tmpfs -o size=1m none disk"
        probe = subprocess.run(prefix + ["sh", "-c", "cd %s && %s && rmdir disk 2>/dev/null; :"
                                         % (self.temporary, mount)],
                               stderr=subprocess.PIPE)
        if not unshare or probe.returncode or probe.stderr:
            self.skipTest("no file system can be mounted here")
        self.environment["PYPERF"] = " ".join(self.command())
        return self.finish(self.start(prefix + ["sh", "-c", mount + "\n" + script]))

    def test_the_recording_finds_no_room(self):
        self.write("program.py", """
def deep(n):
    return n and deep(n - 1)
for i in range(30000):
    exec("def f%d(): return %d\\nf%d()" % (i, i, i))
print("ran to its end")
raise SystemExit(3)
""")
        status, stdout, stderr = self.on_small_disk(
            "TMPDIR=$PWD/disk $PYPERF -n 1 program.py")
        self.assertEqual(status, 3, stderr)
        self.assertRegex(stdout, "^ran to its end\n")

    def test_the_profile_finds_no_room(self):
        self.write("program.py", """
for i in range(30000):
    exec("def f%d(): return %d\\nf%d()" % (i, i, i))
""")
        status, stdout, stderr = self.on_small_disk("""
echo before >disk/out.prof
$PYPERF -o disk/out.prof program.py
echo status $?; ls -A disk; cat disk/out.prof
""")
        self.assertEqual((status, stdout), (0, "status 125\nout.prof\nbefore\n"), stderr)
        self.assertRegex(stderr, r"\Apyperf: .*No space left on device\n"
                                 r"pyperf: the recording is kept; try again with: pyperf stats .*\n\Z")
        [session] = self.sessions()
        status, stdout, _ = self.finish(self.start([cli.pyperf, "stats", "-n", "1", session]))
        self.assertEqual(status, 0)
        self.assertIn("function calls", stdout)


if __name__ == "__main__":
    cli.main()
