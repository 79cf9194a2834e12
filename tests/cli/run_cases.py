"""Runs the transcripts in tests/cli/cases against a pyperf.

usage: run_cases.py [--pyperf PATH] [TEXT ...]       only cases whose names contain a TEXT

A file holds cases; each runs in a directory of its own with pyperf and python3 on PATH:

    === name of the case
    <<< hello.py            a file, up to the next line that starts a part
    print("hello")
    $ pyperf run hello.py   a command for sh; several share the directory
    hello                   what it prints on stdout
    ...                     any number of lines
    2> pyperf: ...          what it prints on stderr, a line each
    ? 1                     its exit status, unless 0

In expected lines <*> stands for any text. Lines that start with # before the first case are
comments.

SPDX-License-Identifier: MIT
"""
import argparse
import difflib
import glob
import os
import re
import subprocess
import sys
import tempfile

import cli

HERE = os.path.dirname(os.path.abspath(__file__))


class Command:
    def __init__(self, line):
        self.line, self.stdout, self.stderr, self.status = line, [], [], 0


class Case:
    def __init__(self, name):
        self.name, self.parts = name, []  # parts: ("file", name, lines) or ("command", Command)


def parse(path):
    cases = []
    into = None  # the list that plain lines go to
    with open(path, encoding="utf-8") as file:
        lines = file.read().split("\n")
    for number, line in enumerate(lines, 1):
        if line.startswith("=== "):
            cases.append(Case("%s: %s" % (os.path.basename(path)[:-4], line[4:])))
            into = None
        elif not cases:
            if line and not line.startswith("#"):
                raise SystemExit("%s:%d: no case begun" % (path, number))
        elif line.startswith("<<< "):
            into = []
            cases[-1].parts.append(("file", line[4:], into))
        elif line.startswith("$ "):
            command = Command(line[2:])
            into = command.stdout
            cases[-1].parts.append(("command", command, None))
        elif line.startswith("2> "):
            command.stderr.append(line[3:])
        elif line.startswith("? "):
            command.status = int(line[2:])
        elif into is not None and (line or number < len(lines)):
            into.append(line)
    for case in cases:  # blank lines between cases belong to nobody
        for kind, what, lines in case.parts:
            lines = what.stdout if kind == "command" else lines
            while lines and not lines[-1]:
                lines.pop()
    return cases


def pattern(lines):
    text = ""
    for line in lines:
        if line == "...":
            text += r"(?:.*\n)*?"
        else:
            text += ".*".join(re.escape(part) for part in line.split("<*>")) + "\n"
    return re.compile(text)


def compare(what, expected, actual):
    if actual and not actual.endswith("\n"):
        actual += "\n"
    while actual.endswith("\n\n"):
        actual = actual[:-1]
    if pattern(expected).fullmatch("" if actual == "\n" else actual):
        return ""
    return "%s differs:\n%s\n" % (what, "\n".join(
        difflib.unified_diff(expected, actual.split("\n")[:-1], "expected", "actual",
                             lineterm="")))


def run(case, environment):
    with tempfile.TemporaryDirectory(prefix="pyperf-cli-") as directory:
        os.mkdir(os.path.join(directory, "tmp"))
        here = os.path.join(directory, "here")
        os.mkdir(here)
        environment = dict(environment, HOME=directory, TMPDIR=os.path.join(directory, "tmp"))
        for kind, what, lines in case.parts:
            if kind == "file":
                with open(os.path.join(here, what), "w", encoding="utf-8") as file:
                    file.write("".join(line + "\n" for line in lines))
                continue
            done = subprocess.run(["/bin/sh", "-c", what.line], cwd=here, env=environment,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, timeout=120)
            stdout = done.stdout.decode("utf-8", "backslashreplace")
            stderr = done.stderr.decode("utf-8", "backslashreplace")
            problem = compare("stdout", what.stdout, stdout)
            problem += compare("stderr", what.stderr, stderr)
            if done.returncode != what.status:
                problem += "status is %d, not %d\n" % (done.returncode, what.status)
            if problem:
                return "$ %s\n%s" % (what.line, problem)
    return ""


def an_interpreter(pyperf):
    """The first interpreter that this pyperf can run."""
    text = subprocess.run([pyperf, "--version"], stdout=subprocess.PIPE, check=True,
                          universal_newlines=True).stdout
    found = re.search(r"^Python \S+ +(/.*) \(\w+\)$", text, re.M)
    if not found:
        raise SystemExit("no interpreter in:\n" + text)
    return found.group(1)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--pyperf", default=os.environ.get("PYPERF", "build/bin/pyperf"))
    arguments.add_argument("names", nargs="*")
    options = arguments.parse_args()
    pyperf = os.path.abspath(options.pyperf)
    failed = count = 0
    with tempfile.TemporaryDirectory(prefix="pyperf-cli-") as shared:
        commands = os.path.join(shared, "bin")
        os.mkdir(commands)
        os.symlink(pyperf, os.path.join(commands, "pyperf"))
        os.symlink(an_interpreter(pyperf), os.path.join(commands, "python3"))
        environment = {"PATH": commands + ":/usr/bin:/bin", "LC_ALL": "C.UTF-8",
                       "XDG_CACHE_HOME": os.path.join(shared, "cache"),
                       "PYTHONDONTWRITEBYTECODE": "1", **cli.sanitizer_options()}
        for path in sorted(glob.glob(os.path.join(HERE, "cases", "*.txt"))):
            for case in parse(path):
                if options.names and not any(name in case.name for name in options.names):
                    continue
                count += 1
                problem = run(case, environment)
                if problem:
                    failed += 1
                    print("FAILED %s\n%s" % (case.name, problem))
    print("%d cases, %d failed" % (count, failed))
    return 1 if failed or not count else 0


if __name__ == "__main__":
    sys.exit(main())
