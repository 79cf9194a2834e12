"""Virtual environments with the packages that tests and benchmarks need, kept from run to run.

Each interpreter has one below the cache directory, VERSION-HASH, where HASH stands for its
installation. pip installs what is needed piece by piece; what cannot be had is skipped with pip's
reason, and asked for again the next time.

SPDX-License-Identifier: MIT
"""
import hashlib
import json
import os
import sys
import threading

import harness


def cache_directory(name):
    """Where environments are kept; the benchmark's are apart, so that nothing else is in them."""
    return os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), name)


# Which of the distributions named in argv have compiled modules in them? No output: none.
FIND_COMPILED = """
import importlib.metadata, sys
for name in sys.argv[1:]:
    try:
        files = importlib.metadata.files(name) or []
    except importlib.metadata.PackageNotFoundError:
        continue
    if any(str(file).endswith(".so") for file in files):
        print(name)
"""


def say(text):
    print("%s: %s" % (os.path.basename(sys.argv[0]), text), file=sys.stderr, flush=True)


def last_line(done):
    """The line of an error message that says most: pip's last ERROR, else the very last one."""
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR:")]
    found = (errors or lines or ["ended with status %d" % done.status])[-1]
    return found[len("ERROR: "):] if found.startswith("ERROR: ") else found


def attempt(command, seconds=900):
    try:
        return harness.run(command, timeout=seconds, cwd=harness.scratch())
    except AssertionError as error:
        return harness.Finished(command, 1, "", str(error).splitlines()[0], seconds)


class Environment:
    """The virtual environment of one interpreter. `python` is None where there cannot be one,
    and `why_not` says why."""

    def __init__(self, interpreter, cache):
        identity = "\0".join((interpreter.version, interpreter.base_prefix, interpreter.path))
        name = "%s-%s" % (interpreter.version, hashlib.sha256(identity.encode()).hexdigest()[:10])
        self.path = os.path.join(os.path.abspath(cache), name)
        self.base = interpreter.path
        self.python = os.path.join(self.path, "bin", "python")
        self.why_not = None
        self.pip = None
        self._installing = threading.Lock()
        self._make()

    def _make(self):
        if not os.path.exists(self.python):
            say("making %s" % self.path)
            made = attempt([self.base, "-m", "venv", "--without-pip", self.path])
            if made.status != 0:
                self.python, self.why_not = None, "no virtual environment: " + last_line(made)
                return
        self.pip = self._find_pip()
        if not self.pip:
            self.why_not = "no pip for %s; on Debian, python3-venv brings it" % self.base

    def _find_pip(self):
        """The environment's own, made by ensurepip if need be, or else the base's."""
        own = [self.python, "-m", "pip"]
        if attempt(own + ["--version"]).status == 0:
            return own
        if attempt([self.python, "-m", "ensurepip"]).status == 0:
            return own
        foreign = [self.base, "-m", "pip", "--python", self.python]
        return foreign if attempt(foreign + ["--version"]).status == 0 else None

    def install(self, name, requirements, from_source=(), pure=False, only_wheels=False):
        """None once they are there, else why not. `pure`: compiled modules will not do;
        `only_wheels`: nothing is to be built."""
        if not self.pip:
            return self.why_not
        with self._installing:
            return self._install(name, requirements, from_source, pure, only_wheels)

    def _install(self, name, requirements, from_source, pure, only_wheels):
        note = os.path.join(self.path, "installed-%s.json" % name.replace(" ", "-"))
        wanted = [sorted(requirements), sorted(from_source)]
        if os.path.exists(note):
            with open(note) as file:
                if json.load(file) == wanted:
                    return None
        say("installing %s" % ", ".join(requirements))
        options = ["--no-binary=" + package for package in from_source]
        if only_wheels:
            options.append("--only-binary=:all:")
        done = attempt(self.pip + ["install", "--disable-pip-version-check", "--no-input", *options,
                                   *requirements])
        if done.status != 0:
            return last_line(done)
        if pure:
            names = [requirement.partition("==")[0] for requirement in requirements]
            compiled = attempt([self.python, "-c", FIND_COMPILED, *names])
            if compiled.status != 0 or compiled.stdout:
                return "compiled modules in " + (
                    ", ".join(compiled.stdout.split()) or "(unknown: %s)" % last_line(compiled))
        with open(note, "w") as file:
            json.dump(wanted, file)
        return None


@harness.locked
def environment_of(interpreter):
    """The one that the tests share."""
    return Environment(interpreter, cache_directory("pyperf-tests"))
