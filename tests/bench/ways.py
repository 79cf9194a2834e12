"""The ways to run a program: without a profiler, under cProfile, under pyperf, and halfway.

SPDX-License-Identifier: MIT
"""
import os
import re

import harness

HERE = os.path.dirname(os.path.abspath(__file__))

PLAIN, CPROFILE, PYPERF, NONE = "plain", "cProfile", "pyperf", "none"
CPROFILE_PYTHON, PYPERF_PYTHON = "cProfile -builtins", "pyperf -builtins"
FLOOR, FLOOR_PYTHON = "floor", "floor -builtins"

# name: what it is, for the tables
WAYS = {
    PLAIN: "no profiler",
    CPROFILE: "`python -m cProfile -o`",
    CPROFILE_PYTHON: "cProfile with `builtins=False`",
    PYPERF: "`pyperf run -q -o`",
    PYPERF_PYTHON: "`pyperf run --no-builtins -q -o`",
    FLOOR: "`pyperf run --engine empty`: the interpreter calls us, and we do nothing",
    FLOOR_PYTHON: "the same with `--no-builtins`",
    NONE: "`pyperf run --engine none`: the recorder's Python without a hook",
}
OPTIONS = {
    PYPERF: [],
    PYPERF_PYTHON: ["--no-builtins"],
    FLOOR: ["--engine", "empty"],
    FLOOR_PYTHON: ["--engine", "empty", "--no-builtins"],
    NONE: ["--engine", "none"],
}


class Setting:
    """Where programs run: an interpreter that pyperf has a host for, or a virtual environment
    of it at `path`."""

    def __init__(self, interpreter, path=None):
        self.interpreter, self.version_info = interpreter, interpreter.version_info
        self.path = path or interpreter.path
        packages = None if path else harness.real_packages()
        self.environment = harness.environment(PYTHONPATH=packages)
        self.directory = harness.fresh_directory()
        self.output = os.path.join(self.directory, "out.prof")

    def run(self, command, timeout=600):
        return harness.run(command, env=self.environment, cwd=self.directory, timeout=timeout)

    def cannot_import(self, modules):
        """None if they can be imported, else why not."""
        done = self.run([self.path, "-c", "".join("import %s\n" % name for name in modules)])
        return None if done.status == 0 else done.stderr.strip().splitlines()[-1]


def command(way, setting, program):
    if way == PLAIN:
        return [setting.path, *program.command]
    if way == CPROFILE_PYTHON:
        return [setting.path, os.path.join(HERE, "cprofile_script.py"), setting.output,
                "python", *program.command]
    if way == CPROFILE and program.threaded and setting.version_info < (3, 12):
        return [setting.path, os.path.join(HERE, "cprofile_script.py"), setting.output,
                "builtins", *program.command]
    if way == CPROFILE:
        return [setting.path, "-m", "cProfile", "-o", setting.output, *program.command]
    return [harness.pyperf(), "run", "--python", setting.path, *OPTIONS[way], "-q",
            "-o", setting.output, *program.command]


def unknown_engine(setting):
    """None if this pyperf has the engine that does nothing, else what it says."""
    done = setting.run([harness.pyperf(), "run", "--python", setting.path, "--engine", "empty",
                        "-q", "-c", "pass"])
    return None if done.status == 0 else (done.stderr.strip().splitlines() or ["failed"])[0]


class Failure(Exception):
    """A run that did not end well; the text says how, in a line."""


def run_once(command_line, setting):
    """Seconds of the process and of the workload, and what the workload computed."""
    try:
        done = setting.run(command_line)
    except AssertionError as error:
        raise Failure(str(error).splitlines()[0])
    found = re.search(r"^seconds (\S+)(.*)$", done.stdout, re.M)
    if done.status != 0 or not found:
        lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise Failure("status %d: %s" % (done.status, lines[-1][:200] if lines else "no output"))
    return done.seconds, float(found.group(1)), found.group(2).split()
