"""Signals, exit statuses and core files are those of the program.

SPDX-License-Identifier: MIT
"""
import os
import resource
import shutil
import signal
import subprocess
import time

import cli

# Counts what reaches it; ends on SIGTERM after a moment in which a second one could come.
COUNTER = """
import signal, time
seen = []
for name in ("SIGTERM", "SIGINT", "SIGUSR1", "SIGALRM", "SIGHUP"):
    signal.signal(getattr(signal, name), lambda number, frame: seen.append(number))
signal.signal(signal.SIGRTMIN + 1, lambda number, frame: seen.append(number))
print("ready", flush=True)
while not seen:
    time.sleep(0.005)
time.sleep(0.3)
print(*seen, flush=True)
"""


class Signals(cli.Case):

    def start_program(self, text, *options, **more):
        self.write("program.py", text)
        process = self.start(self.command("-q", *options, "program.py"), **more)
        self.assertEqual(process.stdout.readline(), "ready\n")
        return process

    def test_a_signal_is_passed_on_once(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGALRM,
                       signal.SIGRTMIN + 1):
            with self.subTest(number=number):
                process = self.start_program(COUNTER)
                process.send_signal(number)
                self.assertEqual(self.finish(process), (0, "%d\n" % number, ""))

    def test_a_signal_for_the_group_is_not_passed_on(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            with self.subTest(number=number):
                process = self.start_program(COUNTER, start_new_session=True)
                os.killpg(process.pid, number)
                self.assertEqual(self.finish(process), (0, "%d\n" % number, ""))

    def test_signals_for_the_group_and_for_us_in_turn(self):
        process = self.start_program("""
import signal, time
seen = []
signal.signal(signal.SIGUSR1, lambda number, frame: seen.append(number))
print("ready", flush=True)
shown = 0
while shown < 10:
    time.sleep(0.005)
    if len(seen) > shown:
        shown = len(seen)
        print(shown, flush=True)
""", start_new_session=True)
        for i in range(5):
            os.killpg(process.pid, signal.SIGUSR1)
            self.assertEqual(process.stdout.readline(), "%d\n" % (2 * i + 1))
            time.sleep(0.05)
            process.send_signal(signal.SIGUSR1)
            self.assertEqual(process.stdout.readline(), "%d\n" % (2 * i + 2))
        self.assertEqual(self.finish(process)[0], 0)

    def test_timeout(self):
        self.write("program.py", COUNTER)
        command = ["timeout", "-s", "INT", "1"] + self.command("-q", "program.py")
        status, stdout, stderr = self.finish(self.start(command))
        self.assertEqual((status, stdout, stderr), (124, "ready\n2\n", ""))

    def test_an_alarm_set_before_we_were_started(self):
        self.write("program.py", COUNTER)
        command = self.command("-q", "program.py")
        process = self.start([self.python, "-c", "import os, signal, sys\n"
                              "signal.alarm(1)\nos.execv(sys.argv[1], sys.argv[1:])"] + command)
        self.assertEqual(self.finish(process), (0, "ready\n%d\n" % signal.SIGALRM, ""))

    def test_the_program_signals_its_group(self):
        self.write("program.py", """
import os, signal, time
seen = []
signal.signal(signal.SIGUSR1, lambda number, frame: seen.append(number))
os.kill(0, signal.SIGUSR1)
time.sleep(0.2)
print(len(seen))
""")
        process = self.start(self.command("-q", "program.py"), start_new_session=True)
        self.assertEqual(self.finish(process), (0, "1\n", ""))

    def test_ending_by_a_signal(self):
        for name in ("SIGTERM", "SIGKILL", "SIGUSR1", "SIGPIPE", "SIGRTMIN"):
            with self.subTest(name):
                status, stdout, _ = self.run_pyperf(
                    "-o", "out.prof", "-c", "import os, signal\n"
                    "n = signal.%s\n"
                    "if n != signal.SIGKILL: signal.signal(n, signal.SIG_DFL)\n"
                    "def f(): os.kill(os.getpid(), n)\n"
                    "f()" % name)
                self.assertEqual((status, stdout), (-getattr(signal, name), ""))
                self.assertGreater(os.path.getsize(self.directory + "/out.prof"), 0)
                self.assertEqual(self.sessions(), [])

    def test_one_core_file_and_the_report(self):
        with open("/proc/sys/kernel/core_pattern", encoding="ascii") as file:
            pattern = file.read().strip()
        if "/" in pattern or pattern.startswith("|"):
            self.skipTest("core files do not go to the current directory: " + pattern)
        with open(cli.pyperf, "rb") as file:
            if b"__asan_init" in file.read():
                self.skipTest("AddressSanitizer forbids core files")
        if resource.getrlimit(resource.RLIMIT_CORE)[1] == 0:
            self.skipTest("core files are forbidden here")

        def allow_cores():
            most = resource.getrlimit(resource.RLIMIT_CORE)[1]
            resource.setrlimit(resource.RLIMIT_CORE, (most, most))

        for name, code in (("SIGABRT", "os.abort()"),
                           ("SIGSEGV", "os.kill(os.getpid(), signal.SIGSEGV)"),
                           ("SIGQUIT", "os.kill(os.getpid(), signal.SIGQUIT)")):
            with self.subTest(name):
                status, stdout, _ = self.finish(self.start(
                    self.command("-c", "import os, signal\ndef f(): %s\nf()" % code),
                    preexec_fn=allow_cores))
                self.assertEqual(status, -getattr(signal, name))
                self.assertIn("<string>:2(f)", stdout)
                cores = [file for file in os.listdir(self.directory) if "core" in file]
                self.assertEqual(len(cores), 1, cores)
                os.remove(os.path.join(self.directory, cores[0]))

    def test_what_is_inherited(self):
        text = """
for line in open("/proc/self/status"):
    if line.startswith(("SigBlk", "SigIgn")):
        print(*line.split())
"""

        def unusual():
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2])

        self.write("program.py", text)
        alone = subprocess.run([self.python, "program.py"], stdout=subprocess.PIPE,
                               cwd=self.directory, preexec_fn=unusual,
                               universal_newlines=True).stdout
        process = self.start(self.command("-q", "program.py"), preexec_fn=unusual)
        self.assertEqual(self.finish(process), (0, alone, ""))

    def test_status_where_sigchld_is_ignored(self):
        process = self.start(
            self.command("-q", "-c", "raise SystemExit(3)"),
            preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN))
        self.assertEqual(self.finish(process)[0], 3)

    def test_an_ignored_hangup_stays_ignored(self):
        process = self.start_program("""
import time
print("ready", flush=True)
time.sleep(0.5)
print("done")
""", preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        process.send_signal(signal.SIGHUP)
        self.assertEqual(self.finish(process), (0, "done\n", ""))

    def test_stopping_and_continuing_with_the_program(self):
        process = self.start_program("""
import os, signal
print("ready", flush=True)
os.kill(os.getpid(), signal.SIGSTOP)
print("done")
""", start_new_session=True)
        pid, status = os.waitpid(process.pid, os.WUNTRACED)
        self.assertTrue(os.WIFSTOPPED(status))
        process.send_signal(signal.SIGCONT)
        self.assertEqual(self.finish(process), (0, "done\n", ""))

    def test_the_group_is_stopped_and_continued(self):
        process = self.start_program("""
import signal, time
seen = []
signal.signal(signal.SIGCONT, lambda number, frame: seen.append(number))
print("ready", flush=True)
while not seen:
    time.sleep(0.005)
time.sleep(0.3)
print(len(seen))
""", start_new_session=True)
        program = cli.program_of(process)
        os.killpg(process.pid, signal.SIGSTOP)
        cli.wait_for(lambda: cli.state_of(program) == "T" == cli.state_of(process.pid),
                     "both to stop")
        os.killpg(process.pid, signal.SIGCONT)
        self.assertEqual(self.finish(process), (0, "1\n", ""))

    def test_continue_where_nothing_is_stopped(self):
        process = self.start_program(COUNTER.replace('"SIGHUP"', '"SIGCONT"'))
        process.send_signal(signal.SIGCONT)
        self.assertEqual(self.finish(process), (0, "%d\n" % signal.SIGCONT, ""))

    def test_no_process_is_left(self):
        process = self.start_program("print('ready', flush=True)\ninput()\n",
                                     stdin=subprocess.PIPE, start_new_session=True)
        process.communicate("\n", timeout=cli.PATIENCE)
        with self.assertRaises(ProcessLookupError):
            os.killpg(process.pid, 0)


class FirstProcess(cli.Case):
    """pyperf as the first process of a PID namespace, as in a container."""

    def in_namespace(self, *arguments):
        unshare = shutil.which("unshare")
        prefix = [unshare, "--fork", "--pid", "--kill-child", "--mount-proc"]
        if os.geteuid() != 0:
            prefix.insert(1, "--map-root-user")
        if not unshare or subprocess.run(prefix + ["true"], stderr=subprocess.DEVNULL).returncode:
            self.skipTest("no PID namespace can be made here")
        return self.finish(self.start(prefix + self.command("-q", *arguments)))

    def test_status(self):
        self.assertEqual(self.in_namespace("-c", "import os; print(os.getppid(), flush=True); os._exit(3)"),
                         (3, "1\n", ""))

    def test_a_signal_becomes_a_status(self):
        self.assertEqual(self.in_namespace("-c", "import os; os.kill(os.getpid(), 15)"),
                         (128 + 15, "", ""))

    def test_orphans_are_reaped(self):
        self.write("program.py", """
import glob, os, time
for _ in range(20):
    child = os.fork()
    if child == 0:
        if os.fork() == 0:
            time.sleep(0.05)  # an orphan by now
        os._exit(0)
    os.waitpid(child, 0)
time.sleep(0.5)
print(len(glob.glob("/proc/[0-9]*")))
""")
        status, stdout, stderr = self.in_namespace("program.py")
        self.assertEqual((status, stderr), (0, ""))
        self.assertLessEqual(int(stdout), 3)  # pyperf, its witness, the program


if __name__ == "__main__":
    cli.main()
