"""A program under pyperf on a terminal behaves as it would under python.

SPDX-License-Identifier: MIT
"""
import os
import shlex
import signal
import time

import cli

# In small pieces: a signal that arrives just before a sleep begins interrupts the next one only,
# in any Python.
SLEEPER = """
import time
try:
    print("ready", flush=True)
    for _ in range(1200): time.sleep(0.05)
except KeyboardInterrupt:
    print("interrupted", flush=True)
    raise SystemExit(5)
"""


class JobControl(cli.Case):

    def setUp(self):
        super().setUp()
        self.shell = cli.Shell(self)

    def run_in_shell(self, text, *options, after="; echo status is $?"):
        self.write("program.py", text)
        command = self.command(*(options or ("-q",)), "program.py")
        self.shell.type(" ".join(map(shlex.quote, command)) + after + "\n")

    def test_ctrl_c_reaches_the_program_once(self):
        self.run_in_shell(SLEEPER)
        self.shell.expect("ready")
        self.shell.type("\x03")
        came = self.shell.expect("status is 5")
        self.assertEqual(came.count("interrupted"), 1)

    def test_ctrl_c_that_nobody_catches(self):
        self.run_in_shell("import time\nprint('ready', flush=True)\n"
                          "for _ in range(1200): time.sleep(0.05)\n",
                          "-o", "out.prof", after="")
        self.shell.expect("ready")
        self.shell.type("\x03")
        came = self.shell.expect("wrote out.prof")
        self.assertIn("KeyboardInterrupt", came)
        self.shell.type("echo status is $?\n")
        self.shell.expect("status is 130")
        self.assertGreater(os.path.getsize(os.path.join(self.directory, "out.prof")), 0)

    def test_impatient_ctrl_c_does_not_cost_the_profile(self):
        self.run_in_shell("""
import time
def deep(n):
    return n and deep(n - 1)
for i in range(500):
    exec("def f%d(): deep(%d)\\nf%d()" % (i, i, i))
print("ready", flush=True)
for _ in range(1200): time.sleep(0.05)
""", "-o", "out.prof", "-n", "1", "--report", "-", after="")
        self.shell.expect("ready")
        for _ in range(20):
            self.shell.type("\x03")
            time.sleep(0.005)
        self.shell.expect("wrote out.prof")
        self.shell.type("\necho status is $?\n")
        self.shell.expect("status is ")
        self.assertGreater(os.path.getsize(os.path.join(self.directory, "out.prof")), 0)
        self.assertEqual(self.sessions(), [])

    def test_ctrl_backslash(self):
        self.run_in_shell(SLEEPER, after="")
        self.shell.expect("ready")
        self.shell.type("\x1c")
        self.shell.expect("Quit")
        self.shell.type("echo status is $?\n")
        self.shell.expect("status is 131")

    def test_ctrl_z_and_fg(self):
        self.run_in_shell("""
import time
print("ready", flush=True)
time.sleep(1)
print("done", flush=True)
""", after="")
        self.shell.expect("ready")
        self.shell.type("\x1a")
        self.shell.expect("Stopped")
        self.shell.type("echo status is $?\n")
        self.shell.expect("status is 148")  # 128 + SIGTSTP, as for python
        self.shell.type("fg; echo status is $?\n")
        self.shell.expect("done", "status is 0")

    def test_ctrl_z_and_bg(self):
        self.run_in_shell("""
import os, time
print("ready", flush=True)
while not os.path.exists("go on"):
    time.sleep(0.01)
open("done", "w").close()
""", after="")
        self.shell.expect("ready")
        self.shell.type("\x1a")
        self.shell.expect("Stopped")
        self.shell.type("bg; touch 'go on'; wait %1; echo status is $?\n")
        self.shell.expect("status is 0")
        self.assertTrue(os.path.exists(os.path.join(self.directory, "done")))

    def test_handlers_of_stop_and_continue_run_once(self):
        self.run_in_shell("""
import os, signal, time
signals = []
def note(number, frame):
    signals.append(signal.Signals(number).name)
    if number == signal.SIGTSTP:
        os.kill(os.getpid(), signal.SIGSTOP)
signal.signal(signal.SIGTSTP, note)
signal.signal(signal.SIGCONT, note)
print("ready", flush=True)
while "SIGCONT" not in signals:
    time.sleep(0.01)
time.sleep(0.3)
print(*signals, "and no more", flush=True)
""", after="")
        self.shell.expect("ready")
        self.shell.type("\x1a")
        self.shell.expect("Stopped")
        self.shell.type("fg\n")
        self.shell.expect("SIGTSTP SIGCONT and no more")

    def test_a_program_that_stops_itself(self):
        for name in ("SIGSTOP", "SIGTSTP"):
            with self.subTest(name):
                self.run_in_shell("""
import os, signal
os.kill(os.getpid(), signal.%s)
print("going on", flush=True)
""" % name, after="")
                self.shell.expect("Stopped")
                self.shell.type("fg; echo status is $?\n")
                self.shell.expect("going on", "status is 0")

    def test_input(self):
        self.run_in_shell("print('got', input('name? '), flush=True)\n")
        self.shell.expect("name? ")
        self.shell.type("Ada\n")
        self.shell.expect("got Ada", "status is 0")

    def test_input_in_a_process_group_of_its_own(self):
        self.run_in_shell("import os\nos.setpgrp()\n"
                          "print('got', input('name? '), flush=True)\n")
        self.shell.expect("name? ")
        self.shell.type("Ada\n")
        self.shell.expect("got Ada", "status is 0")
        self.shell.type("read word; echo the shell got $word\n")
        self.shell.type("back\n")
        self.shell.expect("the shell got back")

    def test_ctrl_z_in_a_process_group_of_its_own(self):
        self.run_in_shell("""
import os
os.setpgrp()
print("got", input("first? "), flush=True)
print("got", input("second? "), flush=True)
""", after="")
        self.shell.expect("first? ")
        self.shell.type("Ada\n")
        self.shell.expect("second? ")
        self.shell.type("\x1a")
        self.shell.expect("Stopped")
        self.shell.type("fg; echo status is $?\n")
        time.sleep(0.2)
        self.shell.type("Grace\n")
        self.shell.expect("got Grace", "status is 0")

    def test_a_job_in_the_background_that_reads(self):
        self.run_in_shell("print('got', input(), flush=True)\n", after=" &")
        self.shell.expect("\n")
        time.sleep(0.5)
        self.shell.type("jobs\n")
        self.shell.expect("Stopped")
        self.shell.type("fg\n")
        time.sleep(0.3)
        self.shell.type("Ada\n")
        self.shell.expect("got Ada")

    def test_the_terminal_goes_away(self):
        self.write("program.py", """
import signal, time
def note(number, frame):
    open("signals", "a").write("%d\\n" % number)
    raise SystemExit(0)
signal.signal(signal.SIGHUP, note)
print("ready", flush=True)
for _ in range(1200): time.sleep(0.05)
""")
        command = " ".join(map(shlex.quote, self.command("-o", "out.prof", "program.py")))
        self.shell.type("exec %s\n" % command)
        self.shell.expect("ready")
        pid = self.shell.pid
        terminal, self.shell.terminal = self.shell.terminal, os.open("/dev/null", os.O_RDWR)
        os.close(terminal)
        output = os.path.join(self.directory, "out.prof")
        cli.wait_for(lambda: os.path.exists(output), "the profile")
        cli.wait_for(lambda: cli.state_of(pid) == "Z", "the end")
        self.assertEqual(self.read("signals").split(), [str(int(signal.SIGHUP))])


if __name__ == "__main__":
    cli.main()
