"""Recordings outlive a supervisor that is killed and a disk that is full.

SPDX-License-Identifier: MIT
"""
import os
import re
import shutil
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


class Sessions(cli.Case):

    def stats(self, *arguments):
        return self.finish(self.start([cli.pyperf, "stats", *arguments]))

    def start_waiting(self, *options):
        self.write("program.py", WAITING)
        process = self.start(self.command(*options, "program.py"))
        self.assertEqual(process.stdout.readline(), "ready\n")
        return process

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
