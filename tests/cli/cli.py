"""What the test files here share: finding pyperf, running it, and shells on a pseudo-terminal.

usage of every test file: test_NAME.py [--pyperf PATH] [unittest's arguments]
PATH is also taken from the variable PYPERF; the default is build/bin/pyperf.

SPDX-License-Identifier: MIT
"""
import glob
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

PATIENCE = 30.0  # seconds until something that has to happen counts as missing

pyperf = os.path.abspath(os.environ.get("PYPERF", "build/bin/pyperf"))
_shared = tempfile.TemporaryDirectory(prefix="pyperf-cli-")


def sanitizer_options():
    """The variables that tell sanitizers how to behave; they hold for every program we start."""
    return {name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}


def interpreters():
    """[(version, path)] of what this pyperf can run."""
    text = subprocess.run([pyperf, "--version"], stdout=subprocess.PIPE, check=True,
                          universal_newlines=True).stdout
    return re.findall(r"^Python (\S+) +(/.*) \(\w+\)$", text, re.M)


def has_agents():
    """Builds with sanitizers have none."""
    return os.path.exists(os.path.join(os.path.dirname(os.path.realpath(pyperf)),
                                       "../libexec/pyperf/pyperf-preload.so"))


def remove_tree(path):
    """Removes a directory in which a pyperf whose terminal has gone may still be tidying up."""
    deadline = time.monotonic() + 10
    while os.path.exists(path) and time.monotonic() < deadline:
        shutil.rmtree(path, ignore_errors=True)
        time.sleep(0.01)


class Case(unittest.TestCase):
    """A test with a directory of its own to run in, and one for recordings."""

    maxDiff = None

    def setUp(self):
        holder = tempfile.mkdtemp(prefix="pyperf-cli-")
        self.addCleanup(remove_tree, holder)
        self.directory = os.path.join(holder, "here")
        self.temporary = os.path.join(holder, "tmp")
        os.mkdir(self.directory)
        os.mkdir(self.temporary)
        self.python = interpreters()[0][1]
        self.environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": holder, "LC_ALL": "C.UTF-8",
            "TMPDIR": self.temporary, "XDG_CACHE_HOME": os.path.join(_shared.name, "cache"),
            "PYTHONDONTWRITEBYTECODE": "1", "PS1": "", "TERM": "dumb",
        }
        self.environment.update(sanitizer_options())

    def write(self, name, text):
        path = os.path.join(self.directory, name)
        assert not os.path.islink(path), path
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def read(self, name):
        with open(os.path.join(self.directory, name), encoding="utf-8") as file:
            return file.read()

    def command(self, *arguments):
        """`pyperf run` with this test's interpreter."""
        return [pyperf, "run", "--python", self.python, *arguments]

    def start(self, command, **more):
        more.setdefault("stdin", subprocess.DEVNULL)
        more.setdefault("stdout", subprocess.PIPE)
        more.setdefault("stderr", subprocess.PIPE)
        process = subprocess.Popen(command, cwd=self.directory, env=self.environment,
                                   universal_newlines=True, **more)
        self.addCleanup(self.end, process)
        return process

    @staticmethod
    def end(process):
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream:
                stream.close()
        if process.poll() is None:
            process.kill()
            process.wait()

    def run_pyperf(self, *arguments, **more):
        """(status, stdout, stderr) of `pyperf run ARGUMENTS`."""
        return self.finish(self.start(self.command(*arguments), **more))

    @staticmethod
    def finish(process):
        stdout, stderr = process.communicate(timeout=PATIENCE)
        return process.returncode, stdout, stderr

    def sessions(self):
        return glob.glob(os.path.join(self.temporary, "pyperf-*"))


def wait_for(condition, what):
    """Waits until condition() is true and returns what it returns."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        result = condition()
        if result:
            return result
        time.sleep(0.01)
    raise AssertionError("waited in vain for " + what)


def state_of(pid):
    """The letter that /proc has for a process's state, or None when it is gone."""
    try:
        with open("/proc/%d/stat" % pid, encoding="latin-1") as file:
            return file.read().rpartition(")")[2].split()[0]
    except OSError:
        return None


def children_of(pid):
    """{name: pid} of a process's children."""
    found = {}
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(path, encoding="latin-1") as file:
                head, _, tail = file.read().rpartition(")")
        except OSError:
            continue
        if int(tail.split()[1]) == pid:
            number, _, name = head.partition(" (")
            found[name] = int(number)
    return found


def is_recorded(pid):
    """Not the supervisor's witness, nor an interpreter that is asked who it is."""
    try:
        with open("/proc/%d/maps" % pid, encoding="latin-1") as file:
            return re.search(r"/recording\b", file.read()) is not None
    except OSError:
        return False


def program_of(process):
    """The pid of the program that a pyperf runs, once it is there."""
    def find():
        found = children_of(process.pid)
        return next((pid for pid in found.values() if is_recorded(pid)), None)
    return wait_for(find, "the program")


class Shell:
    """An interactive bash on a terminal of its own, with job control."""

    def __init__(self, test):
        bash = shutil.which("bash")
        if not bash:
            test.skipTest("there is no bash to be the interactive shell")
        self.seen = ""
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.chdir(test.directory)
            os.execve(bash, [bash, "--norc", "--noprofile", "--noediting", "-i"],
                      test.environment)
        test.addCleanup(self.close)
        self.type("stty -echo; ulimit -c 0; echo shell is $((40 + 2))\n")
        self.expect("shell is 42")

    def close(self):
        os.close(self.terminal)
        try:
            os.kill(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        os.waitpid(self.pid, 0)

    def type(self, text):
        os.write(self.terminal, text.encode())

    def expect(self, *texts):
        """Waits until each text has come out after the one before; returns what came."""
        came = ""
        deadline = time.monotonic() + PATIENCE
        for text in texts:
            while text not in self.seen:
                ready, _, _ = select.select([self.terminal], [], [],
                                            max(0, deadline - time.monotonic()))
                if not ready:
                    raise AssertionError("waited in vain for %r after %r in %r"
                                         % (text, came, self.seen))
                try:
                    self.seen += os.read(self.terminal, 65536).decode("utf-8", "replace")
                except OSError:
                    raise AssertionError("the terminal closed, %r had come" % self.seen)
            before, _, self.seen = self.seen.partition(text)
            came += before + text
        return came


def main():
    global pyperf
    if "--pyperf" in sys.argv:
        at = sys.argv.index("--pyperf")
        pyperf = os.path.abspath(sys.argv[at + 1])
        del sys.argv[at:at + 2]
    unittest.main(module="__main__")
