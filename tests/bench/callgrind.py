"""Counts the instructions of a recorder's run, function by function, with valgrind's callgrind.

The recorder is started as `pyperf run` starts it, in a session directory that nobody reads.

SPDX-License-Identifier: MIT
"""
import os
import shutil

import harness

# The functions that the interpreter calls for an event, of all engines.
CALLBACKS = ("on_event", "on_python_event", "on_start", "on_resume", "on_return", "on_call",
             "on_call_end")

# Hashes are fixed, and no run writes bytecode that another would find.
ENVIRONMENT = harness.environment(PYTHONPYCACHEPREFIX=None, PYTHONDONTWRITEBYTECODE="1")


def missing():
    """None if valgrind is there, else why not."""
    return None if shutil.which("valgrind") else "valgrind is not installed"


class Counts:
    """What one run executed: `total` instructions; for each function "calls" of it and its
    "inclusive" instructions (its own and those of what it called)."""

    def __init__(self):
        self.total, self.calls, self.inclusive = 0, {}, {}

    def add(self, function, instructions):
        self.inclusive[function] = self.inclusive.get(function, 0) + instructions


def parse(lines):
    """Reads a callgrind.out file that was written without compressing names and positions.

    Below "fn=NAME" stand lines "POSITION COST" of the function itself; "cfn=NAME", "calls=COUNT …"
    and then "POSITION COST" are calls of another, with what they cost inclusively."""
    counts = Counts()
    function = callee = None
    of_call = False
    for line in lines:
        if line.startswith("fn="):
            function = line[3:].rstrip("\n")
        elif line.startswith("cfn="):
            callee = line[4:].rstrip("\n")
        elif line.startswith("calls="):
            counts.calls[callee] = counts.calls.get(callee, 0) + int(line[6:].split()[0])
            of_call = True
        elif line.startswith("summary:"):
            counts.total = int(line.split()[1])
        elif line[:1].isdigit():
            if not (of_call and callee == function):  # what recursion costs is counted already
                counts.add(function, int(line.split()[1]))
            of_call = False
    return counts


def run(interpreter, program, engine="auto", builtins=True):
    """Runs a program (a path and its arguments) in the host under callgrind."""
    directory = harness.fresh_directory()
    output = os.path.join(directory, "callgrind.out")
    session = os.path.join(directory, "session")
    os.mkdir(session)
    options = "engine=%s builtins=%d startup=0 max-nodes=4000000 in %s" % (engine, builtins, session)
    done = harness.run(
        ["valgrind", "--tool=callgrind", "--compress-strings=no", "--compress-pos=no",
         "--callgrind-out-file=" + output, interpreter.host, options, interpreter.path,
         "-S", "-s", *program], env=ENVIRONMENT, cwd=directory, timeout=600)
    if done.status != 0 or not done.stdout.startswith("seconds "):
        raise SystemExit("failed: %s" % done)
    with open(output, errors="replace") as file:
        counts = parse(file)
    shutil.rmtree(directory)
    return counts
