"""The report gets through whatever the program did to the standard streams.

SPDX-License-Identifier: MIT
"""
import os
import re
import select
import subprocess
import threading
import time

import cli

LAST_LINE = re.compile(r"   Recording took .*\n\Z")

# A program with a report of some hundred kilobytes.
MANY_FUNCTIONS = """
import os
for i in range(3000):
    exec("def function_%d(): pass\\nfunction_%d()" % (i, i))
"""


class Streams(cli.Case):

    def read_slowly(self, process):
        """What comes out of a process, through a pipe that is full most of the time."""
        parts = []
        while True:
            part = os.read(process.stdout.fileno(), 3000)
            if not part:
                return b"".join(parts).decode()
            parts.append(part)
            time.sleep(0.0005)

    def test_stdout_left_non_blocking(self):
        self.write("program.py", MANY_FUNCTIONS + "os.set_blocking(1, False)\n")
        process = self.start(self.command("program.py"))
        report = self.read_slowly(process)
        self.assertEqual(process.wait(), 0)
        self.assertEqual(report.count("(function_"), 3000)
        self.assertRegex(report, LAST_LINE)

    def test_stderr_left_non_blocking(self):
        status, _, stderr = self.run_pyperf("-o", "x", "-c",
                                            "import os; os.set_blocking(2, False)")
        self.assertEqual(status, 0)
        self.assertRegex(stderr, "^pyperf: wrote x")

    def test_a_reader_that_leaves(self):
        self.write("program.py", MANY_FUNCTIONS + "os._exit(3)\n")
        process = self.start(self.command("program.py"))
        os.read(process.stdout.fileno(), 100)
        process.stdout.close()
        process.stdout = None
        self.assertEqual(process.wait(timeout=cli.PATIENCE), 3)
        self.assertEqual(process.stderr.read(), "")
        self.assertEqual(self.sessions(), [])

    def test_a_reader_that_leaves_before(self):
        read, write = os.pipe()
        os.close(read)
        process = self.start(self.command("-c", "pass"), stdout=write)
        os.close(write)
        self.assertEqual(process.wait(timeout=cli.PATIENCE), 0)
        self.assertEqual(process.stderr.read(), "")

    def test_a_reader_that_does_not_read_can_be_left(self):
        self.write("program.py", MANY_FUNCTIONS + "print('ready', flush=True)\nos._exit(3)\n")
        process = self.start(self.command("-o", "x", "--report", "-", "program.py"))
        self.assertRegex(process.stderr.readline(), "^pyperf: wrote x")
        time.sleep(0.3)
        process.terminate()
        self.assertEqual(process.wait(timeout=cli.PATIENCE), 3)
        self.assertEqual(self.sessions(), [])

    def test_the_program_closes_its_streams(self):
        status, stdout, stderr = self.run_pyperf("-c", "import os\nfor i in range(3): os.close(i)")
        self.assertEqual((status, stderr), (0, ""))
        self.assertRegex(stdout, LAST_LINE)

    def test_a_background_process_does_not_delay_the_end(self):
        started = time.monotonic()
        process = self.start(self.command("-c", """
import os, subprocess
subprocess.Popen(["sleep", "20"])
if os.fork() == 0:
    os.execvp("sleep", ["sleep", "20"])
"""), start_new_session=True)
        lines = []
        reader = threading.Thread(target=lambda: lines.extend(iter(process.stdout.readline, "")),
                                  daemon=True)
        reader.start()
        self.assertEqual(process.wait(timeout=10), 0)
        self.assertLess(time.monotonic() - started, 10)
        cli.wait_for(lambda: lines and "   2 child processes were not recorded" in lines[-1],
                     "the report")
        os.killpg(process.pid, 9)
        reader.join()

    def test_whoever_writes_to_the_program_notices_its_end(self):
        process = self.start(self.command("-q", "-c", """
import os, time
os.close(0)
print("ready", flush=True)
while not os.path.exists("noticed"):
    time.sleep(0.01)
"""), stdin=subprocess.PIPE)
        self.assertEqual(process.stdout.readline(), "ready\n")
        with self.assertRaises(BrokenPipeError):
            for _ in range(100):
                process.stdin.write("x" * 10000)
                process.stdin.flush()
        self.write("noticed", "")
        self.assertEqual(process.wait(timeout=cli.PATIENCE), 0)
        try:
            process.stdin.close()
        except BrokenPipeError:
            pass
        process.stdin = None

    def test_no_descriptor_of_ours_is_inherited(self):
        self.write("program.py", """
import os
print(*sorted(os.listdir("/proc/self/fd"), key=int))
""")
        alone = subprocess.run([self.python, "program.py"], stdout=subprocess.PIPE,
                               stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                               cwd=self.directory, universal_newlines=True).stdout
        self.assertEqual(self.run_pyperf("-q", "program.py"), (0, alone, ""))

    def test_inherited_descriptors_are_the_programs_alone(self):
        """Whoever reads from the other end sees when the program closes its own."""
        ends, begins = os.pipe(), os.pipe()
        self.write("program.py", "import os\nos.write(%d, b'ready')\nos.close(%d)\nos.read(%d, 1)\n"
                   % (ends[1], ends[1], begins[0]))
        process = self.start(self.command("-q", "program.py"), pass_fds=(ends[1], begins[0]))
        os.close(ends[1])
        with os.fdopen(ends[0], "rb") as reader:
            self.assertTrue(select.select([reader], [], [], cli.PATIENCE)[0])
            self.assertEqual(os.read(reader.fileno(), 100), b"ready")
            self.assertTrue(select.select([reader], [], [], cli.PATIENCE)[0], "still open")
            self.assertEqual(os.read(reader.fileno(), 100), b"")
        os.close(begins[1])
        os.close(begins[0])
        self.assertEqual(self.finish(process), (0, "", ""))

    def test_control_characters_in_a_file_are_as_they_are(self):
        code = "exec(compile('def f(): pass\\nf()', 'a\\x1b[31mb', 'exec'))"
        _, stdout, _ = self.run_pyperf("-c", code)
        self.assertIn("a\x1b[31mb:1(f)", stdout)


if __name__ == "__main__":
    cli.main()
